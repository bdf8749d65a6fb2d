/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker and its steps. Copied to a file named Runner.Worker it behaves like one:
 *   worker     starts three steps at once, each of which tries to shake off its tag, and waits for all
 *   step NAME  setsid, double fork, a nested process that calls itself Runner.Worker (the second argument of `worker`) with a child
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(const char *program, const char *act, const char *name, const char *fake)
{
	execl(program, program, act, name, fake, NULL);
	_exit(127);
}

static void wait_all(void)
{
	while (wait(NULL) > 0)
		;
}

int main(int count, char **arguments)
{
	const char *act = count > 1 ? arguments[1] : "", *name = count > 2 ? arguments[2] : "", *fake = count > 3 ? arguments[3] : "";

	if (!strcmp(act, "worker")) {
		static const char *names[] = { "one", "two", "three" };
		for (int i = 0; i < 3; i++)
			if (fork() == 0)
				run("/proc/self/exe", "step", names[i], name);
		wait_all();
		return 0;
	}
	if (!strcmp(act, "step")) {
		if (fork() == 0) {
			setsid();
			if (fork() == 0)
				run("/bin/true", "daemon", name, NULL);
			_exit(0);
		}
		if (fork() == 0)
			run(fake, "nested", name, fake);
		wait_all();
		/* For the daemon, which must run before the sensor is closed. An emulated machine is slower. */
		usleep(getenv("GATEHOUSE_EMULATED") ? 2000000 : 50000);
		return 0;
	}
	if (!strcmp(act, "nested")) {
		for (int i = 0; i < 2; i++)
			if (fork() == 0)
				run("/bin/true", "below", name, NULL);
		wait_all();
		return 0;
	}
	return 2;
}
