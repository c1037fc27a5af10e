/* The commands of the control socket; bangtin-control(7) documents each. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/words.h"
#include "engine/private.h"
#include "store/data_files.h"
#include "frame/pattern.h"

#define PATTERN_MOST                                                                                         \
	(10 * NS_PER_SEC) /* a lease is renewed, so that a killed client gives the display back */

static const char *text_argument(struct control_request *request, const char *key)
{
	return json_string_value(json_object_get(control_arguments(request), key));
}

struct channel *channel_argument(struct engine *engine, struct control_request *request)
{
	const char *name = text_argument(request, "display");
	if (!name) {
		control_refuse(request, 2, "which display? give its name");
		return NULL;
	}
	struct channel *channel = engine_channel(engine, name);
	if (!channel)
		control_refuse(request, 1, "no display is named `%s`; `bangtin status` lists them", name);
	return channel;
}

static void run_status(void *data, struct control_request *request)
{
	control_reply(request, status_json(data));
}

/* --- load, history, rollback */

/* Pictures may make it megabytes: the bytes are taken out of the request on the thread pool. */
static void run_load(void *data, struct control_request *request)
{
	const struct engine *engine = data;
	const json_t *arguments = control_arguments(request);
	if (json_array_size(json_object_get(arguments, "files")) == 0) {
		control_refuse(request, 2, "no files");
	} else if (!engine->site->unsigned_loads) {
		enum language asker = words_speak(LANGUAGE_OWN);
		alarm_now(engine->alarms, ALARM_REFUSED, ALARM_SITE,
			_("somebody tried to load what is not signed"));
		words_speak(asker);
		control_refuse(request, 1,
			"rule unsigned: this site takes signed bundles only (`bangtin sign`, `bangtin "
			"approve`); "
			"nothing was changed");
	} else {
		change_load(data, request, json_is_true(json_object_get(arguments, "single")));
	}
}

static void run_accept(void *data, struct control_request *request)
{
	if (json_array_size(json_object_get(control_arguments(request), "files")) == 0)
		control_refuse(request, 2, "no files");
	else
		change_accept(data, request);
}

/* A reply that needs the disk is made on the thread pool: a slow card must not hold up a frame. */
struct query {
	struct engine *engine;
	struct control_request *request;
	int number;    /* generation */
	json_t *extra; /* made on the loop; taken by answer, or NULL */
	json_t *(*answer)(struct query *query, int *ret_error);
	bool answered;
	char *line;
	size_t line_size;
	int error;
};

static void query_work(void *data)
{
	struct query *query = data;
	json_t *reply = query->answer(query, &query->error);
	query->answered = reply != NULL;
	if (reply)
		query->line = control_reply_line(reply, &query->line_size);
}

static void query_done(void *data)
{
	struct query *query = data;
	if (query->answered)
		control_reply_with(query->request, query->line, query->line_size);
	else if (query->error == -ENOENT)
		control_refuse(
			query->request, 1, "there is no such generation; `bangtin history` lists them");
	else
		control_refuse(query->request, 3, "the state directory cannot be read (%s)",
			words_error(query->error));
	json_decref(query->extra);
	free(query);
}

static void query_start(struct engine *engine, struct control_request *request, json_t *extra,
	json_t *(*answer)(struct query *query, int *ret_error))
{
	struct query *query = xcalloc(1, sizeof *query);
	*query = (struct query){.engine = engine,
		.request = request,
		.number = engine->generation.number,
		.extra = extra,
		.answer = answer};
	loop_work(engine->loop, query_work, query_done, query);
}

static json_t *answer_history(struct query *query, int *ret_error)
{
	struct generation *list;
	size_t count;
	int error = store_history(query->engine->store, &list, &count);
	if (error < 0) {
		*ret_error = error;
		return NULL;
	}
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, generation_json(query->engine, &list[i]));
	free(list);
	return json_pack("{s:o}", "generations", array);
}

static void run_history(void *data, struct control_request *request)
{
	query_start(data, request, NULL, answer_history);
}

static void run_rollback(void *data, struct control_request *request)
{
	change_rollback(data, request,
		(int)json_integer_value(json_object_get(control_arguments(request), "generation")));
}

