/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Records that the kernel side writes into the two ring buffers. The TypeScript decoder is generated from the BTF of these
 * structs (`npm run generate`); a test fails when they drift. Fixed parts come first, variable bytes last.
 *
 * Paths travel as components from leaf to root, each ended by NUL, and are joined in user space.
 * All integers are in host byte order; addresses and ports in network order are named `*_be`.
 */
#ifndef GATEHOUSE_RECORDS_H
#define GATEHOUSE_RECORDS_H

enum record_type {
	RECORD_FORK = 1,   /* critical */
	RECORD_EXEC,       /* critical: paths, identity */
	RECORD_ARGS,       /* critical: a chunk of [arg_start, env_end), follows its RECORD_EXEC (same tgid and time) */
	RECORD_EXIT,       /* critical */
	RECORD_OPEN_READ,  /* critical: a sensitive file was opened for reading, or /proc/PID/{mem,environ,maps} */
	RECORD_OPEN_WRITE, /* bulk */
	RECORD_PATH,       /* bulk: rename, link, symlink, unlink, truncate, chmod */
	RECORD_TCP,        /* critical: state changes of TCP sockets */
	RECORD_UDP,        /* critical: first datagram of a flow, and its totals when it ends */
	RECORD_DNS,        /* critical: a DNS message over UDP or TCP */
	RECORD_HTTP,       /* critical: start of an HTTP/1 request on a cleartext socket */
	RECORD_MEMORY,     /* critical: process_vm_*, ptrace, pidfd_getfd */
	RECORD_SYSTEM,     /* critical: memfd_create, bpf, io_uring_setup, modules, namespaces, mounts */
	RECORD_MAX = 24,
};

enum record_flag {
	FLAG_TRUNCATED = 1 << 0, /* a path or string did not fit */
	FLAG_WRITE = 1 << 1,     /* opened for writing */
	FLAG_CREATED = 1 << 2,   /* O_CREAT made a new file */
	FLAG_COMPAT = 1 << 3,    /* 32-bit system call */
	FLAG_IO_URING = 1 << 4,
	FLAG_MEMFD = 1 << 5,     /* the executable is an anonymous memory file */
	FLAG_DELETED = 1 << 6,   /* the executable has no name any more */
	FLAG_INGRESS = 1 << 7,   /* DNS or UDP: received */
	FLAG_END = 1 << 8,       /* UDP: totals of a finished flow */
};

/* Header of every record. (tgid, start) is the identity of the process; `step` is the causal step tag. */
struct record_header {
	__u16 type;
	__u16 flags;
	__u32 step;
	__u64 time;  /* CLOCK_BOOTTIME, ns */
	__u32 tgid;
	__u32 tid;
	__u64 start; /* start_boottime of the thread group leader, ns */
};

#endif
