/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The sensor: what every process in scope does, told to user space through two ring buffers.
 *
 * Hooks are chosen to load on every kernel from 5.10 on, without kprobes, fentry or LSM: BTF tracepoints and cgroup hooks. There is
 * exactly one program on system calls, at their exit, because each costs every call of the machine some 70 ns; it looks at the
 * number first and at the scope second.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "records.h"
#include "settings.h"
#include "verifier.h"
#include "counters.h"
#include "scratch.h"
#include "scope.h"
#include "paths.h"
#include "process.h"
#include "aggregate.h"
#include "arch.h"
#include "files.h"
#include "system.h"
#include "tcp.h"
#include "packets.h"
#include "plaintext.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum group { GROUP_NONE, GROUP_OPEN, GROUP_NAME, GROUP_MEMORY, GROUP_SYSTEM, GROUP_SEND };

/* What a finished call is to us; most are nothing, and the decision is two comparisons deep for them. */
static __always_inline enum group group_of(int number, long result)
{
	bool denied = result == -EACCES || result == -EPERM || result == -EROFS;

	switch (number) {
	case CALL_OPEN: case CALL_OPENAT: case CALL_OPENAT2: case CALL_CREAT: case CALL_OPEN_BY_HANDLE_AT:
		/* A denied open has no file to look at: it is told by its words, as name changes are. */
		return result >= 0 ? GROUP_OPEN : denied && number != CALL_OPEN_BY_HANDLE_AT ? GROUP_NAME : GROUP_NONE;
	case CALL_UNLINK: case CALL_UNLINKAT: case CALL_RMDIR: case CALL_RENAME: case CALL_RENAMEAT: case CALL_RENAMEAT2:
	case CALL_LINK: case CALL_LINKAT: case CALL_SYMLINK: case CALL_SYMLINKAT: case CALL_TRUNCATE: case CALL_FTRUNCATE:
	case CALL_CHMOD: case CALL_FCHMOD: case CALL_FCHMODAT: case CALL_FCHMODAT2:
		return result == 0 || denied ? GROUP_NAME : GROUP_NONE;
	case CALL_PTRACE: case CALL_PROCESS_VM_READV: case CALL_PROCESS_VM_WRITEV: case CALL_PIDFD_GETFD:
		return GROUP_MEMORY;
	case CALL_MEMFD_CREATE: case CALL_IO_URING_SETUP: case CALL_BPF: case CALL_INIT_MODULE: case CALL_FINIT_MODULE:
	case CALL_DELETE_MODULE: case CALL_KEXEC_LOAD: case CALL_KEXEC_FILE_LOAD: case CALL_USERFAULTFD: case CALL_UNSHARE:
	case CALL_SETNS: case CALL_MOUNT: case CALL_UMOUNT2: case CALL_CHROOT: case CALL_PIVOT_ROOT: case CALL_OPEN_TREE:
	case CALL_MOVE_MOUNT: case CALL_FSMOUNT: case CALL_MOUNT_SETATTR: case CALL_PERF_EVENT_OPEN:
	case CALL_SOCKET: case CALL_KILL: case CALL_TKILL: case CALL_TGKILL:
		return GROUP_SYSTEM;
	case CALL_CONNECT: case CALL_SENDTO: case CALL_SENDMSG: case CALL_SENDMMSG:
		return result < 0 ? GROUP_SEND : GROUP_NONE;
	}
	return GROUP_NONE;
}

/* Calls that are worth a record only with certain arguments. */
static __always_inline bool is_ordinary(int number, const struct call_arguments *arguments)
{
	const __u64 *a = arguments->a;
	__u32 family = a[0];

	switch (number) {
	case CALL_SOCKET: /* packets past the IP layer, or out of the machine past the network */
		return family != AF_PACKET && family != AF_VSOCK && family != AF_XDP &&
		       !((family == AF_INET || family == AF_INET6) && (a[1] & 0xf) == SOCK_RAW);
	case CALL_KILL: case CALL_TKILL: case CALL_TGKILL: /* somebody wants to end or stop the agent */
		return !agent_pid || (__u32)a[0] != agent_pid;
	}
	return false;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call, struct pt_regs *registers, long result)
{
	bool compat = is_compat();
	int number = call_number(registers, compat);
	enum group group = group_of(number, result);
	struct call_arguments arguments;

	if (group == GROUP_NONE)
		return 0;
	call_arguments(registers, compat, &arguments);
	if (group == GROUP_SYSTEM && is_ordinary(number, &arguments))
		return 0;
	struct process *process = process_in_scope();
	if (!process)
		return 0;

	__u16 flags = compat ? FLAG_COMPAT : 0;

	switch (group) {
	case GROUP_OPEN:
		opened(process, result, number, flags, &arguments);
		break;
	case GROUP_NAME:
		name_call(process, number, result, flags, &arguments);
		break;
	case GROUP_MEMORY:
		memory_call(process, number, result, flags, &arguments);
		break;
	case GROUP_SYSTEM:
		system_call(process, number, result, flags, &arguments);
		break;
	case GROUP_SEND:
		send_failed(process, number, result, flags, &arguments);
		break;
	default:
		break;
	}
	return 0;
}
