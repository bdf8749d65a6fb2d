#include "count.h"

#include <ctype.h>

unsigned long count_words(const char *text)
{
	unsigned long words = 0;
	int inside = 0;

	for (; *text; text++) {
		int space = isspace((unsigned char)*text);

		if (!space && !inside)
			words++;
		inside = !space;
	}
	return words;
}
