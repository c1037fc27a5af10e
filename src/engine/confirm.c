/* Waiting until the displays have shown what an operator ordered: the reply to the order says which did, and the log
 * says it also of those that come later, as when a board is plugged in again. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "engine/private.h"

#define LOOK_EVERY (20 * NS_PER_MS) /* while somebody waits */
#define LOOK_LATER (2 * NS_PER_SEC) /* for the log only */

struct confirmation {
	struct confirmation *next;
	struct control_request *request; /* NULL: answered, or nobody asked */
	char id[24];			 /* "": something was taken back */
	size_t edited;
	uint64_t version; /* of what is to be kept */
	int64_t deadline; /* monotonic */
	bool *concerns;	  /* a display each */
	bool *logged;
};

const struct override *engine_override_at(const struct engine *engine, const struct display *display)
{
	struct instant now = clock_now(&engine->clock);
	for (size_t i = 0; i < engine->blank_count; i++)
		if (override_names(&engine->blanks[i], display))
			return &engine->blanks[i];
	return override_at(engine->overrides, engine->override_count, display, now);
}

const struct override *engine_find_override(const struct engine *engine, const char *id)
{
	for (size_t i = 0; i < engine->blank_count; i++)
		if (strcmp(engine->blanks[i].id, id) == 0)
			return &engine->blanks[i];
	for (size_t i = 0; i < engine->override_count; i++)
		if (strcmp(engine->overrides[i].id, id) == 0)
			return &engine->overrides[i];
	return NULL;
}

/* --- one display */

enum showing { CONFIRMED, WAITING, COVERED, LATER };

static enum showing judge(const struct engine *engine, size_t i, const char *id)
{
	const struct display *display = &engine->site->displays[i];
	if (*id) {
		const struct override *top = engine_override_at(engine, display);
		const struct override *own = engine_find_override(engine, id);
		if (!own || (!own->uptime && own->kind == OVERRIDE_ANNOUNCE &&
				    own->start > clock_now(&engine->clock).time))
			return LATER;
		if (!top || strcmp(top->id, id) != 0)
			return COVERED;
	}
	return channel_has_shown(engine->channels[i]) ? CONFIRMED : WAITING;
}

static char *why_not(const struct engine *engine, size_t i)
{
	struct channel_status status;
	channel_status(engine->channels[i], &status);
	if (status.pattern)
		return xstrdup(_("it is lent to a test pattern"));
	if (*status.output.why)
		return xasprintf("%s: %s", health_name(status.output.health), status.output.why);
	return xasprintf(_("%s: it has not shown it yet"), health_name(status.output.health));
}

json_t *confirmation_json(const struct engine *engine, size_t i, const char *id)
{
	json_t *json = json_pack("{s:s}", "display", engine->site->displays[i].name);
	switch (judge(engine, i, id)) {
	case CONFIRMED:
		json_object_set_new(json, "confirmed", json_true());
		json_object_set_new(json, "by",
			json_string(
				output_confirms(channel_output(engine->channels[i])) ? "device" : "line"));
		return json;
	case COVERED:
		json_object_set_new(json, "covered_by",
			json_string(engine_override_at(engine, &engine->site->displays[i])
					    ? engine_override_at(engine, &engine->site->displays[i])->id
					    : ""));
		break;
	case LATER:
		json_object_set_new(json, "later", json_true());
		break;
	case WAITING: {
		char *why = why_not(engine, i);
		json_object_set_new(json, "why", json_string(why));
		free(why);
		break;
	}
	}
	json_object_set_new(json, "confirmed", json_false());
	return json;
}

/* --- the log */

static void log_verdicts(
	struct engine *engine, struct confirmation *c, enum showing wanted, const char *event)
{
	json_t *names = json_array();
	for (size_t i = 0; i < engine->site->display_count; i++) {
		if (!c->concerns[i] || c->logged[i] || judge(engine, i, c->id) != wanted)
			continue;
		c->logged[i] = wanted == CONFIRMED;
		json_array_append_new(names, json_string(engine->site->displays[i].name));
	}
	if (json_array_size(names) == 0)
		json_decref(names);
	else
		keep_line(engine,
			json_pack("{s:I, s:b, s:s, s:s, s:o}", "time", (json_int_t)engine_stamp(engine),
				"trusted", clock_now(&engine->clock).trusted, "event", event, "id", c->id,
				"on", names));
}

