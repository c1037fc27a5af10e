/* The data directory: looked at every two seconds on the thread pool; what is new becomes a snapshot, and the snapshot a
 * change like any other. */
#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/private.h"
#include "store/data_files.h"

#define LOOK_EVERY (2 * NS_PER_SEC)

struct feed {
	struct engine *engine;
	struct loop_timer *timer;
	struct data *taken; /* the last snapshot that was handed on; the worker reads it */
	struct data *found; /* by the worker; NULL: nothing new */
	int error;
	bool failing;
};

static void look(void *data)
{
	struct feed *feed = data;
	feed->found = NULL;
	feed->error = data_read_directory(feed->engine->site->data_directory, feed->taken, &feed->found);
}

static void looked(void *data)
{
	struct feed *feed = data;
	bool failing = feed->error < 0;
	if (failing && !feed->failing)
		log_event(EVENT_DATA, "data directory %s: %s", feed->engine->site->data_directory,
			words_error(feed->error));
	feed->failing = failing;
	if (!failing && feed->found) {
		data_unref(feed->taken);
		feed->taken = feed->found;
		feed->found = NULL;
		change_data(feed->engine, data_ref(feed->taken));
	}
	loop_timer_set(feed->timer, feed->engine->stopping ? TIME_NEVER : clock_monotonic() + LOOK_EVERY);
}

static void tick(void *data)
{
	struct feed *feed = data;
	loop_work(feed->engine->loop, look, looked, feed);
}

struct feed *feed_create(struct engine *engine)
{
	if (!engine->site->data_directory)
		return NULL;
	struct feed *feed = xcalloc(1, sizeof *feed);
	feed->engine = engine;
	feed->taken = data_ref(engine->data);
	feed->timer = loop_timer_create(engine->loop, tick, feed);
	if (feed->timer)
		loop_timer_set(feed->timer, clock_monotonic());
	return feed;
}

void feed_destroy(struct feed *feed)
{
	if (!feed)
		return;
	if (feed->timer)
		loop_timer_destroy(feed->timer);
	data_unref(feed->taken);
	data_unref(feed->found);
	free(feed);
}
