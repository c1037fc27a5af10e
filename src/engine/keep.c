/* Keeping overrides on disk. What an operator orders acts in memory at once; a disk that is full, read-only or hangs
 * holds up nothing: writing is tried again until it is done, and until then the status says so. */
#include <errno.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/private.h"

#define RETRY_EVERY  (5 * NS_PER_SEC)
#define RENEW_EVERY  NS_PER_MIN /* how long an announcement has still to go: what a power cut may add to it */
#define WAITING_MOST ((size_t)64 << 10)

struct lines {
	char *text;
	size_t size;
};

struct keeper {
	struct engine *engine;
	struct loop_timer *timer;
	uint64_t version, tried; /* of what is in memory; of the last attempt that came to its end */
	int error;		 /* of that attempt */
	bool busy, again;
	struct lines waiting; /* of the log */

	/* the attempt under way */
	uint64_t writing;
	struct override *overrides;
	size_t count;
	struct instant now;
	struct lines log;
	int result;
};

static void work(void *data)
{
	struct keeper *keeper = data;
	struct store *store = keeper->engine->store;
	int error = store_write_overrides(store, keeper->overrides, keeper->count, keeper->now);
	int log_error = store_log(store, keeper->log.text, keeper->log.size);
	if (!log_error)
		keeper->log.size = 0;
	keeper->result = error ? error : log_error;
}

static struct override *copy_all(const struct engine *engine, size_t *ret_count)
{
	size_t count = engine->blank_count + engine->override_count;
	struct override *list = xcalloc(count + 1, sizeof *list);
	for (size_t i = 0; i < engine->blank_count; i++)
		override_copy(&list[i], &engine->blanks[i]);
	for (size_t i = 0; i < engine->override_count; i++)
		override_copy(&list[engine->blank_count + i], &engine->overrides[i]);
	*ret_count = count;
	return list;
}

static void done(void *data);

static void try(struct keeper *keeper)
{
	if (keeper->busy) {
		keeper->again = true;
		return;
	}
	keeper->busy = true;
	keeper->again = false;
	keeper->writing = keeper->version;
	keeper->now = clock_now(&keeper->engine->clock);
	keeper->overrides = copy_all(keeper->engine, &keeper->count);
	keeper->log = keeper->waiting;
	keeper->waiting = (struct lines){NULL, 0};
	loop_work(keeper->engine->loop, work, done, keeper);
}

static void add(struct lines *to, const char *text, size_t size)
{
	to->text = xrealloc(to->text, to->size + size + 1, 1);
	memcpy(to->text + to->size, text, size);
	to->size += size;
}

/* What could not be written goes before what came since; where it gets too long its newest lines are what is kept. */
static void take_back(struct keeper *keeper)
{
	struct lines all = keeper->log;
	keeper->log = (struct lines){NULL, 0};
	add(&all, keeper->waiting.text ? keeper->waiting.text : "", keeper->waiting.size);
	free(keeper->waiting.text);
	while (all.size > WAITING_MOST) {
		const char *end = memchr(all.text, '\n', all.size);
		size_t first = end ? (size_t)(end + 1 - all.text) : all.size;
		memmove(all.text, all.text + first, all.size - first);
		all.size -= first;
	}
	keeper->waiting = all;
}

static bool one_runs(const struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	for (size_t i = 0; i < engine->override_count; i++)
		if (engine->overrides[i].end != TIME_NEVER && override_in_force(&engine->overrides[i], now))
			return true;
	return false;
}

static void done(void *data)
{
	struct keeper *keeper = data;
	if (keeper->result && !keeper->error)
		log_event(EVENT_STATE,
			"overrides cannot be written to the state directory: %s; they act, but a restart "
			"would lose them; it is tried again for as long as it takes",
			words_error(keeper->result));
	else if (!keeper->result && keeper->error)
		log_event(EVENT_STATE_AGAIN, "overrides are written to the state directory again");
	keeper->busy = false;
	keeper->error = keeper->result;
	keeper->tried = keeper->writing;
	overrides_free(keeper->overrides, keeper->count);
	take_back(keeper);
	if (keeper->again)
		try(keeper);
	else if (keeper->error)
		loop_timer_set(keeper->timer, clock_monotonic() + RETRY_EVERY);
	else if (one_runs(keeper->engine))
		loop_timer_set(keeper->timer, clock_monotonic() + RENEW_EVERY);
}

static void on_timer(void *data)
{
	try(data);
}

struct keeper *keeper_create(struct engine *engine)
{
	struct keeper *keeper = xcalloc(1, sizeof *keeper);
	keeper->engine = engine;
	keeper->timer = loop_timer_create(engine->loop, on_timer, keeper);
	return keeper;
}

bool keeper_busy(const struct keeper *keeper)
{
	return keeper->busy || keeper->again;
}

void keeper_destroy(struct keeper *keeper)
{
	if (!keeper)
		return;
	loop_timer_destroy(keeper->timer);
	free(keeper->waiting.text);
	free(keeper);
}

uint64_t keep_changed(struct engine *engine)
{
	engine->keeper->version++;
	try(engine->keeper);
	return engine->keeper->version;
}

void keep_line(struct engine *engine, json_t *entry)
{
	char *text = json_dumps(entry, JSON_COMPACT);
	if (text) {
		add(&engine->keeper->waiting, text, strlen(text));
		add(&engine->keeper->waiting, "\n", 1);
	}
	free(text);
	json_decref(entry);
	try(engine->keeper);
}

bool keep_was_tried(const struct engine *engine, uint64_t version)
{
	return engine->keeper->tried >= version;
}

int keep_error(const struct engine *engine)
{
	return engine->keeper->error;
}