/* --- all that wait */

static bool is_waiting(const struct engine *engine, const struct confirmation *c)
{
	for (size_t i = 0; i < engine->site->display_count; i++)
		if (c->concerns[i] && judge(engine, i, c->id) == WAITING)
			return true;
	return false;
}

static void reply(struct engine *engine, struct confirmation *c)
{
	enum language before = control_speak(c->request);
	json_t *list = overrides_json(engine), *displays = json_array();
	for (size_t i = 0; i < engine->site->display_count; i++)
		if (c->concerns[i])
			json_array_append_new(displays, confirmation_json(engine, i, c->id));
	bool tried = keep_was_tried(engine, c->version);
	json_t *json = json_pack("{s:I, s:o, s:o, s:b}", "changed", (json_int_t)c->edited, "overrides", list,
		"displays", displays, "kept", tried && keep_error(engine) == 0);
	if (*c->id)
		json_object_set_new(json, "id", json_string(c->id));
	if (!tried || keep_error(engine))
		json_object_set_new(json, "keep_fault",
			json_string(tried ? words_error(keep_error(engine)) : _("the disk does not answer")));
	control_reply(c->request, json);
	words_speak(before);
	c->request = NULL;
	if (*c->id)
		log_verdicts(engine, c, WAITING, "unconfirmed");
}

static void destroy(struct confirmation *c)
{
	free(c->concerns);
	free(c->logged);
	free(c);
}

/* True: nothing more is to be known of it. */
static bool step(struct engine *engine, struct confirmation *c)
{
	bool waiting = is_waiting(engine, c);
	if (c->request && ((!waiting && keep_was_tried(engine, c->version)) ||
				  clock_monotonic() >= c->deadline || engine->stopping))
		reply(engine, c);
	if (!*c->id)
		return !c->request;
	log_verdicts(engine, c, CONFIRMED, "confirmed");
	const struct override *own = engine_find_override(engine, c->id);
	if (!own || (own->end != TIME_NEVER && own->end <= clock_now(&engine->clock).time))
		return !c->request;
	for (size_t i = 0; i < engine->site->display_count; i++)
		if (c->concerns[i] && !c->logged[i])
			return false;
	return !c->request;
}

void confirm_look(void *data)
{
	struct engine *engine = data;
	bool asked = false;
	for (struct confirmation **at = &engine->confirmations; *at;) {
		struct confirmation *c = *at;
		if (step(engine, c)) {
			*at = c->next;
			destroy(c);
		} else {
			asked |= c->request != NULL;
			at = &c->next;
		}
	}
	if (engine->confirmations)
		loop_timer_set(engine->confirm_timer, clock_monotonic() + (asked ? LOOK_EVERY : LOOK_LATER));
}

void confirm_begin(struct engine *engine, const struct confirm_order *order)
{
	struct confirmation *c = xcalloc(1, sizeof *c);
	size_t count = engine->site->display_count;
	c->request = order->request;
	snprintf(c->id, sizeof c->id, "%s", order->id ? order->id : "");
	c->edited = order->edited;
	c->version = order->version;
	c->deadline = clock_monotonic() + order->wait;
	c->logged = xcalloc(count + 1, sizeof *c->logged);
	c->concerns = xmemdup(order->concerns, (count + 1) * sizeof *c->concerns);
	c->next = engine->confirmations;
	engine->confirmations = c;
	confirm_look(engine);
}

bool confirm_asked(const struct engine *engine)
{
	for (const struct confirmation *c = engine->confirmations; c; c = c->next)
		if (c->request)
			return true;
	return false;
}

void confirm_destroy(struct engine *engine)
{
	for (struct confirmation *c = engine->confirmations, *next; c; c = next) {
		next = c->next;
		destroy(c);
	}
	engine->confirmations = NULL;
}
