/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Hooks at a cgroup: who made a socket, and the packets of its sockets. Datagrams become flows (first and totals), port 53 becomes DNS,
 * a TCP segment that begins like an HTTP/1 request gives its head, and the
 * first flight of TLS and QUIC gives its hello. Nothing is ever blocked here: every hook returns 1.
 */
#ifndef GATEHOUSE_PACKETS_H
#define GATEHOUSE_PACKETS_H

#define PASS 1
#define DNS_PORT 53
#define HELLO_PIECES 4
#define HELLO_STREAM (HELLO_PIECES * HELLO_BYTES)
#define INITIALS_MAX 4     /* per flow: a hello takes one or two, and a Retry repeats them */
#define INITIAL_BYTES 1200
#define DNS_PIECES 4 /* of DNS_BYTES each: longer messages are cut, and `total` tells */

struct socket_owner {
	struct owner owner;
	__u32 http_sequence; /* of the last head reported, so that a retransmission is not a second request */
	__u8 begun;          /* the first payload was looked at */
	__u8 pad;
	__u16 hello_left;    /* bytes of the first flight still wanted */
	__u32 hello_next;    /* sequence number of the next of them */
	__u32 hello_pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_owner);
} socket_owners SEC(".maps");

struct flow {
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 protocol;
	__u8 used;
	__u8 hellos; /* datagrams given as possible QUIC Initials */
	__u8 pad;
	__u64 sent;
	__u64 received;
	__u32 packets_sent;
	__u32 packets_received;
};

#define FLOWS_PER_SOCKET 8
struct socket_flows {
	struct bpf_spin_lock lock;
	__u32 pad;
	struct flow flows[FLOWS_PER_SOCKET + 1]; /* the last sums up all peers beyond the others */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_flows);
} socket_flows SEC(".maps");

struct peer {
	__u64 cookie;
	__u8 remote[16];
	__u16 port;
	__u8 pad[6];
};

/* Peers beyond a socket's table: their first datagrams are still reported one by one. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct peer);
	__type(value, __u8);
} overflow_peers SEC(".maps");

SEC("cgroup/sock_create")
int on_socket(struct bpf_sock *sk)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct process *process = bpf_map_lookup_elem(&processes, &tgid);

	if (!process)
		return PASS;
	struct socket_owner *storage = bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (storage)
		owner_of_process(&storage->owner, process);
	else
		count_untracked();
	return PASS;
}

/* What a packet says about itself. */
struct packet {
	__u8 source[16];
	__u8 destination[16];
	__u32 payload;        /* offset of the payload */
	__u32 payload_bytes;
	__u32 sequence;
	__u16 source_port;
	__u16 destination_port;
	__u8 protocol;
};

struct ipv4_header {
	__u8 version_length;
	__u8 tos;
	__be16 total_length;
	__be16 id;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__be16 checksum;
	__be32 source;
	__be32 destination;
};

struct ipv6_header {
	__u8 version[4];
	__be16 payload_length;
	__u8 next;
	__u8 hops;
	__u8 source[16];
	__u8 destination[16];
};

