/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the addon share: argument checking, errors, handles. */
#ifndef GATEHOUSE_ADDON_H
#define GATEHOUSE_ADDON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#ifndef NAPI_VERSION
#define NAPI_VERSION 8
#endif
#include <node_api.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_BYTES 128
#define PATH_BYTES 4096
#define ARGUMENTS_MAX 4

/* The arguments of one call. Everything that reads one throws a TypeError and returns false when it is not what it should be. */
struct call {
	napi_env env;
	size_t count;
	napi_value arguments[ARGUMENTS_MAX];
};

bool call_begin(struct call *call, napi_env env, napi_callback_info info, size_t wanted);
bool call_string(struct call *call, size_t index, char *to, size_t size);
bool call_uint(struct call *call, size_t index, uint32_t *to);
bool call_bool(struct call *call, size_t index, bool *to);
/* A Uint8Array or Buffer; valid until the call returns. */
bool call_bytes(struct call *call, size_t index, uint8_t **data, size_t *size);
/* An external made by `make_handle` with the same tag. */
bool call_handle(struct call *call, size_t index, const napi_type_tag *tag, void **to);

/* Throws an Error with `code` (ENOENT, …) and what libbpf had to say in `log`. Always returns NULL. `error` may be negative. */
napi_value throw_error(napi_env env, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));
napi_value throw_type(napi_env env, const char *message);

/* Wraps `data`; `finalize` runs when the garbage collector or the end of the thread takes the handle. Frees and throws on failure. */
napi_value make_handle(napi_env env, void *data, const napi_type_tag *tag, napi_finalize finalize);
napi_value make_number(napi_env env, double value);
napi_value make_undefined(napi_env env);
napi_value make_bytes(napi_env env, const void *data, size_t size);

/* libbpf's messages of this thread since the last call of log_clear; the end of them, which is where the reason stands. */
void log_install(void);
void log_clear(void);

bool add_functions(napi_env env, napi_value exports, const napi_property_descriptor *functions, size_t count);
bool object_init(napi_env env, napi_value exports);
bool reader_init(napi_env env, napi_value exports);

#endif
