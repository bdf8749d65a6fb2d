/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Records that the kernel side writes into the two ring buffers. The TypeScript decoder is generated from the BTF of these
 * structs (`npm run generate`); a test fails when they drift. Fixed parts come first, variable bytes (`data`) last.
 *
 * Paths travel as components from leaf to root, each ended by NUL, and are joined in user space.
 * Integers are in host byte order; addresses are 16 bytes in network order, IPv4 as ::ffff:a.b.c.d.
 */
#ifndef GATEHOUSE_RECORDS_H
#define GATEHOUSE_RECORDS_H

enum record_type {
	RECORD_FORK = 1,   /* critical */
	RECORD_EXEC,       /* critical: paths, identity */
	RECORD_ARGS,       /* critical: a chunk of [arg_start, env_end), follows its RECORD_EXEC (same tgid and time) */
	RECORD_EXIT,       /* critical */
	RECORD_OPEN_READ,  /* critical: a secret file was opened, or /proc/PID/{mem,environ,maps} */
	RECORD_OPEN_WRITE, /* bulk */
	RECORD_PATH,       /* bulk: rename, link, symlink, unlink, truncate, chmod, and opens that were denied */
	RECORD_TCP,        /* critical: state changes of TCP sockets */
	RECORD_FLOW,       /* critical: first datagram of a flow, and its totals when it ends */
	RECORD_DNS,        /* critical: a DNS message over UDP, or a piece of one over TCP */
	RECORD_HTTP,       /* critical: start of an HTTP/1 request on a cleartext socket */
	RECORD_MEMORY,     /* critical: process_vm_*, ptrace, pidfd_getfd */
	RECORD_SYSTEM,     /* critical: memfd_create, bpf, io_uring, modules, namespaces, mounts, odd sockets */
	RECORD_TRACKING,   /* never sent: counts processes, sockets or steps that could not be tracked, as lost */
	RECORD_HELLO,      /* critical: the first bytes of a TLS connection, or a datagram that may hold a QUIC Initial */
	RECORD_PLAIN,      /* critical: what a program hands to its TLS library: heads of HTTP/1, header frames of HTTP/2 */
	RECORD_MAX = 24,
};