static json_t *answer_sources(struct query *query, int *ret_error)
{
	struct source_file *files = NULL;
	size_t count = 0;
	int asked = (int)json_integer_value(json_object_get(query->extra, "generation"));
	int error = store_read(query->engine->store, asked ? asked : query->number, &files, &count, NULL);
	if (error < 0 && (asked || error != -ENOENT)) {
		*ret_error = error;
		return NULL;
	}
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		char *text = base64_encode(files[i].data, files[i].size);
		json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "unit", files[i].unit, "name",
						     files[i].name, "data", text));
		free(text);
	}
	sources_free(files, count);
	char *path = realpath(query->engine->configuration, NULL);
	struct instant now = clock_now(&query->engine->clock);
	json_t *reply = json_pack("{s:s, s:o, s:o, s:o, s:I, s:b}", "configuration",
		path ? path : query->engine->configuration, "files", array, "overrides",
		json_incref(json_object_get(query->extra, "overrides")), "data",
		json_incref(json_object_get(query->extra, "data")), "now", (json_int_t)now.time, "trusted",
		now.trusted);
	free(path);
	return reply;
}

/* What plays, as files, so that agenda, why and preview work for staff who may not read the state directory. */
static void run_sources(void *data, struct control_request *request)
{
	struct engine *engine = data;
	json_int_t number = json_integer_value(json_object_get(control_arguments(request), "generation"));
	query_start(engine, request,
		json_pack("{s:o, s:o, s:I}", "overrides", overrides_json(engine), "data",
			data_json(engine->data), "generation", number > 0 && number < 1000000 ? number : 0),
		answer_sources);
}

/* --- announcements: those in force and to come, and the log of all that was ordered */

#define LOG_MOST 1000 /* entries of a reply */

static void read_entries(char *text, json_t *entries)
{
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		json_t *entry = *line ? json_loads(line, JSON_REJECT_DUPLICATES, NULL) : NULL;
		if (json_is_object(entry)) /* power failing may have torn one */
			json_array_append(entries, entry);
		json_decref(entry);
		if (json_array_size(entries) > LOG_MOST)
			json_array_remove(entries, 0);
	}
}

static void tell_times(const struct engine *engine, json_t *entries)
{
	static const char *const keys[][2] = {{"time", "at"}, {"from_ns", "from"}, {"until_ns", "until"}};
	size_t i;
	json_t *entry;
	json_array_foreach(entries, i, entry) for (size_t k = 0; k < 3; k++)
	{
		const json_t *time = json_object_get(entry, keys[k][0]);
		if (json_is_integer(time))
			json_object_set_new(
				entry, keys[k][1], instant_text(engine, json_integer_value(time)));
	}
}

static json_t *answer_log(struct query *query, int *ret_error)
{
	char *text;
	int error = store_read_log(query->engine->store, &text);
	if (error < 0) {
		*ret_error = error;
		return NULL;
	}
	json_t *entries = json_array();
	read_entries(text, entries);
	free(text);
	tell_times(query->engine, entries);
	return json_pack("{s:o}", "log", entries);
}

static void run_announcements(void *data, struct control_request *request)
{
	struct engine *engine = data;
	if (json_is_true(json_object_get(control_arguments(request), "log"))) {
		query_start(engine, request, NULL, answer_log);
		return;
	}
	json_t *list = overrides_json(engine), *item;
	size_t k;
	json_array_foreach(list, k, item)
	{
		const char *id = json_string_value(json_object_get(item, "id"));
		const struct override *override = engine_find_override(engine, id);
		json_t *displays = json_array();
		for (size_t i = 0; i < engine->site->display_count; i++)
			if (override_names(override, &engine->site->displays[i]))
				json_array_append_new(displays, confirmation_json(engine, i, id));
		json_object_set_new(item, "displays", displays);
	}
	control_reply(request, json_pack("{s:o}", "overrides", list));
}

/* --- snapshot: encoded on the thread pool, into memory: nothing of it touches the frame path or the disk */

struct snapshot {
	struct control_request *request;
	struct frame *frame;
	int64_t instant;
	char *base64;
};

static void snapshot_work(void *data)
{
	struct snapshot *snapshot = data;
	int fd = memfd_create("snapshot", MFD_CLOEXEC);
	if (fd < 0)
		return;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	char *png;
	size_t size;
	if (frame_write_png(snapshot->frame, path) == 0 && file_read(path, 64 << 20, &png, &size) == 0) {
		snapshot->base64 = base64_encode(png, size);
		free(png);
	}
	close(fd);
}

