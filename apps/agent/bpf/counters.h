/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The two rings and the books kept about them. Per record type: made = submitted + aggregated + lost, exactly. `made` is counted
 * where the decision to make a record falls, the others where its fate is sealed, so the equation can fail and is tested.
 */
#ifndef GATEHOUSE_COUNTERS_H
#define GATEHOUSE_COUNTERS_H

struct counter {
	__u64 made;
	__u64 submitted;
	__u64 aggregated;
	__u64 lost;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} critical SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} bulk SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RECORD_MAX);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

enum fate { MADE, SUBMITTED, AGGREGATED, LOST };

/* Atomic although per CPU: a packet hook may interrupt a system call hook between load and store. */
static __always_inline void count(__u32 type, enum fate fate, __u64 by)
{
	struct counter *counter = bpf_map_lookup_elem(&counters, &type);

	if (!counter)
		return;
	switch (fate) {
	case MADE:
		__sync_fetch_and_add(&counter->made, by);
		break;
	case SUBMITTED:
		__sync_fetch_and_add(&counter->submitted, by);
		break;
	case AGGREGATED:
		__sync_fetch_and_add(&counter->aggregated, by);
		break;
	case LOST:
		__sync_fetch_and_add(&counter->lost, by);
		break;
	}
}

/* What could not be tracked: the number of its records is unknown, so it is one loss of its own type. */
static __always_inline void count_untracked(void)
{
	count(RECORD_TRACKING, MADE, 1);
	count(RECORD_TRACKING, LOST, 1);
}

/*
 * A wake-up per record costs the traced process 2 µs and the agent most of its time (measured), so the reader is woken only when much
 * is queued; it looks every 20 ms anyway.
 */
static __always_inline __u64 wakeup(void *ring)
{
	return bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) >= wakeup_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* Reserves a record of fixed size in the critical ring; NULL, counted, when it is full. `made` has been counted by the caller. */
#define RESERVE(type_, struct_)                                                                                                        \
	({                                                                                                                             \
		struct_ *reserved_ = bpf_ringbuf_reserve(&critical, sizeof(struct_), 0);                                               \
		if (!reserved_)                                                                                                        \
			count(type_, LOST, 1);                                                                                         \
		reserved_;                                                                                                             \
	})

#define SUBMIT(type_, record_)                                                                                                         \
	({                                                                                                                             \
		bpf_ringbuf_submit(record_, wakeup(&critical));                                                                        \
		count(type_, SUBMITTED, 1);                                                                                            \
	})

/* Copies a record of variable size, built in scratch memory, into a ring. */
#define OUTPUT(ring_, type_, record_, bytes_)                                                                                          \
	({                                                                                                                             \
		long refused_ = bpf_ringbuf_output(ring_, record_, bytes_, wakeup(ring_));                                             \
		count(type_, refused_ ? LOST : SUBMITTED, 1);                                                                          \
	})

#endif
