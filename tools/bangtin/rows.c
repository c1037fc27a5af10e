#include "rows.h"

#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "record/record.h"

#define ZONE_STANDARD "Asia/Ho_Chi_Minh" /* of a record without its site's configuration */

static int open_site(struct rows *rows)
{
	struct diag_list diags;
	int code = EXIT_INPUT;

	diag_init(&diags);
	struct site *site = site_read(rows->common->configuration, &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	if (site && zone_create(zone_name(site->zone), &rows->zone) == 0) {
		if (!rows->path)
			rows->path = xasprintf("%s/record/record.db", site->state_directory);
		code = EXIT_DONE;
	}
	site_destroy(site);
	return code;
}

/* The daemon's zone; nothing else is asked of it yet. */
static int open_daemon(struct rows *rows)
{
	json_t *reply;
	int code = cli_call(rows->common, json_pack("{s:s}", "command", "status"), &reply);

	if (code != EXIT_DONE)
		return code;
	const char *zone = json_string_value(json_object_get(reply, "zone"));
	if (zone_create(zone ? zone : ZONE_STANDARD, &rows->zone) < 0)
		code = cli_fail(EXIT_REACH, "this machine does not know the time zone `%s`", zone);
	json_decref(reply);
	return code;
}

int rows_open(const struct common *common, const char *record, struct rows *ret_rows)
{
	struct rows *rows = ret_rows;

	*rows = (struct rows){.common = common, .path = xstrdup(record)};
	if (common->configuration)
		return open_site(rows);
	if (!record)
		return open_daemon(rows);
	return zone_create(ZONE_STANDARD, &rows->zone) < 0
		       ? cli_fail(EXIT_REACH, "this machine does not know the time zone `%s`", ZONE_STANDARD)
		       : EXIT_DONE;
}

void rows_close(struct rows *rows)
{
	free(rows->path);
	zone_destroy(rows->zone);
}

int rows_path(const struct common *common, char **ret_path)
{
	json_t *reply;

	if (common->configuration) {
		struct rows rows;
		int code = rows_open(common, NULL, &rows);
		*ret_path = rows.path;
		rows.path = NULL;
		rows_close(&rows);
		return code;
	}
	int code = cli_call(common, json_pack("{s:s}", "command", "status"), &reply);
	if (code != EXIT_DONE)
		return code;
	*ret_path = xstrdup(json_string_value(json_object_get(json_object_get(reply, "record"), "path")));
	json_decref(reply);
	return EXIT_DONE;
}

/* --- from a file */

static int explain(const char *path, int error)
{
	if (error == -ENOENT)
		return cli_fail(EXIT_INPUT, "there is no record %s: nothing was shown from there yet", path);
	if (error == -EBADMSG)
		return cli_fail(EXIT_INPUT, "%s is damaged, or no record of what was shown", path);
	return cli_fail(error == -EISDIR || error == -EACCES ? EXIT_INPUT : EXIT_REACH, "%s: %s", path,
		words_error(-error));
}

static int open_reader(const struct rows *rows, struct record_reader **ret_reader)
{
	int error = record_reader_open(rows->path, ret_reader);

	return error ? explain(rows->path, error) : EXIT_DONE;
}

/* --- from the daemon */

static const char *text(const json_t *json, const char *key)
{
	const char *value = json_string_value(json_object_get(json, key));

	return value ? value : "";
}

static int64_t number(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static int find_word(const char *word, const char *(*name)(int index), int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(name(i), word) == 0)
			return i;
	return 0;
}

static const char *kind_at(int index)
{
	return record_kind_name((enum record_kind)index);
}

static const char *how_at(int index)
{
	return record_how_name((enum record_how)index);
}

static const char *source_at(int index)
{
	return record_source_name((enum record_source)index);
}

static struct record_row row_of(const json_t *json)
{
	return (struct record_row){
		.number = number(json, "row"),
		.kind = (enum record_kind)find_word(text(json, "kind"), kind_at, RECORD_LINK + 1),
		.display = text(json, "display"),
		.source = (enum record_source)find_word(text(json, "source"), source_at, RECORD_PATTERN + 1),
		.item = text(json, "item"),
		.entry = text(json, "entry"),
		.content = text(json, "content"),
		.generation = number(json, "generation"),
		.frame = strtoull(text(json, "frame"), NULL, 16),
		.begin = number(json, "begin_ns"),
		.end = number(json, "end_ns"),
		.monotonic = number(json, "monotonic_ns"),
		.how = (enum record_how)find_word(text(json, "how"), how_at, RECORD_MISSED + 1),
		.confirmed = json_is_true(json_object_get(json, "confirmed")),
		.begins = json_is_true(json_object_get(json, "begins")),
		.trusted = json_is_true(json_object_get(json, "trusted")),
		.brightness = number(json, "brightness"),
		.override = text(json, "override"),
		.run = number(json, "run"),
		.boot = text(json, "boot"),
		.note = text(json, "note"),
	};
}

static json_t *request_of(const struct record_query *query, int64_t after)
{
	return json_pack("{s:s, s:s?, s:s?, s:s?, s:b, s:I, s:I, s:I, s:b}", "command", "log", "display",
		query->display, "item", query->item, "entry", query->entry, "events", query->events,
		"from_ns", (json_int_t)query->from, "until_ns", (json_int_t)query->until, "after",
		(json_int_t)after, "open", query->open);
}

/* A page after the other. */
static int read_daemon(struct rows *rows, const struct record_query *query,
	bool (*visit)(void *data, const struct record_row *row), void *data)
{
	int64_t after = query->after;
	bool more = true;

	while (more) {
		json_t *reply, *json;
		size_t i;
		int code = cli_call(rows->common, request_of(query, after), &reply);
		if (code != EXIT_DONE)
			return code;
		more = json_is_true(json_object_get(reply, "more"));
		json_array_foreach(json_object_get(reply, "rows"), i, json)
		{
			struct record_row row = row_of(json);
			after = row.number > after ? row.number : after;
			if (!visit(data, &row)) {
				more = false;
				break;
			}
		}
		json_decref(reply);
	}
	return EXIT_DONE;
}

int rows_read(struct rows *rows, const struct record_query *query,
	bool (*visit)(void *data, const struct record_row *row), void *data)
{
	struct record_reader *reader;

	if (!rows->path)
		return read_daemon(rows, query, visit, data);
	int code = open_reader(rows, &reader);
	if (code != EXIT_DONE)
		return code;
	int error = record_read(reader, query, visit, data);
	record_reader_close(reader);
	return error ? explain(rows->path, error) : EXIT_DONE;
}

/* --- the chain */

static int verify_daemon(struct rows *rows, struct record_verdict *ret_verdict)
{
	static char why[256];
	json_t *reply;
	int code = cli_call(rows->common, json_pack("{s:s, s:b}", "command", "log", "verify", 1), &reply);

	if (code != EXIT_DONE)
		return code;
	const json_t *json = json_object_get(reply, "verdict");
	snprintf(why, sizeof why, "%s", text(json, "why"));
	*ret_verdict = (struct record_verdict){.rows = number(json, "rows"),
		.first = number(json, "first"),
		.last = number(json, "last"),
		.bad = number(json, "bad"),
		.missing = number(json, "links"),
		.open = number(json, "open"),
		.open_from = number(json, "open_from_ns"),
		.why = json_is_true(json_object_get(json, "whole")) ? NULL : why};
	snprintf(ret_verdict->digest, sizeof ret_verdict->digest, "%s", text(json, "digest"));
	json_decref(reply);
	return EXIT_DONE;
}

int rows_verify(
	struct rows *rows, const struct record_place *known, size_t count, struct record_verdict *ret_verdict)
{
	struct record_reader *reader;

	if (!rows->path)
		return verify_daemon(rows, ret_verdict);
	int code = open_reader(rows, &reader);
	if (code != EXIT_DONE)
		return code;
	int error = record_verify(reader, known, count, ret_verdict);
	record_reader_close(reader);
	return error ? explain(rows->path, error) : EXIT_DONE;
}

bool rows_parse_place(const char *text_of_place, struct record_place *ret_place)
{
	char *end;
	long long at = strtoll(text_of_place, &end, 10);

	if (end == text_of_place || *end != ':' || at < 1 || strlen(end + 1) != RECORD_DIGEST - 1 ||
		strspn(end + 1, "0123456789abcdef") != RECORD_DIGEST - 1)
		return false;
	ret_place->number = at;
	memcpy(ret_place->digest, end + 1, RECORD_DIGEST);
	return true;
}
