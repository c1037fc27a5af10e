/* data.json: the snapshot of what fields show of data; and the directory of JSON files that it is taken from. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"
#include "store/data_files.h"
#include "store/private.h"

enum { FILE_MOST = 256 << 10, FILES_MOST = 64, VALUES_MOST = 4096, DEPTH_MOST = 4, TEXT_MOST = 400 };
#define SNAPSHOT_MOST (4 << 20)

struct gathering {
	struct data_value *values;
	size_t count, capacity;
};

static void add_value(struct gathering *g, const char *key, const char *text)
{
	if (g->count == VALUES_MOST)
		return;
	array_reserve_one(g->values, g->count, g->capacity);
	g->values[g->count++] = (struct data_value){xstrdup(key), xstrdup(text)};
}

/* --- the directory */

/* One line of what a board can show: no control characters, not endless. */
static char *clean_text(const char *text)
{
	char *clean = text_nfc(text);
	size_t length = strlen(clean);
	for (char *p = clean; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	if (length > TEXT_MOST) {
		length = TEXT_MOST;
		while ((clean[length] & 0xc0) == 0x80)
			length--;
		clean[length] = '\0';
	}
	return clean;
}

static void add_json(struct gathering *g, const char *key, const json_t *json, int depth)
{
	char number[48], *text;
	const char *name;
	json_t *child;
	switch (json_typeof(json)) {
	case JSON_STRING:
		text = clean_text(json_string_value(json));
		add_value(g, key, text);
		free(text);
		break;
	case JSON_INTEGER:
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
		add_value(g, key, number);
		break;
	case JSON_REAL:
		snprintf(number, sizeof number, "%.10g", json_real_value(json));
		add_value(g, key, number);
		break;
	case JSON_OBJECT:
		if (depth == DEPTH_MOST)
			break;
		json_object_foreach((json_t *)json, name, child)
		{
			char *below = xasprintf("%s.%s", key, name);
			add_json(g, below, child, depth + 1);
			free(below);
		}
		break;
	default: /* true, false, null and lists say nothing that could be shown */
		break;
	}
}

/* A file that is being written, or broken, changes nothing: what it said last stays. */
static void keep_former(struct gathering *g, const struct data *former, const char *stem)
{
	size_t length = strlen(stem);
	for (size_t i = 0; former && i < former->count; i++)
		if (strncmp(former->values[i].key, stem, length) == 0 && former->values[i].key[length] == '.')
			add_value(g, former->values[i].key, former->values[i].text);
}

static void add_file(struct gathering *g, const char *directory, const char *name, const struct data *former)
{
	char *path = path_join(directory, name), *text;
	char *stem = xstrndup(name, strlen(name) - strlen(".json"));
	size_t size;
	json_t *json = NULL;
	if (file_read(path, FILE_MOST, &text, &size) == 0) {
		json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
		free(text);
	}
	if (json_is_object(json))
		add_json(g, stem, json, 0);
	else
		keep_former(g, former, stem);
	json_decref(json);
	free(stem);
	free(path);
}

static int is_data_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool same_values(const struct data *a, const struct data *b)
{
	bool same = (a ? a->count : 0) == b->count;
	for (size_t i = 0; same && i < b->count; i++)
		same = strcmp(a->values[i].key, b->values[i].key) == 0 &&
		       strcmp(a->values[i].text, b->values[i].text) == 0;
	return same;
}

int data_read_directory(const char *directory, const struct data *former, struct data **ret_data)
{
	struct dirent **entries;
	struct gathering g = {NULL, 0, 0};
	int count = scandir(directory, &entries, is_data_file, alphasort);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (i < FILES_MOST)
			add_file(&g, directory, entries[i]->d_name, former);
		free(entries[i]);
	}
	free(entries);
	struct data *data = data_create(former ? former->number + 1 : 1, g.values, g.count);
	if (same_values(former, data)) {
		data_unref(data);
		data = NULL;
	}
	*ret_data = data;
	return 0;
}

/* --- the snapshot */

json_t *data_json(const struct data *data)
{
	json_t *values = json_object();
	for (size_t i = 0; data && i < data->count; i++)
		json_object_set_new(values, data->values[i].key, json_string(data->values[i].text));
	return json_pack("{s:I, s:o}", "number", (json_int_t)(data ? data->number : 0), "values", values);
}

struct data *data_from_json(const json_t *json)
{
	struct gathering g = {NULL, 0, 0};
	const char *key;
	json_t *value;
	if (!json_is_object(json_object_get(json, "values")))
		return NULL;
	json_object_foreach(json_object_get(json, "values"), key, value)
	{
		char *text = json_is_string(value) ? clean_text(json_string_value(value)) : NULL;
		if (text)
			add_value(&g, key, text);
		free(text);
	}
	return data_create(json_integer_value(json_object_get(json, "number")), g.values, g.count);
}

int store_write_data(struct store *store, const struct data *data)
{
	if (store->lock < 0)
		return -EROFS;
	json_t *json = data_json(data);
	char *text = json_dumps(json, JSON_INDENT(1)), *path = store_path(store, "data.json");
	int error = text ? file_write_atomic(path, text, strlen(text), STORE_FILE_MODE) : -EINVAL;
	json_decref(json);
	free(text);
	free(path);
	return error;
}

struct data *store_read_data(struct store *store)
{
	char *path = store_path(store, "data.json"), *text;
	struct data *data = NULL;
	size_t size;
	if (file_read(path, SNAPSHOT_MOST, &text, &size) == 0) {
		json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
		data = data_from_json(json);
		json_decref(json);
		free(text);
	}
	free(path);
	return data;
}
