/* The command `log`: rows of the record, a page at a time, or what its verification says; read on the thread pool with a
 * connection of its own. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "engine/private.h"
#include "record/read.h"

enum { ROWS_MOST = 2000 };
#define FLUSH_WITHIN (3 * NS_PER_SEC)

struct log_page {
	struct engine *engine;
	struct control_request *request;
	struct record_query query; /* its texts are the request's */
	char *path;
	bool verify;
	json_t *rows;
	char *line;
	size_t line_size;
	int error;
};

static json_t *row_json(const struct record_row *row)
{
	char frame[17];

	snprintf(frame, sizeof frame, "%016llx", (unsigned long long)row->frame);
	json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "row", (json_int_t)row->number,
		"kind", record_kind_name(row->kind), "display", row->display, "source",
		record_source_name(row->source), "item", row->item, "entry", row->entry, "content",
		row->content);
	json_object_update_new(
		json, json_pack("{s:I, s:s, s:I, s:I, s:I, s:s, s:b, s:b, s:b, s:I, s:s, s:I, s:s, s:s}",
			      "generation", (json_int_t)row->generation, "frame", frame, "begin_ns",
			      (json_int_t)row->begin, "end_ns", (json_int_t)row->end, "monotonic_ns",
			      (json_int_t)row->monotonic, "how",
			      row->kind == RECORD_SHOWN ? record_how_name(row->how) : "", "confirmed",
			      row->confirmed, "begins", row->begins, "trusted", row->trusted, "brightness",
			      (json_int_t)row->brightness, "override", row->override, "run",
			      (json_int_t)row->run, "boot", row->boot, "note", row->note));
	return json;
}

static bool take_row(void *data, const struct record_row *row)
{
	struct log_page *page = data;

	json_array_append_new(page->rows, row_json(row));
	return json_array_size(page->rows) < ROWS_MOST;
}

static json_t *verdict_json(const struct record_verdict *verdict)
{
	return json_pack("{s:b, s:s?, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:I}", "whole", verdict->why == NULL,
		"why", verdict->why ? _(verdict->why) : NULL, "bad", (json_int_t)verdict->bad, "rows",
		(json_int_t)verdict->rows, "first", (json_int_t)verdict->first, "last",
		(json_int_t)verdict->last, "digest", verdict->digest, "links", (json_int_t)verdict->missing,
		"open", (json_int_t)verdict->open, "open_from_ns", (json_int_t)verdict->open_from);
}

static void page_work(void *data)
{
	struct log_page *page = data;
	struct record_reader *reader;
	struct record_verdict verdict = {0};

	record_flush(page->engine->record, FLUSH_WITHIN);
	page->error = record_reader_open(page->path, &reader);
	if (page->error)
		return;
	if (page->verify)
		page->error = record_verify(reader, NULL, 0, &verdict);
	else
		page->error = record_read(reader, &page->query, take_row, page);
	record_reader_close(reader);
	if (page->error)
		return;
	json_t *reply = page->verify ? json_pack("{s:o}", "verdict", verdict_json(&verdict))
				     : json_pack("{s:O, s:b}", "rows", page->rows, "more",
					       json_array_size(page->rows) == ROWS_MOST);
	page->line = control_reply_line(reply, &page->line_size);
}

static void page_done(void *data)
{
	struct log_page *page = data;

	if (page->error == -EBADMSG)
		control_refuse(
			page->request, 3, "the record is damaged; what can be read of it: %s", page->path);
	else if (page->error)
		control_refuse(page->request, 3, "the record cannot be read: %s: %s", page->path,
			words_error(-page->error));
	else
		control_reply_with(page->request, page->line, page->line_size);
	json_decref(page->rows);
	free(page->path);
	free(page);
}

void run_log(void *data, struct control_request *request)
{
	struct engine *engine = data;
	const json_t *arguments = control_arguments(request);

	if (!engine->record) {
		control_refuse(request, 1, "this site keeps no record (record = { kept = false; })");
		return;
	}
	struct log_page *page = xcalloc(1, sizeof *page);
	page->engine = engine;
	page->request = request;
	page->path = record_path(engine->record_directory);
	page->rows = json_array();
	page->verify = json_is_true(json_object_get(arguments, "verify"));
	page->query =
		(struct record_query){.display = json_string_value(json_object_get(arguments, "display")),
			.item = json_string_value(json_object_get(arguments, "item")),
			.entry = json_string_value(json_object_get(arguments, "entry")),
			.events = json_is_true(json_object_get(arguments, "events")),
			.from = json_integer_value(json_object_get(arguments, "from_ns")),
			.until = json_integer_value(json_object_get(arguments, "until_ns")),
			.after = json_integer_value(json_object_get(arguments, "after")),
			.open = json_is_true(json_object_get(arguments, "open"))};
	loop_work(engine->loop, page_work, page_done, page);
}
