/* The file `format`: how the state directory is laid out, as a number, so that an upgrade brings an old one up to date and
 * an older program leaves a newer one alone.
 *
 *   1  there was no such file yet
 *   2  overrides.json says of each override its level, and by which clock its time counts
 *
 * A step may be begun again after a crash: it replaces whole files by rename, and does nothing to what is converted
 * already; `format` rises after it. So a directory that says n is of format n, or in part of n + 1, which n + 1 reads.
 */
#include "store/private.h"

#include "base/alloc.h"
#include "base/event.h"
#include "base/file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#define FORMAT_FIRST 1
#define HEAD	     "bangtin-state: "

/* --- the steps: each from its index + FORMAT_FIRST to the next */

/* What is damaged stays as it is: whoever reads it says so. */
static int levels_and_clocks(const struct store *store)
{
	char *path = store_path(store, "overrides.json"), *text = NULL;
	size_t size, i;
	json_t *item, *list = NULL;
	int error = file_read(path, STORE_FILE_MOST, &text, &size);

	if (!error)
		list = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	text = NULL;
	json_array_foreach(list, i, item)
	{
		const char *kind = json_string_value(json_object_get(item, "kind"));
		if (kind && strcmp(kind, "announce") == 0 && !json_object_get(item, "level"))
			json_object_set_new(item, "level", json_string("notice"));
		if (!json_object_get(item, "uptime"))
			json_object_set_new(item, "uptime", json_false());
		if (!json_object_get(item, "left"))
			json_object_set_new(item, "left", json_null());
	}
	if (json_is_array(list))
		text = json_dumps(list, JSON_INDENT(1));
	if (text)
		error = file_write_atomic(path, text, strlen(text), STORE_FILE_MODE);
	json_decref(list);
	free(text);
	free(path);
	return error == -ENOENT ? 0 : error;
}

static int (*const steps[])(const struct store *store) = {levels_and_clocks};
#define FORMAT_NEWEST (FORMAT_FIRST + (int)(sizeof steps / sizeof *steps))

/* --- */

/* -EBADMSG: it is no number. */
static int read_format(const struct store *store, int *ret_format)
{
	char *path = store_path(store, "format"), *text, *end;
	size_t size;
	int error = file_read(path, 64, &text, &size);

	free(path);
	*ret_format = FORMAT_FIRST;
	if (error)
		return error == -ENOENT ? 0 : error;
	if (strncmp(text, HEAD, sizeof HEAD - 1) != 0) {
		free(text);
		return -EBADMSG;
	}
	long format = strtol(text + sizeof HEAD - 1, &end, 10);
	error = strcmp(end, "\n") == 0 && format >= FORMAT_FIRST && format < 10000 ? 0 : -EBADMSG;
	*ret_format = error ? 0 : (int)format;
	free(text);
	return error;
}

static int write_format(const struct store *store, int format)
{
	char *path = store_path(store, "format"), text[32];
	int length = snprintf(text, sizeof text, HEAD "%d\n", format);
	int error = file_write_atomic(path, text, (size_t)length, STORE_FILE_MODE);

	free(path);
	return error;
}

int format_check(const struct store *store)
{
	int format, error = read_format(store, &format);

	if (error)
		return error;
	return format > FORMAT_NEWEST ? -EPROTONOSUPPORT : 0;
}

int format_migrate(const struct store *store)
{
	int format, error = read_format(store, &format);
	bool fresh = current_number(store) == 0; /* or nothing that anybody would miss */

	if (!error && format > FORMAT_NEWEST)
		error = -EPROTONOSUPPORT;
	for (int from = format; !error && from < FORMAT_NEWEST; from++) {
		error = steps[from - FORMAT_FIRST](store);
		if (!error)
			error = write_format(store, from + 1);
		if (!error && !fresh)
			log_event(EVENT_MIGRATED, "the state directory %s was brought from format %d to %d",
				store->directory, from, from + 1);
	}
	return error;
}
