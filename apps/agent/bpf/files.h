/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Files: opened for writing, secret ones opened at all, names changed. Seen at the exit of the system call, where the descriptor
 * leads to the file that was really opened; the strings of name changes are read again then, so another thread may have changed them.
 */
#ifndef GATEHOUSE_FILES_H
#define GATEHOUSE_FILES_H

#define FMODE_READ 1
#define FMODE_WRITE 2
#define FMODE_CREATED (1 << 20)
#define PROC_SUPER_MAGIC 0x9fa0
#define DEV_NULL (1 << 20 | 3) /* major 1, minor 3, as the kernel packs them */

#define SECRET_ON_PROCFS 0x100 /* only meaningful there */
#define SECRET_FAMILY 0xff

/* A secret by its own name, its directory's, or both; an empty name matches any. */
struct secret_name {
	char directory[32];
	char name[48];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct secret_name);
	__type(value, __u32);
} secret_names SEC(".maps");

static __always_inline __u32 secret_of(struct dentry *dentry, __u64 magic)
{
	struct secret_name both = {}, single = {};
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	__u32 *found;

	bpf_probe_read_kernel_str(both.name, sizeof(both.name), BPF_CORE_READ(dentry, d_name.name));
	__builtin_memcpy(single.name, both.name, sizeof(single.name));
	found = bpf_map_lookup_elem(&secret_names, &single);
	if (!found) {
		bpf_probe_read_kernel_str(both.directory, sizeof(both.directory), BPF_CORE_READ(parent, d_name.name));
		found = bpf_map_lookup_elem(&secret_names, &both);
	}
	if (!found) {
		__builtin_memcpy(single.directory, both.directory, sizeof(single.directory));
		__builtin_memset(single.name, 0, sizeof(single.name));
		found = bpf_map_lookup_elem(&secret_names, &single);
	}
	if (!found || (*found & SECRET_ON_PROCFS && magic != PROC_SUPER_MAGIC))
		return 0;
	return *found;
}

/* The process a procfs inode speaks of, in the host's numbering. */
static __always_inline __u32 procfs_target(struct inode *inode)
{
	struct proc_inode *proc = (struct proc_inode *)((__u64)inode - bpf_core_field_offset(struct proc_inode, vfs_inode));
	struct pid *pid = BPF_CORE_READ(proc, pid);

	return pid ? BPF_CORE_READ(pid, numbers[0].nr) : 0;
}

#define O_TRUNC 01000

/* The kernel forgets O_TRUNC once it has emptied the file, so this one is the caller's word. */
static __always_inline bool asked_to_empty(int number, const struct call_arguments *arguments)
{
	__u64 flags = 0;

	switch (number) {
	case CALL_CREAT:
		return true;
	case CALL_OPEN:
		flags = arguments->a[1];
		break;
	case CALL_OPENAT:
		flags = arguments->a[2];
		break;
	case CALL_OPENAT2:
		bpf_probe_read_user(&flags, sizeof(flags), (void *)arguments->a[2]);
		break;
	}
	return flags & O_TRUNC;
}

static __always_inline void opened(struct process *process, int descriptor, int number, __u16 flags, const struct call_arguments *arguments)
{
	struct file *file = file_of_descriptor(descriptor);
	if (!file)
		return;

	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct super_block *super = BPF_CORE_READ(inode, i_sb);
	__u64 magic = BPF_CORE_READ(super, s_magic);
	__u32 mode = BPF_CORE_READ(file, f_mode);
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 secret = secret_of(BPF_CORE_READ(file, f_path.dentry), magic);
	__u32 target = 0;

	if (secret & SECRET_ON_PROCFS) {
		target = procfs_target(inode);
		if (target == tgid) /* a process may read itself: every runtime does */
			secret = 0;
	}
	/* What is written to /dev/null is nowhere; shells open it all the time. */
	if (!secret && (!(mode & FMODE_WRITE) || BPF_CORE_READ(inode, i_rdev) == DEV_NULL))
		return;
	if (mode & FMODE_READ)
		flags |= FLAG_READ;
	if (mode & FMODE_WRITE)
		flags |= FLAG_WRITE;
	if (mode & FMODE_CREATED)
		flags |= FLAG_CREATED;
	if (mode & FMODE_WRITE && asked_to_empty(number, arguments))
		flags |= FLAG_EMPTIED;

	union scratch *scratch = scratch_slot(SCRATCH_SYSCALL);
	if (!scratch)
		return;
	__u16 type = secret ? RECORD_OPEN_READ : RECORD_OPEN_WRITE;
	__u32 repeats;
	struct act act = {
		.object = BPF_CORE_READ(inode, i_ino),
		.device = BPF_CORE_READ(super, s_dev),
		.start = process->start,
		.tgid = tgid,
		.number = type,
		.mode = flags,
	};
	if (aggregated(&act, type, &repeats))
		return;

	struct record_open *record = &scratch->open;
	fill_header(&record->header, process, type, flags);
	record->number = number;
	record->open_flags = BPF_CORE_READ(file, f_flags);
	record->device = act.device;
	record->family = secret & SECRET_FAMILY;
	record->inode = act.object;
	record->target = target;
	record->repeats = repeats;
	record->pad = 0;
	__u64 end = append_file_path(scratch, SCRATCH_SYSCALL, file, sizeof(struct record_open));
	record->path_end = end;
	if (type == RECORD_OPEN_READ)
		OUTPUT(&critical, RECORD_OPEN_READ, scratch, end);
	else
		OUTPUT(&bulk, RECORD_OPEN_WRITE, scratch, end);
}

