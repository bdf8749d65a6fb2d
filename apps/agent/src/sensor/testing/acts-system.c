/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory         reads and writes a child's memory in every way there is
 * machine DIR    calls that change the machine, in namespaces of their own (DIR: an empty directory)
 * memfd          runs itself from a memory file
 * deleted PATH   runs a copy of itself that it has unlinked
 * uring PATH     creates a file through io_uring
 * gate DIR       opens and unlinks a file through int 0x80
 * read PATH      opens for reading
 * denied PATH    as nobody, opens for reading
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char secret[16] = "in the heap";

static int memory(void)
{
	pid_t child = fork();
	char path[64], copy[16];

	if (child == 0) {
		pause();
		_exit(0);
	}
	struct iovec here = { copy, sizeof(copy) }, there = { secret, sizeof(secret) };
	process_vm_readv(child, &here, 1, &there, 1, 0);
	process_vm_writev(child, &here, 1, &there, 1, 0);
	for (const char **name = (const char *[]){ "mem", "environ", "maps", NULL }; *name; name++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", child, *name);
		close(open(path, O_RDONLY));
		snprintf(path, sizeof(path), "/proc/self/%s", *name); /* one's own: must not be reported */
		close(open(path, O_RDONLY));
	}
	ptrace(PTRACE_SEIZE, child, 0, 0);
	ptrace(PTRACE_DETACH, child, 0, 0);
	int handle = syscall(434 /* pidfd_open */, child, 0);
	int taken = syscall(438 /* pidfd_getfd */, handle, 0, 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("%d %d\n", child, taken);
	return 0;
}

static int machine(const char *directory)
{
	union bpf_attr attributes = { 0 };

	close(syscall(SYS_memfd_create, "scratch pad", 0));
	syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes));
	syscall(SYS_finit_module, -1, "option=1", 0);
	syscall(SYS_init_module, NULL, 0, "");
	syscall(SYS_delete_module, "no_such_module", 0);
	syscall(SYS_kexec_load, 0, 0, NULL, ~0UL);
	close(syscall(SYS_userfaultfd, 0));
	if (unshare(CLONE_NEWNS))
		return 1;
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (mount("nothing", directory, "tmpfs", 0, NULL))
		return 1;
	umount2(directory, 0);
	int own = open("/proc/self/ns/uts", O_RDONLY);
	if (setns(own, 0))
		return 1;
	return chroot(directory);
}

static void copy_to(int to)
{
	int from = open("/proc/self/exe", O_RDONLY);
	struct stat size;

	fstat(from, &size);
	sendfile(to, from, NULL, size.st_size);
	close(from);
}

static int uring(const char *path)
{
	struct io_uring_params p;

	memset(&p, 0, sizeof(p));
	int ring = syscall(SYS_io_uring_setup, 4, &p);
	if (ring < 0)
		return 3;
	char *sq = mmap(0, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	struct io_uring_sqe *entry = mmap(0, p.sq_entries * sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	memset(entry, 0, sizeof(*entry));
	entry->opcode = IORING_OP_OPENAT;
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)path;
	entry->open_flags = O_CREAT | O_WRONLY;
	entry->len = 0644;
	*(unsigned *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) == 1 ? 0 : 1;
}

#ifdef __x86_64__
static long gate(long number, long a, long b, long c)
{
	long result;

	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return result;
}
#endif

int main(int count, char **arguments)
{
	const char *act = count > 1 ? arguments[1] : "";

	if (!strcmp(act, "memory"))
		return memory();
	if (!strcmp(act, "machine"))
		return machine(arguments[2]);
	if (!strcmp(act, "memfd")) {
		int file = syscall(SYS_memfd_create, "payload", MFD_CLOEXEC);
		copy_to(file);
		char *again[] = { "from memory", "done", NULL }, *none[] = { NULL };
		syscall(SYS_execveat, file, "", again, none, AT_EMPTY_PATH);
		return 1;
	}
	if (!strcmp(act, "deleted")) {
		int file = open(arguments[2], O_WRONLY | O_CREAT, 0755);
		copy_to(file);
		close(file);
		file = open(arguments[2], O_RDONLY);
		unlink(arguments[2]);
		char *again[] = { "from nowhere", "done", NULL }, *none[] = { NULL };
		fexecve(file, again, none);
		return 1;
	}
	if (!strcmp(act, "done"))
		return 0;
	if (!strcmp(act, "uring"))
		return uring(arguments[2]);
	if (!strcmp(act, "read"))
		return open(arguments[2], O_RDONLY) < 0;
	if (!strcmp(act, "denied"))
		return setuid(65534) || open(arguments[2], O_RDONLY) >= 0 || errno != EACCES;
#ifdef __x86_64__
	if (!strcmp(act, "gate")) {
		char *low = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		snprintf(low, 4096, "%s/through the gate", arguments[2]);
		long opened = gate(5, (long)low, O_CREAT | O_WRONLY, 0644);
		return opened < 0 || gate(10, (long)low, 0, 0) < 0;
	}
#endif
	return 2;
}
