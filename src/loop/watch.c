#include "loop/private.h"

#include "base/alloc.h"

#include <assert.h>

struct loop_watch {
	uv_poll_t uv;
	struct loop *loop;
	int fd;
	unsigned events;
	void (*fn)(void *data, int fd, unsigned events);
	void *data;
	bool *destroyed; /* of the dispatch that is going on */
};

static void apply(struct loop_watch *watch);

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct loop_watch *watch = uv->data;
	unsigned seen = 0;
	bool destroyed = false;

	if (status < 0)
		seen = watch->events; /* libuv has stopped polling it */
	else
		seen = (events & UV_READABLE ? LOOP_READABLE : 0) |
		       (events & UV_WRITABLE ? LOOP_WRITABLE : 0);
	if (!seen)
		return;
	watch->destroyed = &destroyed;
	watch->fn(watch->data, watch->fd, seen);
	if (destroyed)
		return;
	watch->destroyed = NULL;
	if (status < 0)
		apply(watch);
}

static void apply(struct loop_watch *watch)
{
	int events = (watch->events & LOOP_READABLE ? UV_READABLE : 0) |
		     (watch->events & LOOP_WRITABLE ? UV_WRITABLE : 0);
	int error = events ? uv_poll_start(&watch->uv, events, on_poll) : uv_poll_stop(&watch->uv);

	assert(error == 0);
	(void)error;
}

struct loop_watch *loop_watch_create(struct loop *loop, int fd, unsigned events,
	void (*fn)(void *data, int fd, unsigned events), void *data)
{
	struct loop_watch *watch = xcalloc(1, sizeof *watch);

	if (uv_poll_init(&loop->uv, &watch->uv, fd) != 0) {
		free(watch);
		return NULL;
	}
	watch->uv.data = watch;
	watch->loop = loop;
	watch->fd = fd;
	watch->events = events;
	watch->fn = fn;
	watch->data = data;
	loop->watches++;
	apply(watch);
	return watch;
}

void loop_watch_change(struct loop_watch *watch, unsigned events)
{
	if (watch->events == events)
		return;
	watch->events = events;
	apply(watch);
}

static void on_closed(uv_handle_t *uv)
{
	free(uv->data);
}

void loop_watch_destroy(struct loop_watch *watch)
{
	if (!watch)
		return;
	if (watch->destroyed)
		*watch->destroyed = true;
	watch->loop->watches--;
	/* the memory goes in the loop's next round, when nothing of this one's dispatch can reach it */
	uv_close((uv_handle_t *)&watch->uv, on_closed);
}
