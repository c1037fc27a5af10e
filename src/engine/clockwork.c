/* The wall clock: whether it is believed; when it was set, what was laid over the schedule goes on as long as it would
 * have; and what is written down is never dated back.
 *
 * Not believed is a clock that shows less than the last time known (a board without a battery starts in 1970, or where
 * it was switched off), less than the build date, or, where the configuration asks for it, one that NTP has not set yet.
 * It is believed again when it has caught up, when the kernel says that NTP keeps it, or when an operator says so. */
#include <errno.h>
#include <sys/timex.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/private.h"

#define TIME_SAVE_EVERY (10 * NS_PER_MIN)
#define DOUBT_EVERY	NS_PER_SEC	 /* how often a clock that is not believed is looked at */
#define SLACK		(5 * NS_PER_MIN) /* a clock may be corrected by so much: that is no loss of the time */
#define STEP_LEAST                                                                                           \
	(10 * NS_PER_MS) /* two clocks are read one after the other, and the thread may wait in between */

/* --- what is written down */

int64_t engine_stamp(struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	int64_t monotonic = clock_monotonic();
	/* while the clock is not believed, time goes on from the last that was given */
	int64_t stamp = now.trusted ? now.time : engine->stamp + (monotonic - engine->stamped_at);
	if (stamp > engine->stamp)
		engine->stamp = stamp;
	engine->stamped_at = monotonic;
	return engine->stamp;
}

/* --- the last time that was believed */

static void time_work(void *data)
{
	struct engine *engine = data;
	store_write_time(engine->store, engine->last_known);
}

static void time_done(void *data)
{
	struct engine *engine = data;
	engine->saving_time = false;
}

/* From here on a clock that shows less is known to be wrong. */
static void save_time(struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	if (engine->clock.injected || !now.trusted || engine->saving_time)
		return;
	engine->last_known = now.time;
	engine->clock.floor = now.time - SLACK > engine->build_date ? now.time - SLACK : engine->build_date;
	engine->saving_time = true;
	loop_work(engine->loop, time_work, time_done, engine);
}

static void time_tick(void *data)
{
	struct engine *engine = data;
	loop_timer_set(engine->time_timer, clock_monotonic() + TIME_SAVE_EVERY);
	save_time(engine);
}

/* --- whether it is believed */

bool clock_is_kept(void)
{
	struct timex kernel = {.modes = 0};
	return adjtimex(&kernel) != -1 && !(kernel.status & STA_UNSYNC);
}

/* What NTP has set is right, whatever was believed before: that may have been the wrong one. */
static void ask_ntp(struct engine *engine)
{
	if (engine->site->clock == CLOCK_OWN || !clock_is_kept())
		return;
	engine->clock.doubted = false;
	if (!clock_now(&engine->clock).trusted)
		engine->clock.floor = engine->build_date;
}

/* --- steps */

struct clock_mark clock_mark_now(const struct engine *engine)
{
	struct instant shown = clock_now(&engine->clock);
	return (struct clock_mark){shown, clock_monotonic()};
}

bool clock_was_set(const struct engine *engine, const struct clock_mark *since, struct instant *ret_from,
	struct instant *ret_to)
{
	struct clock_mark now = clock_mark_now(engine);
	int64_t expected = since->shown.time + (now.monotonic - since->monotonic);
	int64_t by = now.shown.time - expected;
	if (engine->clock.injected)
		return false;
	*ret_from = (struct instant){expected, since->shown.trusted};
	*ret_to = now.shown;
	return since->shown.trusted != now.shown.trusted || by > STEP_LEAST || by < -STEP_LEAST;
}

static void tell(const struct instant *from, const struct instant *to)
{
	char by[32];
	int64_t difference = to->time - from->time;
	time_format_duration(difference < 0 ? -difference : difference, by, sizeof by);
	if (!to->trusted && from->trusted)
		log_event(EVENT_CLOCK_DOUBTED,
			"the wall clock was set back before the last time known; it is not believed, and the "
			"default messages show");
	else if (to->trusted && !from->trusted)
		log_event(EVENT_CLOCK_SET, "the wall clock is believed");
	else if (to->trusted && difference > 0)
		log_event(EVENT_CLOCK_SET, "the wall clock was set forward by %s", by);
	else if (to->trusted)
		log_event(EVENT_CLOCK_SET, "the wall clock was set back by %s", by);
}

