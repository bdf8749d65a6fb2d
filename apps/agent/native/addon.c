/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bridge to the kernel: libbpf for loading, our own reader for the rings. Plain C and N-API, so one binary serves every Node
 * version, and no C++ runtime is needed. No state outside handles and thread-local memory: the addon is loaded by the main thread and
 * by the reader's thread at once.
 */
#include "addon.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES 16384

static __thread char log_text[LOG_BYTES];
static __thread size_t log_used;

/* Verifier logs arrive as one message of megabytes; only the end of it explains anything. */
static int log_print(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char *message = NULL;
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	length = vasprintf(&message, format, arguments);
	if (length < 0)
		return 0;
	const char *from = message;
	size_t bytes = (size_t)length;
	if (bytes > LOG_BYTES - 1) {
		from += bytes - (LOG_BYTES - 1);
		bytes = LOG_BYTES - 1;
	}
	if (log_used + bytes > LOG_BYTES - 1) {
		size_t drop = log_used + bytes - (LOG_BYTES - 1);

		memmove(log_text, log_text + drop, log_used - drop);
		log_used -= drop;
	}
	memcpy(log_text + log_used, from, bytes);
	log_used += bytes;
	log_text[log_used] = 0;
	free(message);
	return 0;
}

void log_install(void)
{
	libbpf_set_print(log_print);
}

void log_clear(void)
{
	log_used = 0;
	log_text[0] = 0;
}

napi_value throw_error(napi_env env, int error, const char *format, ...)
{
	char what[512], reason[256], message[800];
	napi_value code_value, message_value, log_value, error_value;
	int number = error < 0 ? -error : error;
	const char *code = strerrorname_np(number);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	libbpf_strerror(number, reason, sizeof(reason)); /* knows the system's and libbpf's own */
	snprintf(message, sizeof(message), "%s: %s", what, reason);
	if (napi_create_string_utf8(env, code ? code : "EUNKNOWN", NAPI_AUTO_LENGTH, &code_value) == napi_ok &&
	    napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &message_value) == napi_ok &&
	    napi_create_string_utf8(env, log_text, NAPI_AUTO_LENGTH, &log_value) == napi_ok &&
	    napi_create_error(env, code_value, message_value, &error_value) == napi_ok) {
		napi_set_named_property(env, error_value, "log", log_value);
		napi_throw(env, error_value);
	} else {
		napi_throw_error(env, "EUNKNOWN", message);
	}
	log_clear();
	return NULL;
}

napi_value throw_type(napi_env env, const char *message)
{
	napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
	return NULL;
}

bool call_begin(struct call *call, napi_env env, napi_callback_info info, size_t wanted)
{
	call->env = env;
	call->count = ARGUMENTS_MAX;
	if (napi_get_cb_info(env, info, &call->count, call->arguments, NULL, NULL) != napi_ok || call->count < wanted) {
		throw_type(env, "too few arguments");
		return false;
	}
	log_clear();
	return true;
}

bool call_string(struct call *call, size_t index, char *to, size_t size)
{
	size_t length = 0;

	if (napi_get_value_string_utf8(call->env, call->arguments[index], NULL, 0, &length) != napi_ok) {
		throw_type(call->env, "a string is wanted");
		return false;
	}
	if (length >= size) {
		throw_type(call->env, "the string is too long");
		return false;
	}
	napi_get_value_string_utf8(call->env, call->arguments[index], to, size, &length);
	if (strlen(to) != length) {
		throw_type(call->env, "the string contains a NUL");
		return false;
	}
	return true;
}

bool call_uint(struct call *call, size_t index, uint32_t *to)
{
	double value;

	if (napi_get_value_double(call->env, call->arguments[index], &value) != napi_ok || !(value >= 0 && value <= UINT32_MAX) ||
	    value != (double)(uint32_t)value) {
		throw_type(call->env, "an unsigned 32-bit number is wanted");
		return false;
	}
	*to = (uint32_t)value;
	return true;
}

bool call_bool(struct call *call, size_t index, bool *to)
{
	if (napi_get_value_bool(call->env, call->arguments[index], to) == napi_ok)
		return true;
	throw_type(call->env, "a boolean is wanted");
	return false;
}

bool call_bytes(struct call *call, size_t index, uint8_t **data, size_t *size)
{
	napi_typedarray_type type;
	bool typed = false;

	if (napi_is_typedarray(call->env, call->arguments[index], &typed) == napi_ok && typed &&
	    napi_get_typedarray_info(call->env, call->arguments[index], &type, size, (void **)data, NULL, NULL) == napi_ok &&
	    type == napi_uint8_array)
		return true;
	throw_type(call->env, "a Uint8Array is wanted");
	return false;
}

bool call_handle(struct call *call, size_t index, const napi_type_tag *tag, void **to)
{
	napi_valuetype type;
	bool matches = false;

	if (napi_typeof(call->env, call->arguments[index], &type) == napi_ok && type == napi_external &&
	    napi_check_object_type_tag(call->env, call->arguments[index], tag, &matches) == napi_ok && matches &&
	    napi_get_value_external(call->env, call->arguments[index], to) == napi_ok && *to)
		return true;
	throw_type(call->env, "a handle of this addon is wanted");
	return false;
}

napi_value make_handle(napi_env env, void *data, const napi_type_tag *tag, napi_finalize finalize)
{
	napi_value handle;

	if (napi_create_external(env, data, finalize, NULL, &handle) != napi_ok) {
		finalize(env, data, NULL);
		return throw_error(env, ENOMEM, "handle");
	}
	if (napi_type_tag_object(env, handle, tag) != napi_ok)
		return throw_error(env, EINVAL, "handle");
	return handle;
}

napi_value make_number(napi_env env, double value)
{
	napi_value number = NULL;

	napi_create_double(env, value, &number);
	return number;
}

napi_value make_undefined(napi_env env)
{
	napi_value undefined = NULL;

	napi_get_undefined(env, &undefined);
	return undefined;
}

napi_value make_bytes(napi_env env, const void *data, size_t size)
{
	napi_value bytes = NULL;

	if (napi_create_buffer_copy(env, size, data, NULL, &bytes) != napi_ok)
		return throw_error(env, ENOMEM, "buffer of %zu bytes", size);
	return bytes;
}

bool add_functions(napi_env env, napi_value exports, const napi_property_descriptor *functions, size_t count)
{
	return napi_define_properties(env, exports, count, functions) == napi_ok;
}

NAPI_MODULE_INIT()
{
	log_install();
	if (!object_init(env, exports) || !reader_init(env, exports))
		return throw_error(env, EINVAL, "the addon cannot be initialised");
	return exports;
}