/* Reads the headers with copies: the packet may be in pieces, and direct access would need a different program on older kernels. */
static __always_inline bool parse_packet(struct __sk_buff *skb, struct packet *packet)
{
	__u8 version = 0;
	__u32 offset;

	if (bpf_skb_load_bytes(skb, 0, &version, 1))
		return false;
	if (version >> 4 == 4) {
		struct ipv4_header ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.fragment & bpf_htons(0x1fff)) /* later fragments have no ports */
			return false;
		packet->protocol = ip.protocol;
		map_ipv4(packet->source, ip.source);
		map_ipv4(packet->destination, ip.destination);
		offset = (version & 15) * 4;
	} else if (version >> 4 == 6) {
		struct ipv6_header ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return false;
		__builtin_memcpy(packet->source, ip.source, 16);
		__builtin_memcpy(packet->destination, ip.destination, 16);
		packet->protocol = ip.next;
		offset = sizeof(ip);
		for (int i = 0; i < 4; i++) { /* hop-by-hop, routing, destination options, first fragment */
			__u8 extension[4];

			if (packet->protocol != 0 && packet->protocol != 43 && packet->protocol != 60 && packet->protocol != 44)
				break;
			if (bpf_skb_load_bytes(skb, offset, extension, sizeof(extension)))
				return false;
			if (packet->protocol == 44) {
				if (extension[2] || extension[3] & 0xf8)
					return false;
				offset += 8;
			} else {
				offset += (extension[1] + 1) * 8;
			}
			packet->protocol = extension[0];
		}
	} else {
		return false;
	}

	packet->source_port = packet->destination_port = 0;
	packet->sequence = 0;
	if (packet->protocol == IPPROTO_UDP) {
		__be16 ports[2];

		if (bpf_skb_load_bytes(skb, offset, ports, sizeof(ports)))
			return false;
		packet->source_port = bpf_ntohs(ports[0]);
		packet->destination_port = bpf_ntohs(ports[1]);
		offset += 8;
	} else if (packet->protocol == IPPROTO_TCP) {
		struct {
			__be16 source, destination;
			__be32 sequence, acknowledged;
			__u8 length, flags;
		} tcp;

		if (bpf_skb_load_bytes(skb, offset, &tcp, 14))
			return false;
		packet->source_port = bpf_ntohs(tcp.source);
		packet->destination_port = bpf_ntohs(tcp.destination);
		packet->sequence = bpf_ntohl(tcp.sequence);
		offset += (tcp.length >> 4) * 4;
	}
	packet->payload = offset;
	packet->payload_bytes = skb->len > offset ? skb->len - offset : 0;
	return true;
}

/* Copies where a packet came from and went to into any record that has those members, seen from the socket. */
#define FILL_ENDS(record_, packet_, ingress_)                                                                                          \
	({                                                                                                                             \
		__builtin_memcpy((record_)->local, (ingress_) ? (packet_)->destination : (packet_)->source, 16);                       \
		__builtin_memcpy((record_)->remote, (ingress_) ? (packet_)->source : (packet_)->destination, 16);                      \
		(record_)->local_port = (ingress_) ? (packet_)->destination_port : (packet_)->source_port;                             \
		(record_)->remote_port = (ingress_) ? (packet_)->source_port : (packet_)->destination_port;                            \
	})

static __always_inline bool same_address(const __u8 *a, const __u8 *b)
{
	const __u64 *left = (const __u64 *)a, *right = (const __u64 *)b;

	return left[0] == right[0] && left[1] == right[1];
}

/* Books a datagram. True when its peer is new to the socket. `hello`: whether to give it away as a possible QUIC Initial. */
static __always_inline bool book_datagram(struct socket_flows *table, const struct flow *seen, bool *hello)
{
	bool fresh = false, wanted = *hello;
	struct flow *slot = 0;

	bpf_spin_lock(&table->lock);
	for (int i = 0; i < FLOWS_PER_SOCKET; i++) {
		struct flow *flow = &table->flows[i];

		if (!flow->used) {
			__builtin_memcpy(flow, seen, sizeof(*flow));
			flow->used = 1;
			flow->sent = flow->received = 0;
			flow->packets_sent = flow->packets_received = 0;
			flow->hellos = 0;
			slot = flow;
			fresh = true;
			break;
		}
		if (flow->remote_port == seen->remote_port && flow->protocol == seen->protocol && same_address(flow->remote, seen->remote)) {
			slot = flow;
			break;
		}
	}
	if (!slot) {
		slot = &table->flows[FLOWS_PER_SOCKET];
		slot->used = 1;
		slot->protocol = seen->protocol;
		slot->local_port = seen->local_port;
	}
	slot->sent += seen->sent;
	slot->received += seen->received;
	slot->packets_sent += seen->packets_sent;
	slot->packets_received += seen->packets_received;
	if (wanted && slot->hellos < INITIALS_MAX)
		slot->hellos++;
	else
		wanted = false;
	bool overflow = slot == &table->flows[FLOWS_PER_SOCKET];
	bpf_spin_unlock(&table->lock);
	*hello = wanted;
	return fresh || overflow;
}

