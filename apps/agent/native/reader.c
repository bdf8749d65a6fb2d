/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader of ring buffers: waits on several, copies all complete records of one in a single memcpy. The kernel maps a ring's data
 * twice in a row, so a record that wraps is contiguous. Records keep their 8-byte kernel header (length, flags); the decoder skips
 * the discarded ones.
 */
#include "addon.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RINGS_MAX 4
#define RING_HEADER 8
#define TYPES_MAX 24 /* RECORD_MAX */

static const napi_type_tag reader_tag = { 0x6761746568617573ULL, 0x7265616465720001ULL };

struct ring {
	int descriptor;
	size_t page;
	size_t size;
	unsigned long *consumer;       /* we write it; the kernel reads it */
	const unsigned long *producer; /* the kernel writes it; mapped read-only */
	const uint8_t *data;
};

struct reader {
	int poll; /* -1 once closed */
	size_t count;
	struct ring rings[RINGS_MAX];
};

static void reader_release(struct reader *reader)
{
	for (size_t i = 0; i < reader->count; i++) {
		struct ring *ring = &reader->rings[i];

		if (ring->consumer)
			munmap(ring->consumer, ring->page);
		if (ring->producer)
			munmap((void *)ring->producer, ring->page + 2 * ring->size);
		if (ring->descriptor >= 0)
			close(ring->descriptor);
	}
	reader->count = 0;
	if (reader->poll >= 0)
		close(reader->poll);
	reader->poll = -1;
}

static void reader_finalize(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	reader_release(data);
	free(data);
}

/* Returns 0 or an errno. A half-open ring is cleaned up with the reader. */
static int ring_open(struct reader *reader, int descriptor)
{
	struct ring *ring = &reader->rings[reader->count++];
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);
	struct epoll_event event = { .events = EPOLLIN };

	/* A duplicate, so that the reader's life does not hang on the object's. */
	ring->descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
	if (ring->descriptor < 0 || bpf_obj_get_info_by_fd(ring->descriptor, &info, &size))
		return errno;
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return EINVAL;
	ring->page = (size_t)sysconf(_SC_PAGESIZE);
	ring->size = info.max_entries;
	void *consumer = mmap(NULL, ring->page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->descriptor, 0);
	if (consumer == MAP_FAILED)
		return errno;
	ring->consumer = consumer;
	void *producer = mmap(NULL, ring->page + 2 * ring->size, PROT_READ, MAP_SHARED, ring->descriptor, (off_t)ring->page);
	if (producer == MAP_FAILED)
		return errno;
	ring->producer = producer;
	ring->data = (const uint8_t *)producer + ring->page;
	return epoll_ctl(reader->poll, EPOLL_CTL_ADD, ring->descriptor, &event) ? errno : 0;
}

/* openReader(descriptors: number[]): handle */
static napi_value reader_open(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t count;
	bool is_array = false;

	if (!call_begin(&call, env, info, 1))
		return NULL;
	if (napi_is_array(env, call.arguments[0], &is_array) != napi_ok || !is_array ||
	    napi_get_array_length(env, call.arguments[0], &count) != napi_ok || count == 0 || count > RINGS_MAX)
		return throw_type(env, "an array of one to four descriptors is wanted");
	struct reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		return throw_error(env, ENOMEM, "reader");
	reader->poll = epoll_create1(EPOLL_CLOEXEC);
	int error = reader->poll < 0 ? errno : 0;
	for (uint32_t i = 0; i < count && !error; i++) {
		napi_value element;
		int32_t descriptor = -1;

		if (napi_get_element(env, call.arguments[0], i, &element) != napi_ok ||
		    napi_get_value_int32(env, element, &descriptor) != napi_ok || descriptor < 0)
			error = EBADF;
		else
			error = ring_open(reader, descriptor);
	}
	if (error) {
		reader_release(reader);
		free(reader);
		return throw_error(env, error, "ring buffer");
	}
	return make_handle(env, reader, &reader_tag, reader_finalize);
}

static struct reader *reader_argument(struct call *call)
{
	void *data;

	if (!call_handle(call, 0, &reader_tag, &data))
		return NULL;
	if (((struct reader *)data)->poll < 0) {
		throw_error(call->env, EBADF, "the reader is closed");
		return NULL;
	}
	return data;
}

