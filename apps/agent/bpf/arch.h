/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Everything that depends on the processor: system call numbers, registers, and the 32-bit gate. Records carry the x86-64 numbers on
 * every architecture, so user space has one table.
 */
#ifndef GATEHOUSE_ARCH_H
#define GATEHOUSE_ARCH_H

/* x86-64 numbers: also the language of records. */
enum call {
	CALL_OPEN = 2,
	CALL_SOCKET = 41,
	CALL_CONNECT = 42,
	CALL_SENDTO = 44,
	CALL_SENDMSG = 46,
	CALL_KILL = 62,
	CALL_TRUNCATE = 76,
	CALL_FTRUNCATE = 77,
	CALL_RENAME = 82,
	CALL_RMDIR = 84,
	CALL_CREAT = 85,
	CALL_LINK = 86,
	CALL_UNLINK = 87,
	CALL_SYMLINK = 88,
	CALL_CHMOD = 90,
	CALL_FCHMOD = 91,
	CALL_PTRACE = 101,
	CALL_PIVOT_ROOT = 155,
	CALL_CHROOT = 161,
	CALL_MOUNT = 165,
	CALL_UMOUNT2 = 166,
	CALL_INIT_MODULE = 175,
	CALL_DELETE_MODULE = 176,
	CALL_TKILL = 200,
	CALL_TGKILL = 234,
	CALL_KEXEC_LOAD = 246,
	CALL_OPENAT = 257,
	CALL_UNLINKAT = 263,
	CALL_RENAMEAT = 264,
	CALL_LINKAT = 265,
	CALL_SYMLINKAT = 266,
	CALL_FCHMODAT = 268,
	CALL_UNSHARE = 272,
	CALL_PERF_EVENT_OPEN = 298,
	CALL_OPEN_BY_HANDLE_AT = 304,
	CALL_SENDMMSG = 307,
	CALL_SETNS = 308,
	CALL_PROCESS_VM_READV = 310,
	CALL_PROCESS_VM_WRITEV = 311,
	CALL_FINIT_MODULE = 313,
	CALL_RENAMEAT2 = 316,
	CALL_MEMFD_CREATE = 319,
	CALL_KEXEC_FILE_LOAD = 320,
	CALL_BPF = 321,
	CALL_USERFAULTFD = 323,
	CALL_PIDFD_SEND_SIGNAL = 424,
	CALL_IO_URING_SETUP = 425,
	CALL_OPEN_TREE = 428,
	CALL_MOVE_MOUNT = 429,
	CALL_FSMOUNT = 432,
	CALL_OPENAT2 = 437,
	CALL_PIDFD_GETFD = 438,
	CALL_MOUNT_SETATTR = 442,
	CALL_FCHMODAT2 = 452,
	CALL_NONE = -1,
};

struct call_arguments {
	__u64 a[5];
};

#ifdef __TARGET_ARCH_x86

struct pt_regs {
	unsigned long ax;
	unsigned long bx;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long r10;
	unsigned long r8;
	unsigned long orig_ax;
} KERNEL_TYPE;

#define TS_COMPAT 2
#define X32_BIT 0x40000000

/*
 * The call came through int 0x80 or from a 32-bit program: other numbers and registers, and a way past any sensor that does not look.
 * `get_current_task_btf` is absent before 5.11; the branch that does not exist on this kernel is removed before verification.
 */
static __always_inline bool is_compat(void)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		return ((struct task_struct *)bpf_get_current_task_btf())->thread_info.status & TS_COMPAT;
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), thread_info.status) & TS_COMPAT;
}

