/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF object: opened from bytes, configured, loaded, attached; its maps and programs. Everything ends with the handle. */
#include "addon.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const napi_type_tag object_tag = { 0x6761746568617573ULL, 0x6f626a6563740001ULL };

struct attachment {
	struct attachment *next;
	struct bpf_link *link;
};

struct object {
	struct bpf_object *bpf; /* NULL once closed */
	struct attachment *attachments;
	bool loaded;
};

static void object_detach_all(struct object *object)
{
	while (object->attachments) {
		struct attachment *attachment = object->attachments;

		object->attachments = attachment->next;
		bpf_link__destroy(attachment->link);
		free(attachment);
	}
}

static void object_release(struct object *object)
{
	object_detach_all(object);
	bpf_object__close(object->bpf);
	object->bpf = NULL;
}

static void object_finalize(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	object_release(data);
	free(data);
}

static struct object *object_argument(struct call *call)
{
	void *data;

	if (!call_handle(call, 0, &object_tag, &data))
		return NULL;
	if (!((struct object *)data)->bpf) {
		throw_error(call->env, EBADF, "the object is closed");
		return NULL;
	}
	return data;
}

static struct bpf_program *program_argument(struct call *call, struct object *object, size_t index)
{
	char name[NAME_BYTES];
	struct bpf_program *program;

	if (!call_string(call, index, name, sizeof(name)))
		return NULL;
	program = bpf_object__find_program_by_name(object->bpf, name);
	if (!program)
		throw_error(call->env, ENOENT, "program %s", name);
	return program;
}

static struct bpf_map *map_argument(struct call *call, struct object *object, size_t index)
{
	char name[NAME_BYTES];
	struct bpf_map *map;

	if (!call_string(call, index, name, sizeof(name)))
		return NULL;
	map = bpf_object__find_map_by_name(object->bpf, name);
	if (!map)
		throw_error(call->env, ENOENT, "map %s", name);
	return map;
}

/* open(bytes): handle */
static napi_value object_open(napi_env env, napi_callback_info info)
{
	struct call call;
	uint8_t *bytes;
	size_t size;
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "gatehouse");

	if (!call_begin(&call, env, info, 1) || !call_bytes(&call, 0, &bytes, &size))
		return NULL;
	struct object *object = calloc(1, sizeof(*object));
	if (!object)
		return throw_error(env, ENOMEM, "object");
	object->bpf = bpf_object__open_mem(bytes, size, &options);
	if (!object->bpf) {
		int error = errno;

		free(object);
		return throw_error(env, error, "the object cannot be read");
	}
	return make_handle(env, object, &object_tag, object_finalize);
}

/* setGlobal(handle, name, bytes): a `const volatile` variable, before loading. The size must be the variable's. */
static napi_value object_set_global(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	char name[NAME_BYTES];
	uint8_t *bytes;
	size_t size, area_size;
	struct bpf_map *map;

	if (!call_begin(&call, env, info, 3) || !(object = object_argument(&call)) || !call_string(&call, 1, name, sizeof(name)) ||
	    !call_bytes(&call, 2, &bytes, &size))
		return NULL;
	if (object->loaded)
		return throw_error(env, EBUSY, "%s: the object is loaded", name);
	struct btf *btf = bpf_object__btf(object->bpf);
	int id = btf ? btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC) : -ENOENT;
	if (id < 0)
		return throw_error(env, ENOENT, "read-only data");
	const struct btf_type *section = btf__type_by_id(btf, id);
	const struct btf_var_secinfo *variable = btf_var_secinfos(section);
	for (int i = 0; i < btf_vlen(section); i++, variable++) {
		const struct btf_type *type = btf__type_by_id(btf, variable->type);

		if (strcmp(btf__name_by_offset(btf, type->name_off), name) != 0)
			continue;
		bpf_object__for_each_map(map, object->bpf) {
			const char *map_name = bpf_map__name(map);

			if (!map_name || !strstr(map_name, ".rodata"))
				continue;
			const void *area = bpf_map__initial_value(map, &area_size);
			if (!area || variable->size != size || variable->offset + size > area_size)
				return throw_error(env, EINVAL, "%s has %u bytes, not %zu", name, variable->size, size);
			char *changed = malloc(area_size);
			if (!changed)
				return throw_error(env, ENOMEM, "%s", name);
			memcpy(changed, area, area_size);
			memcpy(changed + variable->offset, bytes, size);
			int error = bpf_map__set_initial_value(map, changed, area_size);
			free(changed);
			return error ? throw_error(env, error, "%s", name) : make_undefined(env);
		}
	}
	return throw_error(env, ENOENT, "setting %s", name);
}