/* Gives up to HELLO_PIECES * HELLO_BYTES of a payload, from `offset` on. */
static __always_inline void give_hello(struct __sk_buff *skb, const struct packet *packet, struct owner *owner, __u32 wanted)
{
	for (__u32 i = 0; i < HELLO_PIECES; i++) {
		__u32 offset = i * HELLO_BYTES;

		if (offset >= wanted)
			return;
		count(RECORD_HELLO, MADE, 1);
		struct record_hello *record = RESERVE(RECORD_HELLO, struct record_hello);
		if (!record)
			continue;
		fill_header_of_owner(&record->header, owner, RECORD_HELLO, 0);
		record->socket = bpf_get_socket_cookie(skb);
		FILL_ENDS(record, packet, false);
		record->sequence = packet->protocol == IPPROTO_TCP ? packet->sequence + offset : offset;
		record->total = packet->payload_bytes;
		record->protocol = packet->protocol;
		__builtin_memset(record->pad, 0, sizeof(record->pad));
		__u64 length = wanted - offset;
		AT_MOST(length, HELLO_BYTES);
		AT_LEAST_1(length);
		record->length = length;
		if (bpf_skb_load_bytes(skb, packet->payload + offset, record->data, length))
			record->length = 0;
		SUBMIT(RECORD_HELLO, record);
	}
}

#define TLS_HANDSHAKE 22
#define CLIENT_HELLO 1
#define TLS_HEADER_BYTES 5

/*
 * The first bytes of a connection tell whether it is TLS; then the first flight is given away, as far as the record header says it
 * reaches. A hello that is cut into several records is rare and odd, and gets HELLO_STREAM bytes.
 */
static __always_inline void on_first_bytes(struct __sk_buff *skb, const struct packet *packet, struct socket_owner *storage)
{
	__u8 head[TLS_HEADER_BYTES + 4] = {};
	__u32 wanted = HELLO_STREAM;

	storage->begun = 1;
	if (bpf_skb_load_bytes(skb, packet->payload, head, 1) || head[0] != TLS_HANDSHAKE)
		return;
	if (packet->payload_bytes >= sizeof(head) && !bpf_skb_load_bytes(skb, packet->payload, head, sizeof(head))) {
		__u32 record_bytes = head[3] << 8 | head[4], message_bytes = head[6] << 16 | head[7] << 8 | head[8];

		if (head[1] != 3 || head[5] != CLIENT_HELLO)
			return;
		if (message_bytes + 4 <= record_bytes)
			wanted = record_bytes + TLS_HEADER_BYTES;
	}
	storage->hello_left = wanted < HELLO_STREAM ? wanted : HELLO_STREAM;
	storage->hello_next = packet->sequence;
}

static __always_inline void on_tls(struct __sk_buff *skb, const struct packet *packet, struct socket_owner *storage)
{
	/* Only what continues: a segment sent again has been given, one out of order on the way out does not occur but for loss. */
	if (packet->sequence != storage->hello_next)
		return;
	__u32 wanted = packet->payload_bytes < storage->hello_left ? packet->payload_bytes : storage->hello_left;

	storage->hello_left -= wanted;
	storage->hello_next += wanted;
	give_hello(skb, packet, &storage->owner, wanted);
}

/* Long header, fixed bit, a version, and the size that a client's Initial must have (RFC 9000, sections 14.1 and 17.2). */
static __always_inline bool may_be_initial(struct __sk_buff *skb, const struct packet *packet)
{
	__u8 head[5];

	if (packet->protocol != IPPROTO_UDP || packet->payload_bytes < INITIAL_BYTES || bpf_skb_load_bytes(skb, packet->payload, head, sizeof(head)))
		return false;
	return (head[0] & 0xc0) == 0xc0 && (head[1] | head[2] | head[3] | head[4]);
}

