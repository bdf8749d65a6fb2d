/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp IP PORT [TEXT…]       connects, sends every TEXT in a segment of its own, reads until the end, closes
 * udp IP PORT COUNT         COUNT datagrams of 10 bytes from one socket, then closes
 * ask IP PORT HEX [tcp]     sends bytes (over TCP: each byte in its own segment), waits for an answer
 * listen PORT               listens once, closes
 * fan IP PORT COUNT         one datagram to each of COUNT ports from one socket
 * unroutable                in a network namespace without routes: TCP connect and UDP send, v4 and v6
 * icmp IP                   an echo request through a raw socket
 * packet                    opens an AF_PACKET socket
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_storage address;
static socklen_t address_bytes;
static int family;

static void parse(const char *ip, int port)
{
	struct sockaddr_in *four = (void *)&address;
	struct sockaddr_in6 *six = (void *)&address;

	memset(&address, 0, sizeof(address));
	if (inet_pton(AF_INET, ip, &four->sin_addr) == 1) {
		family = four->sin_family = AF_INET;
		four->sin_port = htons(port);
		address_bytes = sizeof(*four);
	} else if (inet_pton(AF_INET6, ip, &six->sin6_addr) == 1) {
		family = six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		address_bytes = sizeof(*six);
	} else {
		exit(2);
	}
}

static int tcp(int count, char **texts)
{
	int s = socket(family, SOCK_STREAM, 0), on = 1;
	char buffer[4096];

	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(s, (void *)&address, address_bytes))
		return 1;
	for (int i = 0; i < count; i++) {
		if (send(s, texts[i], strlen(texts[i]), 0) < 0)
			return 1;
		usleep(20000);
	}
	shutdown(s, SHUT_WR);
	while (recv(s, buffer, sizeof(buffer), 0) > 0)
		;
	close(s);
	usleep(20000);
	return 0;
}

/* `how`: NULL a datagram, "tcp" a stream of segments of one byte, "whole" one write */
static int ask(const char *hex, const char *how)
{
	unsigned char bytes[8192];
	size_t length = strlen(hex) / 2;
	int over_tcp = how != NULL, piece = how && !strcmp(how, "whole") ? (int)length : 1;
	int s = socket(family, over_tcp ? SOCK_STREAM : SOCK_DGRAM, 0), on = 1;
	struct pollfd wait = { .fd = s, .events = POLLIN };

	for (size_t i = 0; i < length; i++)
		sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
	if (connect(s, (void *)&address, address_bytes))
		return 1;
	if (over_tcp) {
		setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		for (size_t i = 0; i < length; i += piece)
			if (send(s, bytes + i, piece, 0) != piece)
				return 1;
		shutdown(s, SHUT_WR);
	} else if (send(s, bytes, length, 0) < 0) {
		return 1;
	}
	poll(&wait, 1, 2000);
	if (recv(s, bytes, sizeof(bytes), 0) <= 0)
		return 1;
	close(s);
	return 0;
}

static int unroutable(void)
{
	const char *ips[] = { "203.0.113.7", "2001:db8::7" };

	if (unshare(CLONE_NEWNET))
		return 1;
	for (int i = 0; i < 2; i++) {
		parse(ips[i], 4000 + i);
		int s = socket(family, SOCK_STREAM, 0);
		connect(s, (void *)&address, address_bytes);
		close(s);
		s = socket(family, SOCK_DGRAM, 0);
		sendto(s, "x", 1, 0, (void *)&address, address_bytes);
		close(s);
	}
	return 0;
}

int main(int count, char **arguments)
{
	const char *act = count > 1 ? arguments[1] : "";

	if (count > 3)
		parse(arguments[2], atoi(arguments[3]));
	if (!strcmp(act, "tcp"))
		return tcp(count - 4, arguments + 4);
	if (!strcmp(act, "ask"))
		return ask(arguments[4], arguments[5]);
	if (!strcmp(act, "udp") || !strcmp(act, "fan")) {
		int s = socket(family, SOCK_DGRAM, 0);
		struct sockaddr_in *four = (void *)&address;
		for (int i = 0; i < atoi(arguments[4]); i++) {
			if (sendto(s, "0123456789", 10, 0, (void *)&address, address_bytes) != 10)
				return 1;
			if (act[0] == 'f')
				four->sin_port = htons(ntohs(four->sin_port) + 1);
		}
		close(s);
		return 0;
	}
	if (!strcmp(act, "listen")) {
		struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int s = socket(AF_INET, SOCK_STREAM, 0);
		socklen_t size = sizeof(any);
		if (bind(s, (void *)&any, size) || listen(s, 1) || getsockname(s, (void *)&any, &size))
			return 1;
		printf("%d\n", ntohs(any.sin_port));
		return 0;
	}
	if (!strcmp(act, "icmp")) {
		unsigned char echo[8] = { 8, 0, 0xf7, 0xff };
		parse(arguments[2], 0);
		int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
		return sendto(s, echo, sizeof(echo), 0, (void *)&address, address_bytes) == sizeof(echo) ? 0 : 1;
	}
	if (!strcmp(act, "packet"))
		return socket(AF_PACKET, SOCK_RAW, 0) < 0;
	if (!strcmp(act, "unroutable"))
		return unroutable();
	return 2;
}