struct operand {
	__u64 string;   /* 0: the descriptor alone */
	int descriptor; /* where a relative string starts */
	bool used;
};

/* Appends what makes an operand absolute, then its string. `*base_end` is where the first ends. */
static __always_inline __u64 append_operand(union scratch *scratch, const struct operand *operand, __u64 offset, __u32 *base_end)
{
	char first = 0;

	if (operand->string)
		bpf_probe_read_user(&first, 1, (void *)operand->string);
	if (first != '/')
		offset = append_directory(scratch, SCRATCH_SYSCALL, operand->descriptor, offset);
	*base_end = offset;
	if (operand->string) {
		AT_MOST(offset, SCRATCH_MASK); /* 16,383 + 4,096 < 20,480 */
		long length = bpf_probe_read_user_str(&scratch->bytes[offset], STRING_BYTES, (void *)operand->string);
		if (length > 0)
			offset += length;
		else
			scratch->header.flags |= FLAG_PATH_CUT;
	}
	AT_MOST(offset, SCRATCH_BYTES);
	return offset;
}

static __always_inline void name_changed(struct process *process, int number, long result, __u16 flags, const struct operand *first,
					 const struct operand *second, __u64 argument)
{
	union scratch *scratch = scratch_slot(SCRATCH_SYSCALL);
	__u32 base_end;

	if (!scratch)
		return;
	count(RECORD_PATH, MADE, 1);
	struct record_path *record = &scratch->path;
	fill_header(&record->header, process, RECORD_PATH, flags);
	record->number = number;
	record->result = result;
	record->argument = argument;
	__u64 end = append_operand(scratch, first, sizeof(struct record_path), &base_end);
	record->first_base_end = base_end;
	record->first_end = end;
	base_end = end;
	if (second->used)
		end = append_operand(scratch, second, end, &base_end);
	record->second_base_end = base_end;
	record->second_end = end;
	OUTPUT(&bulk, RECORD_PATH, scratch, end);
}

/* Takes a call that changes names apart: which argument is which. */
static __always_inline void name_call(struct process *process, int number, long result, __u16 flags, const struct call_arguments *arguments)
{
	const __u64 *a = arguments->a;
	struct operand first = { .string = a[0], .descriptor = AT_FDCWD, .used = true };
	struct operand second = { .descriptor = AT_FDCWD };
	__u64 argument = 0;

	switch (number) {
	case CALL_UNLINKAT: case CALL_FCHMODAT: case CALL_FCHMODAT2: case CALL_OPENAT:
		first.descriptor = a[0];
		first.string = a[1];
		argument = a[2];
		break;
	case CALL_OPENAT2:
		first.descriptor = a[0];
		first.string = a[1];
		break;
	case CALL_RENAME: case CALL_LINK:
		second.string = a[1];
		second.used = true;
		break;
	case CALL_SYMLINK: /* the target is words, not a path from here */
		second.string = a[1];
		second.used = true;
		break;
	case CALL_SYMLINKAT:
		second.descriptor = a[1];
		second.string = a[2];
		second.used = true;
		break;
	case CALL_RENAMEAT: case CALL_RENAMEAT2: case CALL_LINKAT:
		first.descriptor = a[0];
		first.string = a[1];
		second.descriptor = a[2];
		second.string = a[3];
		second.used = true;
		break;
	case CALL_FTRUNCATE: case CALL_FCHMOD:
		first.descriptor = a[0];
		first.string = 0;
		argument = a[1];
		break;
	case CALL_TRUNCATE: case CALL_CHMOD: case CALL_OPEN: case CALL_CREAT:
		argument = a[1];
		break;
	}
	name_changed(process, number, result, flags, &first, &second, argument);
}

#endif