static __always_inline void on_datagram(struct __sk_buff *skb, struct bpf_sock *sk, const struct packet *packet, struct owner *owner,
					bool ingress)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	struct flow seen = { .protocol = packet->protocol, .used = 1 };
	struct socket_flows *table = 0;
	bool hello = !ingress && may_be_initial(skb, packet);

	FILL_ENDS(&seen, packet, ingress);
	if (ingress) {
		seen.received = packet->payload_bytes;
		seen.packets_received = 1;
	} else {
		seen.sent = packet->payload_bytes;
		seen.packets_sent = 1;
	}
	count(RECORD_FLOW, MADE, 1);
	if (sk)
		table = bpf_sk_storage_get(&socket_flows, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	bool known = table && !book_datagram(table, &seen, &hello);

	if (!table)
		hello = false;
	if (known) {
		count(RECORD_FLOW, AGGREGATED, 1);
		if (hello)
			give_hello(skb, packet, owner, packet->payload_bytes);
		return;
	}
	struct peer peer = { .cookie = cookie, .port = seen.remote_port };
	__u8 one = 1;
	__builtin_memcpy(peer.remote, seen.remote, 16);
	/* For a peer in the table this only makes the first entry; for one beyond it, it is the memory of having been reported. */
	if (bpf_map_lookup_elem(&overflow_peers, &peer)) {
		count(RECORD_FLOW, AGGREGATED, 1);
		return;
	}
	bpf_map_update_elem(&overflow_peers, &peer, &one, BPF_ANY);

	struct record_flow *record = RESERVE(RECORD_FLOW, struct record_flow);
	if (!record)
		return;
	fill_header_of_owner(&record->header, owner, RECORD_FLOW, ingress ? FLAG_INGRESS : 0);
	record->socket = cookie;
	FILL_ENDS(record, packet, ingress);
	record->error = 0;
	record->protocol = packet->protocol;
	record->pad = 0;
	record->sent = seen.sent;
	record->received = seen.received;
	record->packets_sent = seen.packets_sent;
	record->packets_received = seen.packets_received;
	SUBMIT(RECORD_FLOW, record);
	if (hello)
		give_hello(skb, packet, owner, packet->payload_bytes);
}

static __always_inline void on_dns(struct __sk_buff *skb, const struct packet *packet, struct owner *owner, bool ingress)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	__u16 flags = (ingress ? FLAG_INGRESS : 0) | (packet->protocol == IPPROTO_TCP ? FLAG_TCP : 0);

	for (__u32 i = 0; i < DNS_PIECES; i++) {
		__u32 offset = i * DNS_BYTES;

		if (offset >= packet->payload_bytes)
			return;
		count(RECORD_DNS, MADE, 1);
		struct record_dns *record = RESERVE(RECORD_DNS, struct record_dns);
		if (!record)
			continue;
		fill_header_of_owner(&record->header, owner, RECORD_DNS, flags);
		record->socket = cookie;
		FILL_ENDS(record, packet, ingress);
		record->sequence = packet->sequence;
		record->total = packet->payload_bytes;
		record->offset = offset;
		record->pad = 0;
		__u64 length = packet->payload_bytes - offset;
		AT_MOST(length, DNS_BYTES);
		AT_LEAST_1(length);
		record->length = length;
		if (bpf_skb_load_bytes(skb, packet->payload + offset, record->data, length))
			record->length = 0;
		SUBMIT(RECORD_DNS, record);
	}
}

/* The first four bytes of a request line, as a little-endian number. */
static __always_inline bool is_http_method(__u32 word)
{
	switch (word) {
	case 0x20544547: /* "GET " */
	case 0x54534f50: /* "POST" */
	case 0x20545550: /* "PUT " */
	case 0x44414548: /* "HEAD" */
	case 0x454c4544: /* "DELE" */
	case 0x43544150: /* "PATC" */
	case 0x4954504f: /* "OPTI" */
	case 0x4e4e4f43: /* "CONN" */
	case 0x43415254: /* "TRAC" */
		return true;
	}
	return false;
}