/* A step, or a look at a clock that is not believed: what that changes acts at once. */
static void look(struct engine *engine)
{
	struct instant from, to;
	if (engine->clock.injected || engine->stopping)
		return;
	ask_ntp(engine);
	if (clock_was_set(engine, &engine->clock_seen, &from, &to)) {
		tell(&from, &to);
		engine->clock_seen = clock_mark_now(engine);
		engine->clock_steps++;
		if (engine->record)
			proof_clock_set(engine->record, &engine->clock);
		overrides_move(engine->overrides, engine->override_count, from, to);
		overrides_move(engine->blanks, engine->blank_count, from, to);
		for (size_t i = 0; i < engine->site->display_count; i++)
			channel_move(engine->channels[i], from, to);
		if (engine->override_count + engine->blank_count > 0)
			keep_changed(engine);
		if (to.trusted && !from.trusted)
			save_time(engine);
	}
	loop_timer_set(engine->doubt_timer,
		clock_now(&engine->clock).trusted ? TIME_NEVER : clock_monotonic() + DOUBT_EVERY);
}

static void on_look(void *data)
{
	look(data);
}

int clock_believe(struct engine *engine)
{
	struct instant now;
	engine->clock.doubted = false;
	engine->clock.floor = engine->clock.injected ? TIME_ALWAYS : engine->build_date;
	now = clock_now(&engine->clock);
	look(engine);
	save_time(engine);
	return now.trusted ? 0 : -ERANGE;
}

json_t *clock_json(const struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	json_t *json = json_pack("{s:b, s:s, s:I, s:b, s:I}", "trusted", now.trusted, "source",
		engine->clock.injected ? "injected" : "system", "now_ns", (json_int_t)now.time,
		"synchronised", clock_is_kept(), "steps", (json_int_t)engine->clock_steps);
	json_object_set_new(json, "last_known",
		engine->last_known > 0 ? instant_text(engine, engine->last_known) : json_null());
	if (now.trusted)
		json_object_set_new(json, "time", instant_text(engine, now.time));
	else
		json_object_set_new(json, "why",
			json_string(
				engine->clock.doubted
					? _("NTP has not set the system clock yet; the default messages show "
					    "until it has, or until somebody says `bangtin clock --believe`")
					: _("the system clock is before the last time that was believed; the "
					    "default messages show until it is right, or until somebody says "
					    "`bangtin clock --believe`")));
	return json;
}

/* --- front door */

/* The newest entry of the log: no later one is dated before it, whatever became of the file `time`. */
static int64_t newest_entry(struct engine *engine)
{
	char *text;
	int64_t newest = 0;
	if (store_read_log(engine->store, &text) < 0)
		return 0;
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		json_t *entry = *line ? json_loads(line, 0, NULL) : NULL;
		int64_t time = json_integer_value(json_object_get(entry, "time"));
		newest = time > newest ? time : newest;
		json_decref(entry);
	}
	free(text);
	return newest;
}

void clockwork_init(struct engine *engine, int64_t build_date)
{
	engine->build_date = build_date;
	engine->last_known = store_read_time(engine->store);
	clock_init(&engine->clock,
		engine->last_known - SLACK > build_date ? engine->last_known - SLACK : build_date);
	engine->stamp = newest_entry(engine);
	if (engine->last_known > engine->stamp)
		engine->stamp = engine->last_known;
	engine->stamped_at = clock_monotonic();
	engine->clock.doubted = engine->site->clock == CLOCK_SYNCHRONISED;
	ask_ntp(engine);
}

void clockwork_start(struct engine *engine)
{
	engine->clock_seen = clock_mark_now(engine);
	engine->time_timer = loop_timer_create(engine->loop, time_tick, engine);
	engine->doubt_timer = loop_timer_create(engine->loop, on_look, engine);
	time_tick(engine);
	look(engine);
	loop_on_clock_step(engine->loop, on_look, engine);
}

void clockwork_stop(struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	if (!engine->clock.injected && now.trusted)
		store_write_time(engine->store, now.time);
}

void clockwork_destroy(struct engine *engine)
{
	loop_timer_destroy(engine->time_timer);
	loop_timer_destroy(engine->doubt_timer);
}
