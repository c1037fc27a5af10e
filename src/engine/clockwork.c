/* The wall clock: when it was set, what was laid over the schedule goes on as long as it would have; the last time that
 * was believed is kept, so that a board without a clock battery does not show last year's notices; and what is written
 * down is never dated back. */
#include "base/alloc.h"
#include "base/log.h"
#include "engine/private.h"

#define TIME_SAVE_EVERY (10 * NS_PER_MIN)
#define STEP_LEAST                                                                                           \
	(10 * NS_PER_MS) /* two clocks are read one after the other, and the thread may wait in between */

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

static void on_step(void *data)
{
	struct engine *engine = data;
	struct instant from, to;
	if (!clock_was_set(engine, &engine->clock_seen, &from, &to))
		return;
	log_notice("the wall clock was set");
	if (engine->record)
		proof_clock_set(engine->record, &engine->clock);
	engine->clock_seen = clock_mark_now(engine);
	overrides_move(engine->overrides, engine->override_count, from, to);
	overrides_move(engine->blanks, engine->blank_count, from, to);
	for (size_t i = 0; i < engine->site->display_count; i++)
		channel_move(engine->channels[i], from, to);
	if (engine->override_count + engine->blank_count > 0)
		keep_changed(engine);
}

/* --- the last time that was believed */

static void time_work(void *data)
{
	struct engine *engine = data;
	int64_t now = clock_now(&engine->clock).time;
	store_write_time(engine->store, now);
}

static void time_done(void *data)
{
	struct engine *engine = data;
	engine->saving_time = false;
}

static void time_tick(void *data)
{
	struct engine *engine = data;
	loop_timer_set(engine->time_timer, clock_monotonic() + TIME_SAVE_EVERY);
	if (engine->clock.injected || !clock_now(&engine->clock).trusted || engine->saving_time)
		return;
	engine->saving_time = true;
	loop_work(engine->loop, time_work, time_done, engine);
}

/* --- what is written down */

int64_t engine_stamp(struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	int64_t stamp = now.trusted ? now.time : engine->clock.floor + now.time;
	if (stamp > engine->stamp)
		engine->stamp = stamp;
	return engine->stamp;
}

/* --- front door */

void clockwork_start(struct engine *engine)
{
	engine->clock_seen = clock_mark_now(engine);
	engine->time_timer = loop_timer_create(engine->loop, time_tick, engine);
	time_tick(engine);
	loop_on_clock_step(engine->loop, on_step, engine);
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
}
