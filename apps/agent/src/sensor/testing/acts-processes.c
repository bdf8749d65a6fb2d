/* SPDX-License-Identifier: Apache-2.0 */
/*
 * race N        N processes that live as short as they can, each with arguments and environment of its own
 * short PORT    a child that connects to 127.0.0.1:PORT and exits, by raw calls
 * family        setsid and double fork, each ending in an exec of /bin/true
 * exit CODE     a child that exits with CODE
 * signal        a child that kills itself
 * sleep         writes "ready" and sleeps until its standard input ends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The test makes the same bytes: lengths from 1 to 997, and every hundredth process 60,000. */
static char *filler(int number)
{
	size_t length = number % 100 == 99 ? 60000 : (size_t)(number * 7 % 997) + 1;
	char *text = malloc(length + 1);

	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + (number + i) % 26);
	text[length] = 0;
	return text;
}

static int race(int count)
{
	for (int i = 0; i < count; i++) {
		char number[16], variable[32];
		char *text = filler(i);

		snprintf(number, sizeof(number), "%d", i);
		snprintf(variable, sizeof(variable), "RACE=%d", i);
		char *arguments[] = { "racer", "child", number, text, NULL };
		char *environment[] = { variable, "PATH=/bin", NULL };
		pid_t child;
		if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environment))
			return 1;
		waitpid(child, NULL, 0);
		free(text);
	}
	return 0;
}

static int short_life(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	pid_t child = vfork();

	if (child == 0) {
		int s = socket(AF_INET, SOCK_STREAM, 0);
		int failed = connect(s, (struct sockaddr *)&address, sizeof(address));
		_exit(failed ? 1 : 0);
	}
	int status;
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static void run_true(const char *name)
{
	execl("/bin/true", "true", name, NULL);
	_exit(127);
}

static int family(void)
{
	pid_t child = fork();

	if (child == 0) {
		setsid();
		if (fork() == 0)
			run_true("daemon");
		_exit(0); /* the grandchild is an orphan now */
	}
	waitpid(child, NULL, 0);
	child = fork();
	if (child == 0) {
		pid_t deeper = fork();
		if (deeper == 0)
			run_true("grandchild");
		waitpid(deeper, NULL, 0);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	usleep(getenv("GATEHOUSE_EMULATED") ? 2000000 : 50000); /* for the orphan; an emulated machine is slower */
	return 0;
}

int main(int count, char **arguments)
{
	const char *act = count > 1 ? arguments[1] : "";

	if (!strcmp(act, "child"))
		_exit(0);
	if (!strcmp(act, "race"))
		return race(atoi(arguments[2]));
	if (!strcmp(act, "short"))
		return short_life(atoi(arguments[2]));
	if (!strcmp(act, "family"))
		return family();
	if (!strcmp(act, "exit") || !strcmp(act, "signal")) {
		pid_t child = fork();
		if (child == 0) {
			if (act[0] == 's')
				kill(getpid(), SIGKILL);
			_exit(atoi(arguments[2]));
		}
		waitpid(child, NULL, 0);
		return 0;
	}
	if (!strcmp(act, "sleep")) {
		char byte;
		if (write(1, "ready\n", 6) != 6)
			return 1;
		while (read(0, &byte, 1) > 0)
			;
		return 0;
	}
	return 2;
}
