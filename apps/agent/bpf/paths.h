/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Absolute paths from the kernel's own objects, so symlinks, `..`, bind mounts and chroot cannot lie about them. */
#ifndef GATEHOUSE_PATHS_H
#define GATEHOUSE_PATHS_H

#define PATH_DEPTH 64
#define WALK_CUT (1 << 20) /* in the result of walk_path: it did not reach the root */

static __always_inline struct file *file_of_descriptor(int descriptor)
{
	struct fdtable *table = BPF_CORE_READ(current_task(), files, fdt);
	struct file **files, *file = 0;

	if (descriptor < 0 || (__u32)descriptor >= BPF_CORE_READ(table, max_fds))
		return 0;
	files = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), &files[descriptor]);
	return file;
}

/*
 * Appends the path of (dentry, mount) at `offset` of a scratch slot: components from leaf to root, each with its NUL. Crosses mounts
 * up to the root of the mount namespace. Returns the new offset, with WALK_CUT when the path is longer or deeper than we follow.
 *
 * A global function (not static, not inline) with scalar arguments only: the verifier then checks it once instead of at every call.
 * That is also why it looks its scratch up itself, and why callers must bound what it returns.
 */
__attribute__((noinline)) int walk_path(__u64 dentry_address, __u64 mount_address, __u32 slot, int offset)
{
	union scratch *scratch = scratch_slot(slot);
	struct dentry *dentry = (struct dentry *)dentry_address;
	struct vfsmount *vfsmount = (struct vfsmount *)mount_address;
	struct mount *mount = (struct mount *)(mount_address - bpf_core_field_offset(struct mount, mnt));
	struct dentry *mount_root = BPF_CORE_READ(vfsmount, mnt_root);
	int start = offset;

	if (!scratch)
		return offset;
	for (int i = 0; i < PATH_DEPTH; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

		if (dentry == mount_root) {
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (above == mount || !above)
				return offset;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			mount_root = BPF_CORE_READ(mount, mnt.mnt_root);
			continue;
		}
		if (offset - start > PATH_BYTES)
			return offset | WALK_CUT;
		/* Masked to 16,383; 256 bytes from there stay inside the 20,480 of the slot. */
		long length = bpf_probe_read_kernel_str(&scratch->bytes[offset & SCRATCH_MASK], COMPONENT_BYTES,
							BPF_CORE_READ(dentry, d_name.name));
		if (length <= 0 || length > COMPONENT_BYTES)
			return offset | WALK_CUT;
		offset += length;
		/* Memory files and detached mounts are their own parent without being the mount's root. */
		if (dentry == parent)
			return offset;
		dentry = parent;
	}
	return offset | WALK_CUT;
}

/* Walks and keeps the books of the record: sets FLAG_PATH_CUT, returns an offset within [0, SCRATCH_MASK]. */
static __always_inline __u64 append_path(union scratch *scratch, __u32 slot, struct dentry *dentry, struct vfsmount *mount, __u64 offset)
{
	__u64 end = (__u32)walk_path((__u64)dentry, (__u64)mount, slot, (int)offset);

	if (end & WALK_CUT) {
		scratch->header.flags |= FLAG_PATH_CUT;
		end &= ~(__u64)WALK_CUT;
	}
	AT_MOST(end, SCRATCH_MASK);
	return end;
}

static __always_inline __u64 append_file_path(union scratch *scratch, __u32 slot, struct file *file, __u64 offset)
{
	return append_path(scratch, slot, BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt), offset);
}

#define AT_FDCWD (-100)

/* The directory an *at() call starts from. */
static __always_inline __u64 append_directory(union scratch *scratch, __u32 slot, int descriptor, __u64 offset)
{
	if (descriptor == AT_FDCWD) {
		struct fs_struct *fs = BPF_CORE_READ(current_task(), fs);

		return append_path(scratch, slot, BPF_CORE_READ(fs, pwd.dentry), BPF_CORE_READ(fs, pwd.mnt), offset);
	}
	struct file *file = file_of_descriptor(descriptor);

	if (!file) {
		scratch->header.flags |= FLAG_PATH_CUT;
		return offset;
	}
	return append_file_path(scratch, slot, file, offset);
}

#endif
