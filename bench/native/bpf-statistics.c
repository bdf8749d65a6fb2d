/*
 * Run counts and times of BPF programs, as the kernel counts them while somebody asks for it. The counting lasts as long as the
 * descriptor of BPF_ENABLE_STATS is open here, so nothing stays switched on behind us.
 *
 * Standard input, one command per line:  "watch ID" holds on to a program, also past the end of whoever loaded it;
 * "read" prints one line per held program: id, name, runs, nanoseconds.
 */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PROGRAMS_MAX 256

static int held[PROGRAMS_MAX];
static int held_count;

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static void watch(unsigned id)
{
	union bpf_attr attributes = { .prog_id = id };
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);

	if (fd >= 0 && held_count < PROGRAMS_MAX)
		held[held_count++] = fd;
}

static void print_all(void)
{
	for (int i = 0; i < held_count; i++) {
		struct bpf_prog_info info = { 0 };
		union bpf_attr attributes = {
			.info = { .bpf_fd = held[i], .info_len = sizeof(info), .info = (unsigned long)&info },
		};

		if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes) == 0)
			printf("%u %s %llu %llu\n", info.id, info.name[0] ? info.name : "-", (unsigned long long)info.run_cnt,
			       (unsigned long long)info.run_time_ns);
	}
	puts(".");
	fflush(stdout);
}

int main(void)
{
	union bpf_attr attributes = { .enable_stats = { .type = BPF_STATS_RUN_TIME } };
	char line[64];

	if (bpf(BPF_ENABLE_STATS, &attributes) < 0) {
		perror("BPF_ENABLE_STATS");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (strncmp(line, "watch ", 6) == 0)
			watch(strtoul(line + 6, NULL, 10));
		else
			print_all();
	}
	return 0;
}
