/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Scratch memory for records of variable size, one slot per program that uses it. A slot is never shared by two programs, and the
 * kernel does not re-enter one program on one CPU, so a slot has a single user even where tracepoints may be preempted. Packet and
 * socket-state hooks run in interrupts and use none.
 */
#ifndef GATEHOUSE_SCRATCH_H
#define GATEHOUSE_SCRATCH_H

#define SCRATCH_EXEC 0
#define SCRATCH_SYSCALL 1

#define ARGS_CHUNK 16384
#define PATH_BYTES 4096     /* a path walk stops beyond this */
#define STRING_BYTES 4096   /* PATH_MAX: the longest string a system call takes as a path */
#define COMPONENT_BYTES 256 /* NAME_MAX + NUL */
/*
 * The largest record is a rename: fixed part (72), two walks (4,096 + 255 each), two strings (4,096 each): 16,966. The walk masks its
 * offset to 16,383 and then writes at most 256, the strings are bounded to start at 16,383 and write 4,096: 20,480 holds both.
 */
#define SCRATCH_MASK 16383
#define SCRATCH_BYTES 20480

/* All records are named here, so that the object's type information, from which the decoder is generated, has them. */
union scratch {
	struct record_header header;
	struct record_fork fork;
	struct record_exec exec;
	struct record_args args;
	struct record_exit exit;
	struct record_open open;
	struct record_path path;
	struct record_tcp tcp;
	struct record_flow flow;
	struct record_dns dns;
	struct record_http http;
	struct record_hello hello;
	struct record_plain plain;
	struct record_memory memory;
	struct record_system system;
	struct record_task task;
	struct {
		enum record_type type;
		enum record_flag flag;
	} enums;
	char bytes[SCRATCH_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, union scratch);
} scratches SEC(".maps");

static __always_inline union scratch *scratch_slot(__u32 slot)
{
	return bpf_map_lookup_elem(&scratches, &slot);
}

#endif
