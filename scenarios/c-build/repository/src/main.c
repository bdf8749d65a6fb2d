#include <stdio.h>

#include "count.h"

int main(void)
{
	char line[4096];
	unsigned long words = 0;

	while (fgets(line, sizeof(line), stdin))
		words += count_words(line);
	printf("%lu\n", words);
	return 0;
}
