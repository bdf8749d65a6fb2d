/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * HTTPS request lines: what programs hand to their TLS library, read where they call it. One function serves every library, since all
 * take (connection, buffer, length). User space finds the places and attaches; a breakpoint costs microseconds, so there is one per
 * write and none per read. Bodies stay where they are: of HTTP/1 only what begins with a method is given, of HTTP/2 only header frames.
 */
#ifndef GATEHOUSE_PLAINTEXT_H
#define GATEHOUSE_PLAINTEXT_H

#define HTTP2_PREFACE_BYTES 24
#define FRAME_HEADER_BYTES 9
#define FRAME_HEADERS 1
#define FRAME_CONTINUATION 9
#define WALK_STEPS 32

struct tls_key {
	__u64 connection;
	__u32 tgid;
	__u32 pad;
};

enum tls_state { TLS_HTTP1 = 1, TLS_HTTP2, TLS_LOST };

struct tls_connection {
	__u64 at;    /* where the walk through a write is */
	__u32 left;  /* of the frame that the last write ended in */
	__u8 state;
	__u8 give;   /* that frame is one to give */
	__u8 given;  /* frames of headers have been given */
	__u8 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct tls_key);
	__type(value, struct tls_connection);
} tls_connections SEC(".maps");

/* `bytes` 0 says that something is missing. False when nobody will hear of it. */
static __always_inline bool give_plain(const struct process *process, __u64 connection, __u16 flags, __u64 from, __u64 bytes)
{
	count(RECORD_PLAIN, MADE, 1);
	struct record_plain *record = RESERVE(RECORD_PLAIN, struct record_plain);
	if (!record)
		return false;
	fill_header(&record->header, process, RECORD_PLAIN, flags);
	record->connection = connection ^ socket_mask;
	record->total = bytes;
	AT_MOST(bytes, PLAIN_BYTES);
	record->length = bytes;
	if (bpf_probe_read_user(record->data, bytes, (void *)from))
		record->length = 0;
	SUBMIT(RECORD_PLAIN, record);
	return true;
}

#define WALK_DONE 0
#define WALK_ON 1
#define WALK_LOST 2

/*
 * One step through a write: a frame, or as much of it as fits a record. A function of its own that takes plain numbers, so that the
 * verifier walks it once and not in every combination of 32 steps (400,000 instructions and a second of loading, measured).
 */
__noinline int walk_step(__u64 connection, __u64 end)
{
	struct tls_key key = { .connection = connection, .tgid = bpf_get_current_pid_tgid() >> 32 };
	struct tls_connection *state = bpf_map_lookup_elem(&tls_connections, &key);
	struct process *process = bpf_map_lookup_elem(&processes, &key.tgid);

	if (!state || !process)
		return WALK_DONE;
	__u64 at = state->at, bytes = end - at;

	if (at >= end)
		return WALK_DONE;
	if (state->left == 0) {
		__u8 head[FRAME_HEADER_BYTES];

		/* A frame header in two writes: no library was seen to do it, and what follows cannot be told apart. */
		if (bytes < sizeof(head) || bpf_probe_read_user(head, sizeof(head), (void *)at)) {
			give_plain(process, connection, 0, end, 0);
			state->state = TLS_LOST;
			return WALK_LOST;
		}
		state->left = (head[0] << 16 | head[1] << 8 | head[2]) + FRAME_HEADER_BYTES;
		state->give = head[3] == FRAME_HEADERS || head[3] == FRAME_CONTINUATION;
	}
	if (bytes > state->left)
		bytes = state->left;
	if (state->give) {
		AT_MOST(bytes, PLAIN_BYTES);
		/* Header compression has a memory: after a gap everything else would be read wrongly, so nothing is. */
		if (!give_plain(process, connection, 0, at, bytes)) {
			state->state = TLS_LOST;
			return WALK_LOST;
		}
		state->given = 1;
	}
	state->at = at + bytes;
	state->left -= bytes;
	return WALK_ON;
}

static __always_inline void walk_frames(const struct process *process, struct tls_connection *state, __u64 connection, __u64 from, __u64 end)
{
	state->at = from;
	for (int i = 0; i < WALK_STEPS; i++) {
		if (walk_step(connection, end) != WALK_ON)
			return;
	}
	if (state->at < end) {
		state->state = TLS_LOST;
		give_plain(process, connection, 0, end, 0);
	}
}

static __always_inline int on_plaintext(__u64 connection, __u64 buffer, __u64 length)
{
	__u32 word = 0;

	if (length < FRAME_HEADER_BYTES || length >> 31)
		return 0;
	struct process *process = process_in_scope();
	if (!process)
		return 0;
	struct tls_key key = { .connection = connection, .tgid = bpf_get_current_pid_tgid() >> 32 };
	struct tls_connection *state = bpf_map_lookup_elem(&tls_connections, &key);
	if (bpf_probe_read_user(&word, sizeof(word), (void *)buffer))
		return 0;

	if (word == 0x20495250 /* "PRI " */) {
		/* The same preface again is a write that was tried again, until requests have been seen. */
		__u16 flags = state && (state->given || state->state != TLS_HTTP2) ? FLAG_RESTARTED : 0;
		struct tls_connection fresh = { .state = TLS_HTTP2 };

		if (bpf_map_update_elem(&tls_connections, &key, &fresh, BPF_ANY))
			count_untracked();
		state = bpf_map_lookup_elem(&tls_connections, &key);
		if (!state)
			return 0;
		give_plain(process, connection, flags, buffer, HTTP2_PREFACE_BYTES);
		walk_frames(process, state, connection, buffer + HTTP2_PREFACE_BYTES, buffer + length);
		return 0;
	}
	if (state && state->state == TLS_LOST)
		return 0;
	if (state && state->state == TLS_HTTP2 && (state->left || !is_http_method(word))) {
		walk_frames(process, state, connection, buffer, buffer + length);
		return 0;
	}
	if (is_http_method(word)) {
		struct tls_connection fresh = { .state = TLS_HTTP1 };

		give_plain(process, connection, state && state->state != TLS_HTTP1 ? FLAG_RESTARTED : 0, buffer, length);
		if (!state || state->state != TLS_HTTP1)
			bpf_map_update_elem(&tls_connections, &key, &fresh, BPF_ANY);
	}
	return 0;
}

SEC("uprobe")
int on_tls_write(struct pt_regs *registers)
{
	return on_plaintext(C_ARGUMENTS(registers));
}

SEC("uprobe")
int on_tls_write_go(struct pt_regs *registers)
{
	return on_plaintext(GO_ARGUMENTS(registers));
}

#endif
