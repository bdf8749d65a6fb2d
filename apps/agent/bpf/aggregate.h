/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Repetition of one act by one process on one object is reported once per window and counted exactly. */
#ifndef GATEHOUSE_AGGREGATE_H
#define GATEHOUSE_AGGREGATE_H

struct act {
	__u64 object; /* inode, target pid, … */
	__u64 start;
	__u32 device;
	__u32 tgid;
	__u32 number;
	__u32 mode;
};

struct recent {
	__u64 time;    /* of the last record */
	__u64 repeats; /* since then */
};

/* Eviction under pressure costs a repeated record, never a count. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct act);
	__type(value, struct recent);
} recent_acts SEC(".maps");

/*
 * Counts `type` as made, and decides: true when the act was reported within the window and only counted this time. Otherwise the
 * caller makes a record, with `repeats` set to what was counted since the one before.
 */
static __always_inline bool aggregated(struct act *act, __u32 type, __u32 *repeats)
{
	count(type, MADE, 1);
	*repeats = 0;
	if (!window_ns)
		return false;

	__u64 now = bpf_ktime_get_boot_ns();
	struct recent *recent = bpf_map_lookup_elem(&recent_acts, act);

	if (recent) {
		if (now - recent->time < window_ns) {
			__sync_fetch_and_add(&recent->repeats, 1);
			count(type, AGGREGATED, 1);
			return true;
		}
		*repeats = recent->repeats;
	}
	struct recent fresh = { .time = now };
	bpf_map_update_elem(&recent_acts, act, &fresh, BPF_ANY);
	return false;
}

#endif
