/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * TCP connections by the state of the socket, so it does not matter which system call, io_uring opcode or fast-open flag began them.
 * A connection that fails before it has a state (no route, refused by a policy) is seen at the exit of connect.
 */
#ifndef GATEHOUSE_TCP_H
#define GATEHOUSE_TCP_H

#define SOCK_DONE 1 /* bit in sk_flags: the peer has sent its FIN */

struct owner {
	__u64 start;
	__u32 tgid;
	__u32 tid;
	__u32 step;
	__u32 pad;
};

/* Socket to who began to connect or listen. The end of a connection runs in interrupts, where the caller is anybody. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct owner);
} tcp_owners SEC(".maps");

/* Thread to the socket it last began to connect: tells at the exit of connect whether the attempt is on record already. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} tcp_begun SEC(".maps");

static __always_inline void owner_of_process(struct owner *owner, const struct process *process)
{
	__u64 id = bpf_get_current_pid_tgid();

	owner->start = process->start;
	owner->tgid = id >> 32;
	owner->tid = (__u32)id;
	owner->step = process->step;
	owner->pad = 0;
}

static __always_inline void fill_header_of_owner(struct record_header *header, const struct owner *owner, __u16 type, __u16 flags)
{
	header->type = type;
	header->flags = flags;
	header->time = bpf_ktime_get_boot_ns();
	header->step = owner ? owner->step : 0;
	header->tgid = owner ? owner->tgid : 0;
	header->tid = owner ? owner->tid : 0;
	header->start = owner ? owner->start : 0;
}

static __always_inline void map_ipv4(__u8 *address, __u32 ipv4_be)
{
	__builtin_memset(address, 0, 10);
	address[10] = 0xff;
	address[11] = 0xff;
	__builtin_memcpy(address + 12, &ipv4_be, 4);
}

static __always_inline void socket_addresses(struct sock *sk, __u8 *local, __u8 *remote)
{
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET) {
		map_ipv4(local, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
		map_ipv4(remote, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	} else {
		bpf_core_read(local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(remote, 16, &sk->__sk_common.skc_v6_daddr);
	}
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_tcp_state, struct sock *sk, int old_state, int new_state)
{
	__u64 key = address_of(sk);
	struct owner owner = {};

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	switch (new_state) {
	case TCP_SYN_SENT: case TCP_LISTEN: { /* in the caller */
		struct process *process = process_in_scope();
		if (!process)
			return 0;
		owner_of_process(&owner, process);
		if (bpf_map_update_elem(&tcp_owners, &key, &owner, BPF_ANY))
			count_untracked();
		if (new_state == TCP_SYN_SENT) {
			__u64 thread = bpf_get_current_pid_tgid();
			bpf_map_update_elem(&tcp_begun, &thread, &key, BPF_ANY);
		}
		break;
	}
	case TCP_ESTABLISHED: case TCP_CLOSE: {
		struct owner *found = bpf_map_lookup_elem(&tcp_owners, &key);
		if (!found)
			return 0;
		owner = *found;
		if (new_state == TCP_CLOSE)
			bpf_map_delete_elem(&tcp_owners, &key);
		if (old_state == TCP_LISTEN)
			return 0;
		break;
	}
	default:
		return 0;
	}

	count(RECORD_TCP, MADE, 1);
	struct record_tcp *record = RESERVE(RECORD_TCP, struct record_tcp);
	if (!record)
		return 0;
	fill_header_of_owner(&record->header, &owner, RECORD_TCP, 0);
	record->socket = key ^ socket_mask;
	socket_addresses(sk, record->local, record->remote);
	record->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	record->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	record->old_state = old_state;
	record->new_state = new_state;
	record->error = new_state == TCP_CLOSE ? BPF_CORE_READ(sk, sk_err) : 0;
	record->sent = 0;
	record->received = 0;
	if (new_state == TCP_CLOSE && old_state != TCP_SYN_SENT) {
		struct tcp_sock *tcp = (struct tcp_sock *)sk;
		record->sent = BPF_CORE_READ(tcp, bytes_sent) - BPF_CORE_READ(tcp, bytes_retrans);
		/* The kernel counts the peer's FIN as a byte. */
		record->received = BPF_CORE_READ(tcp, bytes_received) - (BPF_CORE_READ(sk, __sk_common.skc_flags) >> SOCK_DONE & 1);
	}
	SUBMIT(RECORD_TCP, record);
	return 0;
}

