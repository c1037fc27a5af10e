/* overrides.json and time: small files, replaced whole. */
#include "store/private.h"

#include "base/alloc.h"
#include "base/file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#define OVERRIDES_MOST (4 << 20)
#define NOTE_MOST      (1 << 20)

static const char *const kind_names[] = {[OVERRIDE_BLANK] = "blank", [OVERRIDE_ANNOUNCE] = "announce"};

/* How much of it is to come; null: it has not begun, or has no end. */
static json_t *left_json(const struct override *o, struct instant now)
{
	if (o->end == TIME_NEVER || o->uptime == now.trusted || o->start > now.time)
		return json_null();
	return json_integer(o->end > now.time ? o->end - now.time : 0);
}

static json_t *override_json(const struct override *o, struct instant now)
{
	json_t *on = json_array(), *json;

	for (size_t i = 0; i < o->on_count; i++)
		json_array_append_new(on, json_string(o->on[i]));
	if (json_array_size(on) != o->on_count) { /* not UTF-8 */
		json_decref(on);
		return NULL;
	}
	json = json_pack("{s:s, s:s, s:s?, s:o, s:I, s:o, s:I, s:b, s:o}", "id", o->id, "kind",
		kind_names[o->kind], "text", o->text, "on", on, "start", (json_int_t)o->start, "end",
		o->end == TIME_NEVER ? json_null() : json_integer(o->end), "uid", (json_int_t)o->uid,
		"uptime", o->uptime, "left", left_json(o, now));
	if (json && o->user)
		json_object_set_new(json, "user", json_string(o->user));
	if (json && o->kind == OVERRIDE_ANNOUNCE)
		json_object_set_new(json, "level", json_string(level_name(o->level)));
	return json;
}

int store_write_overrides(
	struct store *store, const struct override *overrides, size_t count, struct instant now)
{
	json_t *list = json_array();
	char *path, *text = NULL;
	int error = -EINVAL;

	if (store->lock < 0) {
		json_decref(list);
		return -EROFS;
	}
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, override_json(&overrides[i], now));
	if (json_array_size(list) == count)
		text = json_dumps(list, JSON_INDENT(1));
	json_decref(list);
	path = store_path(store, "overrides.json");
	if (text)
		error = file_write_atomic(path, text, strlen(text), STORE_FILE_MODE);
	free(path);
	free(text);
	return error;
}

static int parse_on(const json_t *on, struct override *override)
{
	size_t count = json_array_size(on);

	override->on = xcalloc(count, sizeof *override->on);
	for (; override->on_count < count; override->on_count++) {
		const char *name = json_string_value(json_array_get(on, override->on_count));

		if (!name)
			return -EBADMSG;
		override->on[override->on_count] = xstrdup(name);
	}
	return 0;
}

/* Half-filled on error: overrides_free takes it. */
static int parse_override(json_t *json, struct override *override)
{
	const char *id, *kind, *text;
	const char *level = level_name(LEVEL_NOTICE), *user = NULL;
	json_int_t start, uid;
	json_t *on, *end, *text_or_null, *left = NULL;
	int uptime = false;

	/* the last four are younger than some states */
	if (json_unpack(json, "{s:s, s:s, s:o, s:o, s:I, s:o, s:I, s?s, s?s, s?b, s?o}", "id", &id, "kind",
		    &kind, "text", &text_or_null, "on", &on, "start", &start, "end", &end, "uid", &uid,
		    "level", &level, "user", &user, "uptime", &uptime, "left", &left) < 0)
		return -EBADMSG;
	if (strlen(id) >= sizeof override->id || !json_is_array(on) ||
		!(json_is_null(end) || json_is_integer(end)) || !level_find(level, &override->level))
		return -EBADMSG;
	text = json_string_value(text_or_null);
	override->kind = strcmp(kind, "blank") == 0 ? OVERRIDE_BLANK : OVERRIDE_ANNOUNCE;
	if (strcmp(kind, kind_names[override->kind]) != 0 || (override->kind == OVERRIDE_ANNOUNCE && !text))
		return -EBADMSG;
	snprintf(override->id, sizeof override->id, "%s", id);
	override->text = xstrdup(text);
	override->start = start;
	override->end = json_is_null(end) ? TIME_NEVER : json_integer_value(end);
	override->uid = (unsigned)uid;
	override->user = xstrdup(user);
	override->uptime = uptime;
	override->left = json_is_integer(left) ? json_integer_value(left) : TIME_NEVER;
	return parse_on(on, override);
}

int store_read_overrides(struct store *store, struct override **ret_overrides, size_t *ret_count)
{
	char *path = store_path(store, "overrides.json"), *text;
	struct override *overrides;
	size_t size, count;
	json_t *list;
	int error = file_read(path, OVERRIDES_MOST, &text, &size);

	free(path);
	if (error && error != -ENOENT)
		return error;
	list = error ? json_array() : json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	if (!error)
		free(text);
	count = json_array_size(list);
	overrides = xcalloc(count, sizeof *overrides);
	error = json_is_array(list) ? 0 : -EBADMSG;
	for (size_t i = 0; !error && i < count; i++)
		error = parse_override(json_array_get(list, i), &overrides[i]);
	json_decref(list);
	if (error) {
		overrides_free(overrides, count);
		return error;
	}
	*ret_overrides = overrides;
	*ret_count = count;
	return 0;
}

int store_write_time(struct store *store, int64_t time)
{
	char *path, text[32];
	int error, length = snprintf(text, sizeof text, "%lld\n", (long long)time);

	if (store->lock < 0)
		return -EROFS;
	path = store_path(store, "time");
	error = file_write_atomic(path, text, (size_t)length, STORE_FILE_MODE);
	free(path);
	return error;
}

int64_t store_read_time(struct store *store)
{
	char *path = store_path(store, "time"), *text, *end;
	long long time = 0;
	size_t size;

	if (file_read(path, 32, &text, &size) == 0) {
		errno = 0;
		time = strtoll(text, &end, 10);
		if (errno || end == text || strcmp(end, "\n") != 0 || time < 0)
			time = 0;
		free(text);
	}
	free(path);
	return time;
}

static char *note_path(const struct store *store, enum store_note note)
{
	return store_path(store, note == STORE_ROOT ? "root" : "accepted");
}

int store_write_note(struct store *store, enum store_note note, const void *data, size_t size)
{
	char *path;
	int error;

	if (store->lock < 0)
		return -EROFS;
	path = note_path(store, note);
	error = file_write_atomic(path, data, size, STORE_FILE_MODE);
	free(path);
	return error;
}

int store_read_note(struct store *store, enum store_note note, char **ret_data, size_t *ret_size)
{
	char *path = note_path(store, note);
	int error = file_read(path, NOTE_MOST, ret_data, ret_size);

	free(path);
	return error;
}
