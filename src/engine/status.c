#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "engine/private.h"

json_t *instant_text(const struct engine *engine, int64_t time)
{
	if (time == TIME_NEVER || time == TIME_ALWAYS)
		return json_null();
	char text[48];
	time_format(engine->site->zone, time, text, sizeof text);
	return json_string(text);
}

json_t *generation_json(const struct engine *engine, const struct generation *generation)
{
	return json_pack("{s:i, s:s, s:I, s:o, s:s, s:I, s:b}", "number", generation->number, "user",
		generation->user, "uid", (json_int_t)generation->uid, "time",
		instant_text(engine, generation->time), "digest", generation->digest, "files",
		(json_int_t)generation->file_count, "current", generation->current);
}

json_t *override_json(const struct engine *engine, const struct override *override)
{
	json_t *on = json_array();
	for (size_t i = 0; i < override->on_count; i++)
		json_array_append_new(on, json_string(override->on[i]));
	json_t *json = json_pack("{s:s, s:s, s:s?, s:o, s:I, s:s?, s:I, s:I, s:b}", "id", override->id,
		"kind", override->kind == OVERRIDE_BLANK ? "blank" : "announce", "text", override->text, "on",
		on, "uid", (json_int_t) override->uid, "user", override->user, "start_ns",
		(json_int_t) override->start, "end_ns", (json_int_t) override->end, "uptime",
		override->uptime);
	if (override->kind == OVERRIDE_ANNOUNCE)
		json_object_set_new(json, "level", json_string(level_name(override->level)));
	struct instant now = clock_now(&engine->clock);
	bool timed = !override->uptime;
	json_object_set_new(json, "from", timed ? instant_text(engine, override->start) : json_null());
	json_object_set_new(json, "until", timed ? instant_text(engine, override->end) : json_null());
	if (override->end != TIME_NEVER && override_in_force(override, now))
		json_object_set_new(json, "left_ms", json_integer((override->end - now.time) / NS_PER_MS));
	return json;
}

static void add_overrides(const struct engine *engine, const struct override *list, size_t count, json_t *to)
{
	struct instant now = clock_now(&engine->clock);
	for (size_t i = 0; i < count; i++)
		if (list[i].uptime == now.trusted || list[i].end > now.time)
			json_array_append_new(to, override_json(engine, &list[i]));
}

json_t *overrides_json(const struct engine *engine)
{
	json_t *json = json_array();
	add_overrides(engine, engine->blanks, engine->blank_count, json);
	add_overrides(engine, engine->overrides, engine->override_count, json);
	return json;
}

static json_t *playing_json(const struct engine *engine, const struct channel_status *status)
{
	static const char *const names[] = {[SHOW_SCHEDULE] = N_("schedule"),
		[SHOW_ANNOUNCE] = N_("announce"),
		[SHOW_BLANK] = N_("blank"),
		[SHOW_DEFAULT] = N_("default"),
		[SHOW_OFF] = N_("off")};
	const struct show_state *state = &status->state;
	if (status->pattern)
		return json_pack("{s:s}", "source", N_("pattern"));
	if (!status->composed)
		return json_pack("{s:s}", "source", N_("nothing yet"));
	json_t *json = json_pack("{s:s}", "source", names[state->source]);
	const struct segment *segment = state->segment;
	if (state->source == SHOW_SCHEDULE && segment && segment->entry) {
		json_object_set_new(json, "entry", json_string(segment->entry->id));
		json_object_set_new(json, "message",
			json_sprintf("%s/%s", segment->item->message->unit, segment->item->message->name));
		json_object_set_new(json, "from", instant_text(engine, segment->start));
		json_object_set_new(json, "until", instant_text(engine, segment->end));
		json_object_set_new(json, "reason", json_string(reason_name(segment->reason)));
	}
	if (status->blank)
		json_object_set_new(json, "override", json_string(status->blank));
	if (state->override) {
		json_object_set_new(json, "override", json_string(state->override->id));
		json_object_set_new(json, "level", json_string(level_name(state->override->level)));
	}
	return json;
}

/* Whether foreign content would be found there, and what was. */
static json_t *read_back_json(const struct output_status *output)
{
	json_t *json = json_pack("{s:s, s:I}", "found", read_back_name(output->read_back), "intrusions",
		(json_int_t)output->intrusions);
	if (output->intrusions > 0) {
		json_object_set_new(json, "foreign", json_string(output->foreign));
		json_object_set_new(json, "seconds_ago",
			json_integer((clock_monotonic() - output->foreign_at) / NS_PER_SEC));
	}
	return json;
}