enum record_flag {
	FLAG_PATH_CUT = 1 << 0,  /* a path or string did not fit or could not be read */
	FLAG_WRITE = 1 << 1,     /* opened for writing */
	FLAG_CREATED = 1 << 2,   /* the open made a new file */
	FLAG_COMPAT = 1 << 3,    /* 32-bit system call */
	FLAG_IO_URING = 1 << 4,  /* RECORD_SYSTEM: `number` is an io_uring opcode */
	FLAG_MEMFD = 1 << 5,     /* the executable is an anonymous memory file */
	FLAG_DELETED = 1 << 6,   /* the executable has no name any more */
	FLAG_INGRESS = 1 << 7,   /* received, not sent */
	FLAG_END = 1 << 8,       /* RECORD_FLOW: totals of a finished flow */
	FLAG_FAILED = 1 << 9,    /* RECORD_TCP, RECORD_FLOW: the call failed before a packet left */
	FLAG_WORKER = 1 << 10,   /* RECORD_EXEC: from now on a runner worker */
	FLAG_NAMESPACE = 1 << 11, /* RECORD_FORK: the child has namespaces of its own */
	FLAG_READ = 1 << 12,     /* opened for reading */
	FLAG_TCP = 1 << 13,      /* RECORD_DNS: a piece of a TCP stream */
	FLAG_EMPTIED = 1 << 14,  /* opened with O_TRUNC, in the words of the caller */
	FLAG_RESTARTED = 1 << 15, /* RECORD_PLAIN: the connection begins anew under an address that had another */
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

struct record_fork {
	struct record_header header; /* the parent */
	__u32 child_tgid;
	__u32 child_step;
	__u64 child_start;
};

struct record_exec {
	struct record_header header;
	__u32 exe_end;      /* data[0, exe_end): path of the executable */
	__u32 cwd_end;      /* then the working directory */
	__u32 filename_end; /* then the path that was asked for, as a string */
	__u32 parent;
	__u32 uid;
	__u32 device;
	__u64 inode;
	__u64 size;
	__u32 args_bytes;        /* arg_end - arg_start */
	__u32 environment_bytes; /* env_end - env_start */
	char data[];
};

struct record_args {
	struct record_header header; /* time, tgid as in the RECORD_EXEC */
	__u32 offset; /* of this chunk in arguments + environment */
	__u32 length; /* 0 when the memory could not be read */
	char data[];
};

struct record_exit {
	struct record_header header;
	__u32 code; /* as wait(2) gives it */
	__u32 pad;
};

struct record_open {
	struct record_header header;
	__u32 number; /* system call, x86-64 numbering */
	__u32 open_flags;
	__u32 device;
	__u32 family;  /* of the secret, 0 none */
	__u64 inode;
	__u32 target;  /* whose /proc/PID file it is, 0 none */
	__u32 repeats; /* aggregated into the previous record of this file, process and mode */
	__u32 path_end;
	__u32 pad;
	char data[];
};

struct record_path {
	struct record_header header;
	__u32 number;
	__s32 result;
	__u64 argument;
	__u32 first_base_end;   /* directory of the first operand, as components; empty when the string is absolute */
	__u32 first_end;        /* the first operand as a string */
	__u32 second_base_end;  /* the same for the second */
	__u32 second_end;
	char data[];
};

struct record_tcp {
	struct record_header header;
	__u64 socket;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 old_state;
	__u8 new_state;
	__u16 error;
	__u64 sent;
	__u64 received;
};

struct record_flow {
	struct record_header header;
	__u64 socket;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u16 error;
	__u8 protocol;
	__u8 pad;
	__u64 sent;
	__u64 received;
	__u32 packets_sent;
	__u32 packets_received;
};

/* 1,280 holds every message within the EDNS size that avoids fragments (1,232); longer ones take several records. */
#define DNS_BYTES 1280
struct record_dns {
	struct record_header header;
	__u64 socket;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 sequence;
	__u32 total;
	__u32 offset;
	__u32 length;
	__u32 pad;
	char data[DNS_BYTES];
};

#define HTTP_BYTES 2048
struct record_http {
	struct record_header header;
	__u64 socket;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 total;
	__u32 length;
	__u32 pad;
	char data[HTTP_BYTES];
};

#define HELLO_BYTES 2048
struct record_hello {
	struct record_header header;
	__u64 socket; /* cookie */
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 sequence; /* of the first byte here; datagram: its offset in it */
	__u32 total;    /* datagram: its length, so that a cut one is known */
	__u32 length;
	__u8 protocol;
	__u8 pad[7];
	char data[HELLO_BYTES];
};

#define PLAIN_BYTES 2048
struct record_plain {
	struct record_header header;
	__u64 connection; /* address of the library's own object in the process, mixed with a random number */
	__u32 length;     /* 0: bytes of this connection are missing from here on */
	__u32 total;      /* of the write; more than `length` when the rest is left out */
	char data[PLAIN_BYTES];
};

struct record_memory {
	struct record_header header;
	__u32 number;
	__u32 target;
	__u64 request;
	__s64 result;
	__u32 repeats;
	__u32 pad;
};

#define SYSTEM_TEXT 64
struct record_system {
	struct record_header header;
	__u32 number; /* system call, or io_uring opcode with FLAG_IO_URING */
	__u32 repeats;
	__s64 result;
	__u64 args[4];
	char text[3][SYSTEM_TEXT];
};

/* Not a ring record: what the iterator gives for every process of the machine, so that user space can adopt those that were there before. */
struct record_task {
	__u64 start;
	__u32 tgid;
	__u32 parent;
};

#endif
