/* Number of words in a text, words being separated by white space. */
unsigned long count_words(const char *text);
