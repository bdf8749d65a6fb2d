/* SPDX-License-Identifier: Apache-2.0 */
/* Things done to files in the directory that is the argument, each in one particular spelling. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
}

int main(int count, char **arguments)
{
	if (count != 2 || chdir(arguments[1]))
		return 2;
	int directory = open(".", O_RDONLY | O_DIRECTORY);
	must(directory, "directory");
	must(mkdir("real", 0755), "mkdir");
	must(symlink("real", "alias"), "symlink");

	must(open("plain", O_WRONLY | O_CREAT | O_TRUNC, 0644), "plain");
	must(open("real/../dotted", O_WRONLY | O_CREAT, 0644), "dotted");
	must(open("alias/through", O_RDWR | O_CREAT, 0644), "through");
	must(openat(directory, "real/at", O_WRONLY | O_CREAT, 0644), "at");
	struct open_how how = { .flags = O_WRONLY | O_CREAT, .mode = 0644 };
	must(syscall(SYS_openat2, directory, "two", &how, sizeof(how)), "openat2");
	must(creat("creat", 0644), "creat");
	must(open("plain", O_RDONLY), "read"); /* must not be reported */

	must(rename("plain", "renamed"), "rename");
	must(renameat(directory, "renamed", directory, "real/moved"), "renameat");
	must(syscall(SYS_renameat2, directory, "two", AT_FDCWD, "real/../two-b", 0), "renameat2");
	must(link("creat", "hard"), "link");
	must(linkat(directory, "creat", directory, "hard-at", 0), "linkat");
	must(symlink("../words only", "soft"), "symlink");
	must(symlinkat("/etc/passwd", directory, "soft-at"), "symlinkat");
	must(truncate("creat", 5), "truncate");
	int file = open("dotted", O_RDWR);
	must(ftruncate(file, 7), "ftruncate");
	must(chmod("creat", 0600), "chmod");
	must(fchmod(file, 0700), "fchmod");
	must(fchmodat(directory, "hard", 0640, 0), "fchmodat");
	must(unlink("hard"), "unlink");
	must(unlinkat(directory, "hard-at", 0), "unlinkat");
	must(mkdir("empty", 0755), "mkdir");
	must(rmdir("empty"), "rmdir");
	unlink("never-was"); /* ENOENT: must not be reported */
	return 0;
}