static __always_inline void on_http(struct __sk_buff *skb, const struct packet *packet, struct socket_owner *storage, struct owner *owner)
{
	__u32 word = 0;

	if (packet->payload_bytes < 16 || bpf_skb_load_bytes(skb, packet->payload, &word, 4) || !is_http_method(word))
		return;
	if (storage) {
		if (word == 0x4e4e4f43) /* "CONN": what comes through a tunnel begins anew */
			storage->begun = 0;
		if (storage->http_sequence && (__s32)(packet->sequence - storage->http_sequence) <= 0)
			return;
		storage->http_sequence = packet->sequence;
	}
	count(RECORD_HTTP, MADE, 1);
	struct record_http *record = RESERVE(RECORD_HTTP, struct record_http);
	if (!record)
		return;
	fill_header_of_owner(&record->header, owner, RECORD_HTTP, 0);
	record->socket = bpf_get_socket_cookie(skb);
	FILL_ENDS(record, packet, false);
	record->total = packet->payload_bytes;
	record->pad = 0;
	__u64 length = packet->payload_bytes;
	AT_MOST(length, HTTP_BYTES);
	AT_LEAST_1(length);
	record->length = length;
	if (bpf_skb_load_bytes(skb, packet->payload, record->data, length))
		record->length = 0;
	SUBMIT(RECORD_HTTP, record);
}

static __always_inline int on_packet(struct __sk_buff *skb, bool ingress)
{
	struct packet packet;
	struct socket_owner *storage = 0;
	struct owner *owner = 0;
	struct bpf_sock *sk = skb->sk;

	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (sk)
		storage = bpf_sk_storage_get(&socket_owners, sk, 0, 0);
	if (storage)
		owner = &storage->owner;
	else if (!hooks_cover_scope)
		return PASS;
	if (!parse_packet(skb, &packet))
		return PASS;

	__u16 remote_port = ingress ? packet.source_port : packet.destination_port;

	if (packet.protocol == IPPROTO_TCP) {
		if (remote_port == DNS_PORT)
			on_dns(skb, &packet, owner, ingress);
		else if (!ingress && packet.payload_bytes) {
			/* A socket whose making nobody saw has no memory yet. */
			if (!storage && sk)
				storage = bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
			if (storage && !storage->begun)
				on_first_bytes(skb, &packet, storage);
			if (storage && storage->hello_left)
				on_tls(skb, &packet, storage);
			else
				on_http(skb, &packet, storage, owner);
		}
		return PASS;
	}
	if (packet.protocol == IPPROTO_UDP && remote_port == DNS_PORT)
		on_dns(skb, &packet, owner, ingress);
	on_datagram(skb, sk, &packet, owner, ingress);
	return PASS;
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	return on_packet(skb, false);
}

SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *skb)
{
	return on_packet(skb, true);
}

/* The last descriptor of a socket is gone: give the totals of its flows. */
SEC("cgroup/sock_release")
int on_socket_release(struct bpf_sock *sk)
{
	struct socket_flows *table = bpf_sk_storage_get(&socket_flows, sk, 0, 0);
	if (!table)
		return PASS;
	struct socket_owner *storage = bpf_sk_storage_get(&socket_owners, sk, 0, 0);

	for (int i = 0; i <= FLOWS_PER_SOCKET; i++) {
		struct flow *flow = &table->flows[i];

		if (!flow->used)
			continue;
		count(RECORD_FLOW, MADE, 1);
		struct record_flow *record = RESERVE(RECORD_FLOW, struct record_flow);
		if (!record)
			continue;
		fill_header_of_owner(&record->header, storage ? &storage->owner : 0, RECORD_FLOW, FLAG_END);
		record->socket = bpf_get_socket_cookie(sk);
		__builtin_memcpy(record->local, flow->local, 16);
		__builtin_memcpy(record->remote, flow->remote, 16);
		record->local_port = flow->local_port;
		record->remote_port = flow->remote_port;
		record->error = 0;
		record->protocol = flow->protocol;
		record->pad = 0;
		record->sent = flow->sent;
		record->received = flow->received;
		record->packets_sent = flow->packets_sent;
		record->packets_received = flow->packets_received;
		SUBMIT(RECORD_FLOW, record);
	}
	return PASS;
}

#endif