/* setMapSize(handle, map, entries) */
static napi_value object_set_map_size(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;
	uint32_t entries;

	if (!call_begin(&call, env, info, 3) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)) ||
	    !call_uint(&call, 2, &entries))
		return NULL;
	int error = bpf_map__set_max_entries(map, entries);
	return error ? throw_error(env, error, "size of map %s", bpf_map__name(map)) : make_undefined(env);
}

/* setAutoload(handle, program, load) */
static napi_value object_set_autoload(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_program *program;
	bool load;

	if (!call_begin(&call, env, info, 3) || !(object = object_argument(&call)) || !(program = program_argument(&call, object, 1)) ||
	    !call_bool(&call, 2, &load))
		return NULL;
	int error = bpf_program__set_autoload(program, load);
	return error ? throw_error(env, error, "program %s", bpf_program__name(program)) : make_undefined(env);
}

/* load(handle) */
static napi_value object_load(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;

	if (!call_begin(&call, env, info, 1) || !(object = object_argument(&call)))
		return NULL;
	if (object->loaded)
		return throw_error(env, EBUSY, "the object is loaded");
	int error = bpf_object__load(object->bpf);
	if (error)
		return throw_error(env, error, "the kernel refuses the object");
	object->loaded = true;
	return make_undefined(env);
}

static napi_value keep_link(napi_env env, struct object *object, struct bpf_link *link, int error, const char *what)
{
	if (!link)
		return throw_error(env, error, "%s cannot be attached", what);
	struct attachment *attachment = malloc(sizeof(*attachment));
	if (!attachment) {
		bpf_link__destroy(link);
		return throw_error(env, ENOMEM, "%s", what);
	}
	attachment->link = link;
	attachment->next = object->attachments;
	object->attachments = attachment;
	return make_undefined(env);
}

/* attach(handle, program): to the tracepoint its section names */
static napi_value object_attach(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_program *program;

	if (!call_begin(&call, env, info, 2) || !(object = object_argument(&call)) || !(program = program_argument(&call, object, 1)))
		return NULL;
	struct bpf_link *link = bpf_program__attach(program);
	return keep_link(env, object, link, errno, bpf_program__name(program));
}

/* attachCgroup(handle, program, directory) */
static napi_value object_attach_cgroup(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_program *program;
	char path[PATH_BYTES];

	if (!call_begin(&call, env, info, 3) || !(object = object_argument(&call)) || !(program = program_argument(&call, object, 1)) ||
	    !call_string(&call, 2, path, sizeof(path)))
		return NULL;
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return throw_error(env, errno, "%s", path);
	struct bpf_link *link = bpf_program__attach_cgroup(program, directory);
	int error = errno;
	close(directory);
	return keep_link(env, object, link, error, bpf_program__name(program));
}

/* attachUprobe(handle, program, file, offset): wherever any process runs this file's code */
static napi_value object_attach_uprobe(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_program *program;
	char path[PATH_BYTES];
	uint32_t offset;

	if (!call_begin(&call, env, info, 4) || !(object = object_argument(&call)) || !(program = program_argument(&call, object, 1)) ||
	    !call_string(&call, 2, path, sizeof(path)) || !call_uint(&call, 3, &offset))
		return NULL;
	struct bpf_link *link = bpf_program__attach_uprobe(program, false, -1, path, offset);
	return keep_link(env, object, link, errno, bpf_program__name(program));
}

/* iterate(handle, program): all that an iterator program writes, as bytes */
static napi_value object_iterate(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_program *program;
	size_t used = 0, room = 1 << 16;
	int error = 0;

	if (!call_begin(&call, env, info, 2) || !(object = object_argument(&call)) || !(program = program_argument(&call, object, 1)))
		return NULL;
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	if (!link)
		return throw_error(env, errno, "iterator %s", bpf_program__name(program));
	int descriptor = bpf_iter_create(bpf_link__fd(link));
	if (descriptor < 0)
		error = errno;
	uint8_t *bytes = error ? NULL : malloc(room);
	while (!error) {
		if (!bytes) {
			error = ENOMEM;
			break;
		}
		ssize_t got = read(descriptor, bytes + used, room - used);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0) {
			error = got < 0 ? errno : 0;
			break;
		}
		used += (size_t)got;
		if (used == room) {
			uint8_t *larger = room < (64u << 20) ? realloc(bytes, room *= 2) : NULL;

			if (!larger)
				error = ENOMEM;
			else
				bytes = larger;
		}
	}
	napi_value result = error ? throw_error(env, error, "iterator %s", bpf_program__name(program)) : make_bytes(env, bytes, used);
	free(bytes);
	if (descriptor >= 0)
		close(descriptor);
	bpf_link__destroy(link);
	return result;
}

