/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does what programs do with a TLS library, without one: functions of the right names that take what they are given. Arguments:
 *   write CONNECTION TEXT|HEX:… …   hands each text (or bytes) to SSL_write for that connection; `+N` raises the connection by N
 *   open FILE                       opens a file for reading
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int written;

__attribute__((noinline, visibility("default"))) int SSL_write(void *connection, const void *buffer, int length)
{
	written += length + (connection != NULL) + ((const char *)buffer)[0];
	return length;
}

int main(int count, char **arguments)
{
	static char bytes[1 << 17];

	if (count > 2 && !strcmp(arguments[1], "open"))
		return open(arguments[2], O_RDONLY) < 0;
	uintptr_t connection = strtoul(arguments[2], NULL, 0);
	for (int i = 3; i < count; i++) {
		const char *text = arguments[i];
		size_t length = 0;

		if (text[0] == '+') {
			connection += strtoul(text + 1, NULL, 0);
			continue;
		}
		if (!strncmp(text, "hex:", 4)) {
			for (text += 4; text[0] && text[1]; text += 2)
				sscanf(text, "%2hhx", &bytes[length++]);
		} else {
			length = strlen(text);
			memcpy(bytes, text, length);
		}
		SSL_write((void *)connection, bytes, length);
	}
	return 0;
}
