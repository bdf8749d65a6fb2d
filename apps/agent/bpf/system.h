/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Calls that reach into other processes, change the machine, or get around what a sensor sees. All rare in an ordinary build. */
#ifndef GATEHOUSE_SYSTEM_H
#define GATEHOUSE_SYSTEM_H

#define PIDFS_MAGIC 0x50494446

/* The process a pidfd speaks of, in the host's numbering: in the inode since pidfs (6.9), in the file before. */
static __always_inline __u32 pidfd_target(int descriptor)
{
	struct file *file = file_of_descriptor(descriptor);
	struct inode *inode;
	struct pid *pid;

	if (!file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	pid = BPF_CORE_READ(inode, i_sb, s_magic) == PIDFS_MAGIC ? BPF_CORE_READ(inode, i_private) : BPF_CORE_READ(file, private_data);
	return pid ? BPF_CORE_READ(pid, numbers[0].nr) : 0;
}

static __always_inline void memory_call(struct process *process, int number, long result, __u16 flags, const struct call_arguments *arguments)
{
	const __u64 *a = arguments->a;
	__u32 target, repeats;
	__u64 request = 0;

	switch (number) {
	case CALL_PTRACE:
		target = a[1];
		request = a[0];
		break;
	case CALL_PIDFD_GETFD:
		target = pidfd_target(a[0]);
		request = a[1];
		break;
	default:
		target = a[0];
	}
	struct act act = {
		.object = target,
		.start = process->start,
		.tgid = bpf_get_current_pid_tgid() >> 32,
		.device = result < 0, /* a success must not hide behind a failure */
		.number = number,
		.mode = request,
	};
	if (aggregated(&act, RECORD_MEMORY, &repeats))
		return;
	struct record_memory *record = RESERVE(RECORD_MEMORY, struct record_memory);
	if (!record)
		return;
	fill_header(&record->header, process, RECORD_MEMORY, flags);
	record->number = number;
	record->target = target;
	record->request = request;
	record->result = result;
	record->repeats = repeats;
	record->pad = 0;
	SUBMIT(RECORD_MEMORY, record);
}

static __always_inline void read_text(char *to, __u64 from)
{
	if (from)
		bpf_probe_read_user_str(to, SYSTEM_TEXT, (void *)from);
}

static __always_inline void system_call(struct process *process, __u32 number, long result, __u16 flags, const struct call_arguments *arguments)
{
	const __u64 *a = arguments->a;
	__u32 repeats = 0;

	/* What a program repeats by the thousand says nothing new: the same opcode, the same bpf command, the same kind of socket. */
	if (flags & FLAG_IO_URING || number == CALL_BPF || number == CALL_SOCKET || number == CALL_PERF_EVENT_OPEN) {
		struct act act = {
			.object = a[0],
			.start = process->start,
			.tgid = bpf_get_current_pid_tgid() >> 32,
			.device = result < 0,
			.number = number,
			.mode = flags,
		};
		if (aggregated(&act, RECORD_SYSTEM, &repeats))
			return;
	} else {
		count(RECORD_SYSTEM, MADE, 1);
	}
	struct record_system *record = RESERVE(RECORD_SYSTEM, struct record_system);
	if (!record)
		return;
	__builtin_memset(record, 0, sizeof(*record));
	fill_header(&record->header, process, RECORD_SYSTEM, flags);
	record->number = number;
	record->repeats = repeats;
	record->result = result;
	record->args[0] = a[0];
	record->args[1] = a[1];
	record->args[2] = a[2];
	record->args[3] = a[3];
	if (!(flags & FLAG_IO_URING)) {
		switch (number) {
		case CALL_MEMFD_CREATE: case CALL_CHROOT: case CALL_UMOUNT2: case CALL_DELETE_MODULE:
			read_text(record->text[0], a[0]);
			break;
		case CALL_FINIT_MODULE: case CALL_OPEN_TREE: case CALL_MOUNT_SETATTR:
			read_text(record->text[0], a[1]);
			break;
		case CALL_PIVOT_ROOT:
			read_text(record->text[0], a[0]);
			read_text(record->text[1], a[1]);
			break;
		case CALL_MOVE_MOUNT:
			read_text(record->text[0], a[1]);
			read_text(record->text[1], a[3]);
			break;
		case CALL_MOUNT:
			read_text(record->text[0], a[0]);
			read_text(record->text[1], a[1]);
			read_text(record->text[2], a[2]);
			break;
		}
	}
	SUBMIT(RECORD_SYSTEM, record);
}

/*
 * io_uring does its work without system calls. Opcodes that open, connect, send or change names are reported, so that work the other
 * hooks cannot see is at least known to have happened. (Connections and datagrams are seen by the network hooks anyway.)
 */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(on_io_uring, struct io_kiocb *request)
{
	__u8 opcode = request->opcode;
	struct call_arguments arguments = {};

	switch (opcode) {
	case 9: case 26: case 16: case 18: case 28: case 35: case 36: case 37: case 38: case 39: case 45: case 46:
	case 47: case 48: case 55:
		/* sendmsg send connect openat openat2 renameat unlinkat mkdirat symlinkat linkat socket uring_cmd send_zc sendmsg_zc ftruncate */
		break;
	default:
		return 0;
	}
	struct process *process = process_in_scope();
	if (process)
		system_call(process, opcode, 0, FLAG_IO_URING, &arguments);
	return 0;
}

#endif