/* detach(handle): from everywhere; maps stay readable */
static napi_value object_detach(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;

	if (!call_begin(&call, env, info, 1) || !(object = object_argument(&call)))
		return NULL;
	object_detach_all(object);
	return make_undefined(env);
}

/* close(handle): detaches, unloads. A second close does nothing. */
static napi_value object_close(napi_env env, napi_callback_info info)
{
	struct call call;
	void *data;

	if (!call_begin(&call, env, info, 1) || !call_handle(&call, 0, &object_tag, &data))
		return NULL;
	if (((struct object *)data)->bpf)
		object_release(data);
	return make_undefined(env);
}

/* Bytes that a lookup fills: per-CPU maps give one value per possible CPU, each padded to 8. */
static size_t value_bytes(struct bpf_map *map)
{
	size_t size = bpf_map__value_size(map);

	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH: {
		int cpus = libbpf_num_possible_cpus();

		return cpus > 0 ? ((size + 7) & ~(size_t)7) * (size_t)cpus : 0;
	}
	default:
		return size;
	}
}

static bool key_argument(struct call *call, struct bpf_map *map, size_t index, uint8_t **key)
{
	size_t size;

	if (!call_bytes(call, index, key, &size))
		return false;
	if (size != bpf_map__key_size(map)) {
		throw_error(call->env, EINVAL, "a key of %s has %u bytes, not %zu", bpf_map__name(map), bpf_map__key_size(map), size);
		return false;
	}
	return true;
}

/* mapGet(handle, map, key): bytes, or undefined */
static napi_value map_get(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;
	uint8_t *key;

	if (!call_begin(&call, env, info, 3) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)) ||
	    !key_argument(&call, map, 2, &key))
		return NULL;
	size_t size = value_bytes(map);
	void *value = calloc(1, size ? size : 1);
	if (!value || !size) {
		free(value);
		return throw_error(env, ENOMEM, "map %s", bpf_map__name(map));
	}
	napi_value result;
	if (bpf_map_lookup_elem(bpf_map__fd(map), key, value) == 0)
		result = make_bytes(env, value, size);
	else
		result = errno == ENOENT ? make_undefined(env) : throw_error(env, errno, "map %s", bpf_map__name(map));
	free(value);
	return result;
}

/* mapSet(handle, map, key, value) */
static napi_value map_set(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;
	uint8_t *key, *value;
	size_t size;

	if (!call_begin(&call, env, info, 4) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)) ||
	    !key_argument(&call, map, 2, &key) || !call_bytes(&call, 3, &value, &size))
		return NULL;
	if (size != value_bytes(map))
		return throw_error(env, EINVAL, "a value of %s has %zu bytes, not %zu", bpf_map__name(map), value_bytes(map), size);
	if (bpf_map_update_elem(bpf_map__fd(map), key, value, BPF_ANY))
		return throw_error(env, errno, "map %s", bpf_map__name(map));
	return make_undefined(env);
}

/* mapSetCgroup(handle, map, key, directory): an entry of a cgroup array */
static napi_value map_set_cgroup(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;
	uint8_t *key;
	char path[PATH_BYTES];

	if (!call_begin(&call, env, info, 4) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)) ||
	    !key_argument(&call, map, 2, &key) || !call_string(&call, 3, path, sizeof(path)))
		return NULL;
	if (bpf_map__value_size(map) != sizeof(int))
		return throw_error(env, EINVAL, "map %s", bpf_map__name(map));
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return throw_error(env, errno, "%s", path);
	int failed = bpf_map_update_elem(bpf_map__fd(map), key, &directory, BPF_ANY), error = errno;
	close(directory);
	return failed ? throw_error(env, error, "map %s", bpf_map__name(map)) : make_undefined(env);
}

/* mapDelete(handle, map, key): whether it was there */
static napi_value map_delete(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;
	uint8_t *key;
	napi_value result = NULL;

	if (!call_begin(&call, env, info, 3) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)) ||
	    !key_argument(&call, map, 2, &key))
		return NULL;
	bool deleted = bpf_map_delete_elem(bpf_map__fd(map), key) == 0;
	if (!deleted && errno != ENOENT)
		return throw_error(env, errno, "map %s", bpf_map__name(map));
	napi_get_boolean(env, deleted, &result);
	return result;
}