json_t *display_json(const struct engine *engine, const struct channel *channel)
{
	const struct display *display = channel_display(channel);
	struct channel_status status;
	channel_status(channel, &status);
	const struct output_status *output = &status.output;
	char digest[17];
	snprintf(digest, sizeof digest, "%016" PRIx64, output->last_digest);
	json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "name", display->name, "driver", display->driver,
		"health", health_name(output->health), "why", _(output->why));
	json_object_set_new(json, "device", output->device[0] ? json_string(output->device) : json_null());
	json_object_set_new(json, "read_back", read_back_json(output));
	if (display->control)
		json_object_set_new(json, "control",
			json_pack("{s:s, s:s, s:s, s:s, s:o}", "driver", display->control, "health",
				health_name(status.control.health), "why", _(status.control.why), "device",
				status.control.device, "read_back", read_back_json(&status.control)));
	json_object_set_new(json, "width", json_integer(display->width));
	json_object_set_new(json, "height", json_integer(display->height));
	json_object_set_new(json, "frames",
		json_pack("{s:I, s:I, s:I, s:I}", "composed", (json_int_t)output->composed, "handed",
			(json_int_t)output->handed, "shown", (json_int_t)output->shown, "dropped",
			(json_int_t)output->dropped));
	json_object_set_new(json, "late", json_integer((json_int_t)status.late + (json_int_t)output->late));
	json_object_set_new(json, "worst_lateness_ms", json_real((double)status.worst_lateness / NS_PER_MS));
	json_object_set_new(json, "sharing", json_integer(status.sharing));
	json_object_set_new(json, "reconnects", json_integer((json_int_t)output->reconnects));
	json_object_set_new(json, "retry_in_ms",
		output->retry_at == TIME_NEVER
			? json_null()
			: json_integer((output->retry_at - clock_monotonic()) / NS_PER_MS));
	json_object_set_new(json, "sequence", json_integer((json_int_t)output->last_sequence));
	json_object_set_new(json, "instant_ns", json_integer(output->last_instant));
	json_object_set_new(json, "digest", json_string(digest));
	json_t *brightness = json_pack("{s:f, s:s}", "percent", status.permille / 10.0, "by",
		status.by_sensor ? "sensor" : "schedule");
	if (status.has_sensor)
		json_object_update_new(brightness,
			json_pack("{s:f, s:s}", "lux", status.lux, "sensor_fault", status.sensor_fault));
	json_object_set_new(json, "brightness", brightness);
	json_object_set_new(json, "playing", playing_json(engine, &status));
	return json;
}

json_t *status_json(struct engine *engine)
{
	json_t *displays = json_array();
	for (size_t i = 0; i < engine->site->display_count; i++)
		json_array_append_new(displays, display_json(engine, engine->channels[i]));
	json_t *json = json_pack("{s:s, s:s, s:i, s:o, s:o}", "version", BANGTIN_VERSION, "site",
		engine->site->name, "pid", (int)getpid(), "started",
		engine->started.trusted ? instant_text(engine, engine->started.time) : json_null(), "clock",
		clock_json(engine));
	json_object_set_new(json, "generation",
		engine->generation.number ? generation_json(engine, &engine->generation) : json_null());
	json_object_set_new(
		json, "fault", engine->load_fault ? json_string(engine->load_fault) : json_null());
	json_object_set_new(json, "unsigned_loads", json_boolean(engine->site->unsigned_loads));
	json_t *templates = json_array();
	for (size_t i = 0; i < engine->templates.count; i++)
		json_array_append_new(templates, json_string(engine->templates.items[i].name));
	json_object_set_new(json, "templates", templates);
	json_object_set_new(json, "alarms", alarms_json(engine->alarms));
	json_object_set_new(json, "watchdog", guard_json(engine->guard));
	json_object_set_new(json, "displays", displays);
	json_object_set_new(json, "overrides", overrides_json(engine));
	json_object_set_new(json, "keep_fault",
		keep_error(engine) ? json_string(words_error(keep_error(engine))) : json_null());
	json_object_set_new(json, "zone", json_string(zone_name(engine->site->zone)));
	json_object_set_new(json, "record", recording_json(engine));
	return json;
}