/* i386 number to x86-64 number, for the calls we watch. socketcall (102) is left out: the network is watched below the system calls. */
static __always_inline int call_from_i386(unsigned long number)
{
	switch (number) {
	case 5: return CALL_OPEN;
	case 8: return CALL_CREAT;
	case 9: return CALL_LINK;
	case 10: return CALL_UNLINK;
	case 15: return CALL_CHMOD;
	case 21: return CALL_MOUNT;
	case 26: return CALL_PTRACE;
	case 37: return CALL_KILL;
	case 38: return CALL_RENAME;
	case 40: return CALL_RMDIR;
	case 52: return CALL_UMOUNT2;
	case 61: return CALL_CHROOT;
	case 83: return CALL_SYMLINK;
	case 92: case 193: return CALL_TRUNCATE;
	case 93: case 194: return CALL_FTRUNCATE;
	case 94: return CALL_FCHMOD;
	case 128: return CALL_INIT_MODULE;
	case 129: return CALL_DELETE_MODULE;
	case 217: return CALL_PIVOT_ROOT;
	case 238: return CALL_TKILL;
	case 270: return CALL_TGKILL;
	case 283: return CALL_KEXEC_LOAD;
	case 295: return CALL_OPENAT;
	case 301: return CALL_UNLINKAT;
	case 302: return CALL_RENAMEAT;
	case 303: return CALL_LINKAT;
	case 304: return CALL_SYMLINKAT;
	case 306: return CALL_FCHMODAT;
	case 310: return CALL_UNSHARE;
	case 336: return CALL_PERF_EVENT_OPEN;
	case 342: return CALL_OPEN_BY_HANDLE_AT;
	case 346: return CALL_SETNS;
	case 347: return CALL_PROCESS_VM_READV;
	case 348: return CALL_PROCESS_VM_WRITEV;
	case 350: return CALL_FINIT_MODULE;
	case 353: return CALL_RENAMEAT2;
	case 356: return CALL_MEMFD_CREATE;
	case 357: return CALL_BPF;
	case 359: return CALL_SOCKET;
	case 362: return CALL_CONNECT;
	case 369: return CALL_SENDTO;
	case 374: return CALL_USERFAULTFD;
	/* From 424 on all architectures share their numbers. */
	case CALL_PIDFD_SEND_SIGNAL: case CALL_IO_URING_SETUP: case CALL_OPEN_TREE: case CALL_MOVE_MOUNT: case CALL_FSMOUNT:
	case CALL_OPENAT2: case CALL_PIDFD_GETFD: case CALL_MOUNT_SETATTR: case CALL_FCHMODAT2: return number;
	}
	return CALL_NONE;
}

/* x32 calls carry a bit and share x86-64's numbers, except a few of their own. */
static __always_inline int call_from_x32(unsigned long number)
{
	switch (number) {
	case 521: return CALL_PTRACE;
	case 528: return CALL_KEXEC_LOAD;
	case 538: return CALL_SENDMMSG;
	case 539: return CALL_PROCESS_VM_READV;
	case 540: return CALL_PROCESS_VM_WRITEV;
	}
	return number;
}

static __always_inline int call_number(struct pt_regs *registers, bool compat)
{
	unsigned long number = registers->orig_ax;

	if (compat)
		return call_from_i386(number);
	if (number & X32_BIT)
		return call_from_x32(number & ~(unsigned long)X32_BIT);
	return number;
}

/* At the exit of a call all argument registers are still as they were on entry. */
static __always_inline void call_arguments(struct pt_regs *registers, bool compat, struct call_arguments *arguments)
{
	arguments->a[0] = compat ? (__u32)registers->bx : registers->di;
	arguments->a[1] = compat ? (__u32)registers->cx : registers->si;
	arguments->a[2] = compat ? (__u32)registers->dx : registers->dx;
	arguments->a[3] = compat ? (__u32)registers->si : registers->r10;
	arguments->a[4] = compat ? (__u32)registers->di : registers->r8;
}

/* The first three arguments of a function: as C passes them, and as Go does since 1.17. */
#define C_ARGUMENTS(registers_) (registers_)->di, (registers_)->si, (registers_)->dx
#define GO_ARGUMENTS(registers_) (registers_)->ax, (registers_)->bx, (registers_)->cx

#else
#error "Only x86-64 has system call tables so far"
#endif

#endif
