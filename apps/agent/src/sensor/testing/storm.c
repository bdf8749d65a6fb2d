/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm DIR OPENS FILES EXECS: opens FILES files in turn for writing, OPENS times in all, while a child starts EXECS processes.
 * Prints "opens execs", what was really done.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	if (count == 2 && !strcmp(arguments[1], "child"))
		_exit(0);
	if (count != 5 || chdir(arguments[1]))
		return 2;
	int opens = atoi(arguments[2]), files = atoi(arguments[3]), execs = atoi(arguments[4]);
	int opened = 0, result[2];

	if (pipe(result))
		return 1;
	if (fork() == 0) {
		int started = 0;
		char *child[] = { "storm", "child", NULL }, *none[] = { NULL };
		for (int i = 0; i < execs; i++) {
			pid_t pid;
			if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, child, none) == 0) {
				waitpid(pid, NULL, 0);
				started++;
			}
		}
		_exit(write(result[1], &started, sizeof(started)) != sizeof(started));
	}
	for (int i = 0; i < opens; i++) {
		char name[32];
		snprintf(name, sizeof(name), "f%d", i % files);
		int file = open(name, O_WRONLY | O_CREAT, 0644);
		if (file >= 0) {
			opened++;
			close(file);
		}
	}
	int started = 0;
	if (read(result[0], &started, sizeof(started)) != sizeof(started))
		return 1;
	wait(NULL);
	printf("%d %d\n", opened, started);
	return 0;
}