/* wait(handle, milliseconds): blocks this thread until a ring wakes it or the time is over */
static napi_value reader_wait(napi_env env, napi_callback_info info)
{
	struct call call;
	struct reader *reader;
	uint32_t milliseconds;
	struct epoll_event events[RINGS_MAX];

	if (!call_begin(&call, env, info, 2) || !(reader = reader_argument(&call)) || !call_uint(&call, 1, &milliseconds))
		return NULL;
	if (milliseconds > 60000)
		milliseconds = 60000;
	int ready = epoll_wait(reader->poll, events, RINGS_MAX, (int)milliseconds);
	if (ready < 0 && errno != EINTR)
		return throw_error(env, errno, "wait");
	return make_number(env, ready < 0 ? 0 : ready);
}

static struct ring *ring_argument(struct call *call, struct reader *reader, size_t index)
{
	uint32_t number;

	if (!call_uint(call, index, &number))
		return NULL;
	if (number >= reader->count) {
		throw_type(call->env, "no such ring");
		return NULL;
	}
	return &reader->rings[number];
}

/*
 * drain(handle, ring, buffer, counts: Uint32Array(24)): bytes copied
 *
 * Whole records only, in order, as many as fit. `counts` grows by the records of each type, so that deliveries are counted by the
 * same walk and not by the decoder, which may be behind.
 */
static napi_value reader_drain(napi_env env, napi_callback_info info)
{
	struct call call;
	struct reader *reader;
	struct ring *ring;
	uint8_t *buffer;
	size_t room, count_length;
	uint32_t *counts;
	napi_typedarray_type type;
	bool typed = false;

	if (!call_begin(&call, env, info, 4) || !(reader = reader_argument(&call)) || !(ring = ring_argument(&call, reader, 1)) ||
	    !call_bytes(&call, 2, &buffer, &room))
		return NULL;
	if (napi_is_typedarray(env, call.arguments[3], &typed) != napi_ok || !typed ||
	    napi_get_typedarray_info(env, call.arguments[3], &type, &count_length, (void **)&counts, NULL, NULL) != napi_ok ||
	    type != napi_uint32_array || count_length < TYPES_MAX)
		return throw_type(env, "a Uint32Array for 24 counts is wanted");

	unsigned long mask = ring->size - 1;
	unsigned long start = *ring->consumer, position = start;
	unsigned long end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);

	while (position < end) {
		const uint8_t *record = ring->data + (position & mask);
		uint32_t header = __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);

		if (header & BPF_RINGBUF_BUSY_BIT)
			break;
		uint32_t length = header & ~BPF_RINGBUF_DISCARD_BIT;
		unsigned long bytes = ((unsigned long)length + RING_HEADER + 7) & ~7UL;
		if (position + bytes - start > room)
			break;
		if (!(header & BPF_RINGBUF_DISCARD_BIT) && length >= 2) {
			uint16_t record_type;

			memcpy(&record_type, record + RING_HEADER, sizeof(record_type));
			if (record_type < TYPES_MAX)
				counts[record_type]++;
		}
		position += bytes;
	}
	size_t bytes = position - start;
	if (bytes) {
		memcpy(buffer, ring->data + (start & mask), bytes);
		__atomic_store_n(ring->consumer, position, __ATOMIC_RELEASE);
	}
	return make_number(env, (double)bytes);
}

/* pending(handle, ring): bytes queued */
static napi_value reader_pending(napi_env env, napi_callback_info info)
{
	struct call call;
	struct reader *reader;
	struct ring *ring;

	if (!call_begin(&call, env, info, 2) || !(reader = reader_argument(&call)) || !(ring = ring_argument(&call, reader, 1)))
		return NULL;
	return make_number(env, (double)(__atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - *ring->consumer));
}

/* closeReader(handle): unmaps. A second close does nothing. */
static napi_value reader_close(napi_env env, napi_callback_info info)
{
	struct call call;
	void *data;

	if (!call_begin(&call, env, info, 1) || !call_handle(&call, 0, &reader_tag, &data))
		return NULL;
	reader_release(data);
	return make_undefined(env);
}

/* now(): nanoseconds since boot, the clock of the records' time */
static napi_value reader_now(napi_env env, napi_callback_info info)
{
	struct timespec now;

	(void)info;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return make_number(env, (double)now.tv_sec * 1e9 + (double)now.tv_nsec);
}

bool reader_init(napi_env env, napi_value exports)
{
	const napi_property_descriptor functions[] = {
		{ "openReader", NULL, reader_open, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "wait", NULL, reader_wait, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "drain", NULL, reader_drain, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "pending", NULL, reader_pending, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "now", NULL, reader_now, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "closeReader", NULL, reader_close, NULL, NULL, NULL, napi_enumerable, NULL },
	};

	return add_functions(env, exports, functions, sizeof(functions) / sizeof(functions[0]));
}
