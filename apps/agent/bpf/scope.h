/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is watched: processes in `processes`, put there by user space, by their parent's fork, or because their cgroup is in scope.
 * The step tag is causal: a direct child of a runner worker starts a step, everything below inherits it whatever it does
 * (setsid, double fork, reparenting), and no process can change its own.
 */
#ifndef GATEHOUSE_SCOPE_H
#define GATEHOUSE_SCOPE_H

#define PROCESS_WORKER 1 /* its direct children are steps */

struct process {
	__u64 start; /* 0 until first seen, when user space put it here */
	__u32 step;
	__u32 parent;
	__u32 flags;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct process);
} processes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} scope_cgroup SEC(".maps");

struct name {
	char text[32];
};

/* Base names of executables that are runner workers. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, struct name);
	__type(value, __u32);
} worker_names SEC(".maps");

struct step_leader {
	__u64 start;
	__u32 tgid;
	__u32 worker;
};

#define STEPS_MAX 16384
/* Step number to its first process. Inserting with NOEXIST hands out numbers without a fetching atomic, which 5.10 lacks. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, STEPS_MAX);
	__type(key, __u32);
	__type(value, struct step_leader);
} steps SEC(".maps");

__u32 last_step; /* a hint where to look for the next free number; `steps` decides */

static __always_inline __u32 claim_step(struct step_leader *leader)
{
	__u32 step = last_step;

	for (int i = 0; i < 32; i++) {
		step++;
		if (bpf_map_update_elem(&steps, &step, leader, BPF_NOEXIST) == 0) {
			/* Two CPUs may store in the wrong order; the next claim then tries one number more. */
			last_step = step;
			return step;
		}
	}
	count_untracked();
	return 0;
}

static __always_inline struct task_struct *current_task(void)
{
	return (struct task_struct *)bpf_get_current_task();
}

/* The entry of the calling process, NULL when it is out of scope. */
static __always_inline struct process *process_in_scope(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct process *known = bpf_map_lookup_elem(&processes, &tgid);

	if (known) {
		if (!known->start)
			known->start = BPF_CORE_READ(current_task(), group_leader, start_boottime);
		return known;
	}
	if (!scope_is_cgroup || bpf_current_task_under_cgroup(&scope_cgroup, 0) != 1)
		return 0;

	struct task_struct *task = current_task();
	struct process adopted = {
		.start = BPF_CORE_READ(task, group_leader, start_boottime),
		.parent = BPF_CORE_READ(task, real_parent, tgid),
	};
	if (bpf_map_update_elem(&processes, &tgid, &adopted, BPF_NOEXIST) == -7 /* E2BIG: full */)
		count_untracked();
	return bpf_map_lookup_elem(&processes, &tgid);
}

static __always_inline void fill_header(struct record_header *header, const struct process *process, __u16 type, __u16 flags)
{
	__u64 id = bpf_get_current_pid_tgid();

	header->type = type;
	header->flags = flags;
	header->step = process->step;
	header->time = bpf_ktime_get_boot_ns();
	header->tgid = id >> 32;
	header->tid = (__u32)id;
	header->start = process->start;
}

#endif
