/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Life of processes: fork, exec with everything it was given, exit. */
#ifndef GATEHOUSE_PROCESS_H
#define GATEHOUSE_PROCESS_H

#define TMPFS_MAGIC 0x01021994
#define SIGNAL_GROUP_EXIT 4
#define ARGS_CHUNKS 8 /* 128 KB, then `args_bytes` and `environment_bytes` tell that it was cut */

/* Runs before the child's first instruction, so nothing it does can come before its tag. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	if (child->pid != child->tgid) /* a thread */
		return 0;
	struct process *process = process_in_scope();
	if (!process)
		return 0;

	__u32 child_tgid = child->tgid;
	struct process inherited = { .start = child->start_boottime, .step = process->step, .parent = parent->tgid };

	if (process->flags & PROCESS_WORKER) {
		struct step_leader leader = { .start = inherited.start, .tgid = child_tgid, .worker = parent->tgid };
		inherited.step = claim_step(&leader);
	}
	if (bpf_map_update_elem(&processes, &child_tgid, &inherited, BPF_ANY))
		count_untracked();

	count(RECORD_FORK, MADE, 1);
	struct record_fork *record = RESERVE(RECORD_FORK, struct record_fork);
	if (!record)
		return 0;
	fill_header(&record->header, process, RECORD_FORK, child->nsproxy == parent->nsproxy ? 0 : FLAG_NAMESPACE);
	record->child_tgid = child_tgid;
	record->child_step = inherited.step;
	record->child_start = inherited.start;
	SUBMIT(RECORD_FORK, record);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	struct signal_struct *signal = task->signal;

	if (BPF_CORE_READ(signal, live.counter) != 0) /* other threads go on */
		return 0;
	struct process *found = bpf_map_lookup_elem(&processes, &tgid);
	if (!found)
		return 0;
	struct process process = *found;
	/* Two last threads may both see `live` at 0; only one can delete. */
	if (bpf_map_delete_elem(&processes, &tgid))
		return 0;

	count(RECORD_EXIT, MADE, 1);
	struct record_exit *record = RESERVE(RECORD_EXIT, struct record_exit);
	if (!record)
		return 0;
	if (!process.start)
		process.start = BPF_CORE_READ(task, group_leader, start_boottime);
	fill_header(&record->header, &process, RECORD_EXIT, 0);
	/* As wait(2) decides: the group's code when something ended the group, else that of the first thread. */
	record->code = BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT ? BPF_CORE_READ(signal, group_exit_code)
									 : BPF_CORE_READ(task, group_leader, exit_code);
	record->pad = 0;
	SUBMIT(RECORD_EXIT, record);
	return 0;
}

/*
 * Sends user memory [address, address + total) in chunks. The kernel has just written these pages of the new stack, so reading them
 * without faulting cannot fail, however short the process lives.
 */
static __always_inline void send_args(union scratch *scratch, __u64 address, __u64 total, __u32 first)
{
	for (__u32 i = 0; i < ARGS_CHUNKS; i++) {
		__u64 offset = (__u64)i * ARGS_CHUNK;

		if (offset >= total)
			break;
		__u64 length = total - offset;

		AT_MOST(length, ARGS_CHUNK);
		AT_LEAST_1(length);
		scratch->args.offset = first + offset;
		scratch->args.length = length;
		if (bpf_probe_read_user(scratch->args.data, length, (void *)(address + offset)))
			scratch->args.length = 0;
		count(RECORD_ARGS, MADE, 1);
		OUTPUT(&critical, RECORD_ARGS, scratch, length + sizeof(struct record_args));
	}
}

static __always_inline bool is_worker_name(struct dentry *dentry)
{
	struct name name = {};

	bpf_probe_read_kernel_str(name.text, sizeof(name.text), BPF_CORE_READ(dentry, d_name.name));
	return bpf_map_lookup_elem(&worker_names, &name) != 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	struct process *process = process_in_scope();
	if (!process)
		return 0;
	union scratch *scratch = scratch_slot(SCRATCH_EXEC);
	if (!scratch)
		return 0;

	struct record_exec *record = &scratch->exec;
	struct file *file = BPF_CORE_READ(bprm, file);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	fill_header(&record->header, process, RECORD_EXEC, 0);
	/* Inside a step nothing can become a worker: a program may call itself Runner.Worker to shake off its step. */
	if (process->step == 0 && is_worker_name(dentry))
		process->flags |= PROCESS_WORKER;
	if (process->flags & PROCESS_WORKER)
		record->header.flags |= FLAG_WORKER;
	if (BPF_CORE_READ(inode, i_nlink) == 0) {
		bool memory = dentry == BPF_CORE_READ(dentry, d_parent) && BPF_CORE_READ(inode, i_sb, s_magic) == TMPFS_MAGIC;

		record->header.flags |= memory ? FLAG_MEMFD : FLAG_DELETED;
	}
	record->parent = process->parent;
	record->uid = BPF_CORE_READ(task, cred, uid.val);
	record->device = BPF_CORE_READ(inode, i_sb, s_dev);
	record->inode = BPF_CORE_READ(inode, i_ino);
	record->size = BPF_CORE_READ(inode, i_size);

	__u64 end = append_file_path(scratch, SCRATCH_EXEC, file, sizeof(struct record_exec));
	record->exe_end = end;
	end = append_directory(scratch, SCRATCH_EXEC, AT_FDCWD, end);
	record->cwd_end = end;
	long filename = bpf_probe_read_kernel_str(&scratch->bytes[end], STRING_BYTES, BPF_CORE_READ(bprm, filename));
	if (filename > 0)
		end += filename;
	AT_MOST(end, SCRATCH_BYTES);
	record->filename_end = end;

	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	__u64 args_start = BPF_CORE_READ(mm, arg_start), args_end = BPF_CORE_READ(mm, arg_end);
	__u64 environment_start = BPF_CORE_READ(mm, env_start), environment_end = BPF_CORE_READ(mm, env_end);
	record->args_bytes = args_end - args_start;
	record->environment_bytes = environment_end - environment_start;

	count(RECORD_EXEC, MADE, 1);
	OUTPUT(&critical, RECORD_EXEC, scratch, end);

	scratch->header.type = RECORD_ARGS; /* the rest of the header stays: it joins the chunks to their exec */
	if (environment_start == args_end) { /* always, on every kernel we know; one copy then takes both */
		send_args(scratch, args_start, environment_end - args_start, 0);
	} else {
		send_args(scratch, args_start, args_end - args_start, 0);
	}
	return 0;
}

/* All processes of the machine with their exact start, which /proc only gives to a hundredth of a second. */
SEC("iter/task")
int on_task(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (!task || task->pid != task->tgid)
		return 0;
	struct record_task record = {
		.start = task->start_boottime,
		.tgid = task->tgid,
		.parent = BPF_CORE_READ(task, real_parent, tgid),
	};
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}

#endif