/* mapNextKey(handle, map, key | undefined): the next key, or undefined at the end */
static napi_value map_next_key(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;
	uint8_t *key = NULL;
	napi_valuetype type = napi_undefined;

	if (!call_begin(&call, env, info, 2) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)))
		return NULL;
	if (call.count > 2)
		napi_typeof(env, call.arguments[2], &type);
	if (type != napi_undefined && !key_argument(&call, map, 2, &key))
		return NULL;
	uint8_t next[512];
	if (bpf_map__key_size(map) > sizeof(next))
		return throw_error(env, E2BIG, "keys of map %s", bpf_map__name(map));
	if (bpf_map_get_next_key(bpf_map__fd(map), key, next) == 0)
		return make_bytes(env, next, bpf_map__key_size(map));
	return errno == ENOENT ? make_undefined(env) : throw_error(env, errno, "map %s", bpf_map__name(map));
}

/* mapDescriptor(handle, map): for openReader in another thread; belongs to the object */
static napi_value map_descriptor(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_map *map;

	if (!call_begin(&call, env, info, 2) || !(object = object_argument(&call)) || !(map = map_argument(&call, object, 1)))
		return NULL;
	int descriptor = bpf_map__fd(map);
	return descriptor < 0 ? throw_error(env, descriptor, "map %s", bpf_map__name(map)) : make_number(env, descriptor);
}

/* programInfo(handle, program): {runs, nanoseconds, misses, instructions}; runs and time only while BPF statistics are on */
static napi_value program_info(napi_env env, napi_callback_info info)
{
	struct call call;
	struct object *object;
	struct bpf_program *program;
	struct bpf_prog_info values = { 0 };
	uint32_t size = sizeof(values);
	napi_value result;

	if (!call_begin(&call, env, info, 2) || !(object = object_argument(&call)) || !(program = program_argument(&call, object, 1)))
		return NULL;
	int descriptor = bpf_program__fd(program);
	if (descriptor < 0)
		return make_undefined(env);
	if (bpf_obj_get_info_by_fd(descriptor, &values, &size))
		return throw_error(env, errno, "program %s", bpf_program__name(program));
	if (napi_create_object(env, &result) != napi_ok)
		return NULL;
	napi_set_named_property(env, result, "runs", make_number(env, (double)values.run_cnt));
	napi_set_named_property(env, result, "nanoseconds", make_number(env, (double)values.run_time_ns));
	napi_set_named_property(env, result, "misses", make_number(env, (double)values.recursion_misses));
	napi_set_named_property(env, result, "instructions", make_number(env, (double)values.verified_insns));
	return result;
}

/* hasTracepoint(name): whether this kernel has the BTF tracepoint */
static napi_value has_tracepoint(napi_env env, napi_callback_info info)
{
	struct call call;
	char name[NAME_BYTES];
	napi_value result = NULL;

	if (!call_begin(&call, env, info, 1) || !call_string(&call, 0, name, sizeof(name)))
		return NULL;
	napi_get_boolean(env, libbpf_find_vmlinux_btf_id(name, BPF_TRACE_RAW_TP) > 0, &result);
	log_clear();
	return result;
}

/* possibleCpus(): how many values a per-CPU map has */
static napi_value possible_cpus(napi_env env, napi_callback_info info)
{
	int cpus = libbpf_num_possible_cpus();

	(void)info;
	return cpus < 0 ? throw_error(env, cpus, "number of processors") : make_number(env, cpus);
}

bool object_init(napi_env env, napi_value exports)
{
	const napi_property_descriptor functions[] = {
		{ "open", NULL, object_open, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "setGlobal", NULL, object_set_global, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "setMapSize", NULL, object_set_map_size, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "setAutoload", NULL, object_set_autoload, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "load", NULL, object_load, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "attach", NULL, object_attach, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "attachCgroup", NULL, object_attach_cgroup, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "attachUprobe", NULL, object_attach_uprobe, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "iterate", NULL, object_iterate, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "detach", NULL, object_detach, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "close", NULL, object_close, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "mapGet", NULL, map_get, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "mapSet", NULL, map_set, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "mapSetCgroup", NULL, map_set_cgroup, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "mapDelete", NULL, map_delete, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "mapNextKey", NULL, map_next_key, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "mapDescriptor", NULL, map_descriptor, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "programInfo", NULL, program_info, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "hasTracepoint", NULL, has_tracepoint, NULL, NULL, NULL, napi_enumerable, NULL },
		{ "possibleCpus", NULL, possible_cpus, NULL, NULL, NULL, napi_enumerable, NULL },
	};

	return add_functions(env, exports, functions, sizeof(functions) / sizeof(functions[0]));
}