static void snapshot_done(void *data)
{
	struct snapshot *snapshot = data;
	if (snapshot->base64)
		control_reply(snapshot->request, json_pack("{s:s, s:I}", "png", snapshot->base64, "instant",
							 (json_int_t)snapshot->instant));
	else
		control_refuse(snapshot->request, 3, "the picture could not be encoded");
	frame_unref(snapshot->frame);
	free(snapshot->base64);
	free(snapshot);
}

static void run_snapshot(void *data, struct control_request *request)
{
	struct engine *engine = data;
	struct channel *channel = channel_argument(engine, request);
	if (!channel)
		return;
	const struct frame *canvas = channel_frame(channel);
	struct channel_status status;
	channel_status(channel, &status);
	struct snapshot *snapshot = xcalloc(1, sizeof *snapshot);
	snapshot->request = request;
	snapshot->instant = status.instant.time;
	snapshot->frame = frame_create(canvas->width, canvas->height);
	frame_copy(snapshot->frame, 0, 0, canvas, (struct rect){0, 0, canvas->width, canvas->height});
	loop_work(engine->loop, snapshot_work, snapshot_done, snapshot);
}

static void run_pattern(void *data, struct control_request *request)
{
	struct engine *engine = data;
	struct channel *channel = channel_argument(data, request);
	if (!channel)
		return;
	const char *asked = text_argument(request, "pattern");
	int64_t duration =
		json_integer_value(json_object_get(control_arguments(request), "for_ms")) * NS_PER_MS;
	const struct pattern *pattern = asked ? pattern_find(asked) : NULL;
	if (asked && !pattern) {
		control_refuse(request, 1,
			"there is no pattern `%s`; `bangtin-testpattern patterns` lists them", asked);
		return;
	}
	if (duration < 0 || duration > PATTERN_MOST) {
		control_refuse(
			request, 2, "a lease lasts at most %d s; renew it", (int)(PATTERN_MOST / NS_PER_SEC));
		return;
	}
	channel_pattern(channel, pattern ? pattern->name : NULL, engine->fonts, duration);
	control_reply(request, json_object());
}

/* A word to a display's device: one of its driver's actions. */
static void run_device(void *data, struct control_request *request)
{
	struct channel *channel = channel_argument(data, request);
	const char *action = text_argument(request, "action");
	if (!channel)
		return;
	switch (action ? channel_act(channel, action) : -EINVAL) {
	case 0:
		control_reply(request, json_object());
		break;
	case -EINVAL:
		control_refuse(request, 2, "`action` is missing: a word of the display's driver");
		break;
	case -ENOENT:
		control_refuse(request, 1,
			"the device of display `%s` knows no `%s`; `bangtin-testpattern drivers NAME` lists "
			"its words",
			channel_display(channel)->name, action);
		break;
	case -EBUSY:
		control_refuse(request, 3, "the device is busy; try again");
		break;
	default:
		control_refuse(request, 3, "the device is not up");
		break;
	}
}

static void run_believe_clock(void *data, struct control_request *request)
{
	struct engine *engine = data;
	if (clock_believe(engine) < 0)
		control_refuse(request, 1,
			"the system clock is before the date of this program: that cannot be; set it first");
	else
		control_reply(request, json_pack("{s:o}", "clock", clock_json(engine)));
}

static void run_reload(void *data, struct control_request *request)
{
	change_reread(data, request);
}

const struct control_command engine_commands[] = {
	{"status", ROLE_VIEW, run_status},
	{"history", ROLE_VIEW, run_history},
	{"log", ROLE_VIEW, run_log},
	{"sources", ROLE_VIEW, run_sources},
	{"snapshot", ROLE_VIEW, run_snapshot},
	{"mirror", ROLE_VIEW, run_mirror},
	{"announcements", ROLE_VIEW, run_announcements},
	{"load", ROLE_LOAD, run_load},
	{"accept", ROLE_LOAD, run_accept},
	{"rollback", ROLE_LOAD, run_rollback},
	{"reload", ROLE_LOAD, run_reload},
	{"announce", ROLE_OPERATE, run_announce},
	{"clear", ROLE_OPERATE, run_clear},
	{"blank", ROLE_OPERATE, run_blank},
	{"unblank", ROLE_OPERATE, run_unblank},
	{"pattern", ROLE_OPERATE, run_pattern},
	{"device", ROLE_OPERATE, run_device},
	{"believe-clock", ROLE_OPERATE, run_believe_clock},
	{NULL, 0, NULL},
};