#define SOCKFS_MAGIC 0x534F434B

struct socket_address {
	__u16 family;
	__be16 port;
	__be32 ipv4; /* IPv6: flow information */
	__u8 ipv6[16];
};

/* connect, sendto, sendmsg or sendmmsg returned an error: report it when the hooks further down cannot have seen it. */
static __always_inline void send_failed(struct process *process, int number, long result, __u16 flags, const struct call_arguments *arguments)
{
	const __u64 *a = arguments->a;
	struct socket_address address = {};
	__u64 from = 0;

	switch (result) {
	case -EINTR: case -EAGAIN: case -EISCONN: case -EALREADY: case -EINPROGRESS:
		return;
	}
	if (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK)
		return;

	struct file *file = file_of_descriptor(a[0]);
	if (!file || BPF_CORE_READ(file, f_inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return;
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	__u64 protocol = BPF_CORE_READ(sk, sk_protocol);
	if (family != AF_INET && family != AF_INET6)
		return;

	switch (number) {
	case CALL_CONNECT:
		from = a[1];
		break;
	case CALL_SENDTO:
		from = a[4];
		break;
	case CALL_SENDMSG: case CALL_SENDMMSG: /* msg_name is the first member of both */
		if (flags & FLAG_COMPAT)
			return;
		bpf_probe_read_user(&from, sizeof(from), (void *)a[1]);
		break;
	}
	if (protocol == IPPROTO_TCP) {
		/* A write to a connection that broke is not a new flow; an attempt that got as far as a SYN is on record. */
		__u64 thread = bpf_get_current_pid_tgid(), key = (__u64)sk;
		__u64 *begun = bpf_map_lookup_elem(&tcp_begun, &thread);

		if (number != CALL_CONNECT || (begun && *begun == key))
			return;
	}

	__u8 local[16] = {}, remote[16] = {};
	__u16 port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));

	socket_addresses(sk, local, remote);
	if (from && !bpf_probe_read_user(&address, 8, (void *)from)) {
		port = bpf_ntohs(address.port);
		if (address.family == AF_INET) {
			map_ipv4(remote, address.ipv4);
		} else if (address.family == AF_INET6) {
			bpf_probe_read_user(remote, sizeof(remote), (void *)(from + 8));
		} else {
			return;
		}
	}

	struct owner owner;
	owner_of_process(&owner, process);
	if (protocol == IPPROTO_TCP) {
		count(RECORD_TCP, MADE, 1);
		struct record_tcp *record = RESERVE(RECORD_TCP, struct record_tcp);
		if (!record)
			return;
		__builtin_memset(record, 0, sizeof(*record));
		fill_header_of_owner(&record->header, &owner, RECORD_TCP, flags | FLAG_FAILED);
		record->socket = (__u64)sk ^ socket_mask;
		__builtin_memcpy(record->local, local, 16);
		__builtin_memcpy(record->remote, remote, 16);
		record->remote_port = port;
		record->old_state = record->new_state = TCP_CLOSE;
		record->error = -result;
		SUBMIT(RECORD_TCP, record);
		return;
	}

	struct act act = { .object = (__u64)sk, .start = owner.start, .tgid = owner.tgid, .device = -result, .number = RECORD_FLOW, .mode = port };
	__u32 repeats;
	if (aggregated(&act, RECORD_FLOW, &repeats))
		return;
	struct record_flow *record = RESERVE(RECORD_FLOW, struct record_flow);
	if (!record)
		return;
	__builtin_memset(record, 0, sizeof(*record));
	fill_header_of_owner(&record->header, &owner, RECORD_FLOW, flags | FLAG_FAILED);
	record->socket = (__u64)sk ^ socket_mask;
	__builtin_memcpy(record->local, local, 16);
	__builtin_memcpy(record->remote, remote, 16);
	record->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	record->remote_port = port;
	record->error = -result;
	record->protocol = protocol;
	SUBMIT(RECORD_FLOW, record);
}

#endif
