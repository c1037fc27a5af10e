/* The record's life within the engine's. */
#include <errno.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/file.h"
#include "engine/private.h"

#define FLUSH_WITHIN (5 * NS_PER_SEC)

int recording_start(struct engine *engine)
{
	const struct site *site = engine->site;

	if (!site->record.kept)
		return 0;
	engine->record_directory = path_join(store_directory(engine->store), "record");
	engine->record_displays = xcalloc(site->display_count, sizeof *engine->record_displays);
	for (size_t i = 0; i < site->display_count; i++)
		engine->record_displays[i] = site->displays[i].name;
	const struct record_options options = {.directory = engine->record_directory,
		.displays = engine->record_displays,
		.display_count = site->display_count,
		.keep = site->record.keep,
		.most = site->record.most};
	return record_create(&options, &engine->record);
}

void recording_begin(struct engine *engine)
{
	if (!engine->record)
		return;
	proof_started(engine->record, &engine->clock);
	if (engine->generation.number)
		proof_loaded(engine->record, &engine->clock, &engine->generation);
	for (size_t i = 0; i < engine->site->display_count; i++)
		channel_record(engine->channels[i], engine->record, (int)i, &engine->generation.number);
}

/* The journal has the chain's end too: whoever cuts the record's tail would have to forge it there as well. */
void recording_stop(struct engine *engine)
{
	struct record_status status;

	if (!engine->record)
		return;
	proof_stopped(engine->record, &engine->clock);
	record_flush(engine->record, FLUSH_WITHIN);
	record_status(engine->record, &status);
	log_event(EVENT_RECORD_END, "the record of what was shown ends with row %lld, %s",
		(long long)status.head, status.digest);
}

void recording_finish(struct engine *engine)
{
	/* a thread that hangs on its disk still uses them */
	if (record_destroy(engine->record)) {
		free(engine->record_displays);
		free(engine->record_directory);
	}
	engine->record = NULL;
}

json_t *recording_json(struct engine *engine)
{
	struct record_status status;

	if (!engine->record)
		return json_null();
	record_status(engine->record, &status);
	char *path = record_path(engine->record_directory);
	json_t *json = json_pack("{s:b, s:s, s:I, s:s, s:I, s:I, s:s}", "open", status.open, "path", path,
		"row", (json_int_t)status.head, "digest", status.digest, "lost", (json_int_t)status.lost,
		"failures", (json_int_t)status.failures, "why", status.why);
	free(path);
	return json;
}
