/*
 * Makes a known number of things happen, as fast as it can.
 *
 *   storm opens N FILES   N times open(O_CREAT | O_WRONLY) and close, over FILES files of the current folder
 *   storm execs N PROGRAM N times fork, exec PROGRAM, wait
 *   storm calls N         N system calls that do nothing
 *
 * Prints the nanoseconds it took on one line.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void opens(long count, long files)
{
	char name[32];

	for (long i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "file-%ld", i % files);
		int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

		if (fd < 0) {
			perror(name);
			exit(1);
		}
		close(fd);
	}
}

static void execs(long count, char *program)
{
	for (long i = 0; i < count; i++) {
		char number[24];
		char *argv[] = { program, number, NULL };
		pid_t pid;
		int status;

		snprintf(number, sizeof(number), "%ld", i);
		pid = vfork();
		if (pid == 0) {
			execv(program, argv);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
			fprintf(stderr, "%s failed\n", program);
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	struct timespec start, end;
	const char *what = argc > 2 ? argv[1] : "";
	long count = argc > 2 ? atol(argv[2]) : 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	if (strcmp(what, "opens") == 0 && argc == 4) {
		opens(count, atol(argv[3]));
	} else if (strcmp(what, "execs") == 0 && argc == 4) {
		execs(count, argv[3]);
	} else if (strcmp(what, "calls") == 0) {
		for (long i = 0; i < count; i++)
			syscall(SYS_getppid);
	} else {
		fprintf(stderr, "storm opens N FILES | execs N PROGRAM | calls N\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%lld\n", (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec);
	return 0;
}
