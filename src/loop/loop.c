#include "loop/private.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/words.h"

#include <assert.h>

struct loop_signal {
	uv_signal_t uv;
	void (*fn)(void *data, int signal);
	void *data;
	struct loop_signal *next;
};

struct work {
	uv_work_t uv;
	struct loop *loop;
	void (*run)(void *data);
	void (*done)(void *data);
	void *data;
	enum language language; /* of whom it is for */
};

static void on_keep(uv_async_t *async)
{
}

struct loop *loop_create(void)
{
	struct loop *loop = xcalloc(1, sizeof *loop);

	if (uv_loop_init(&loop->uv) != 0)
		goto err_free;
	if (uv_async_init(&loop->uv, &loop->keep, on_keep) != 0)
		goto err_loop;
	return loop;

err_loop:
	uv_loop_close(&loop->uv);
err_free:
	free(loop);
	return NULL;
}

static void on_signal_closed(uv_handle_t *uv)
{
	free(uv->data);
}

void loop_destroy(struct loop *loop)
{
	int error;

	if (!loop)
		return;
	assert(!loop->running);
	clock_steps_close(loop);
	timers_close(loop);
	for (struct loop_signal *s = loop->signals, *next; s; s = next) {
		next = s->next;
		uv_close((uv_handle_t *)&s->uv, on_signal_closed);
	}
	uv_close((uv_handle_t *)&loop->keep, NULL);
	assert(loop->watches == 0);
	uv_run(&loop->uv,
		UV_RUN_DEFAULT); /* the callbacks of what is closing, those of our callers included */
	error = uv_loop_close(&loop->uv);
	assert(error == 0);
	(void)error;
	free(loop);
}

void loop_run(struct loop *loop)
{
	assert(!loop->running);
	loop->running = true;
	while (!loop->stop)
		uv_run(&loop->uv, UV_RUN_ONCE);
	loop->running = false;
	loop->stop = false;
}

static void on_timeout(void *data)
{
	*(bool *)data = true;
}

void loop_run_until(struct loop *loop, bool *flag, int64_t timeout)
{
	struct loop_timer *timer;
	bool timed_out = false;
	int64_t deadline;

	assert(!loop->running);
	if (__builtin_add_overflow(clock_monotonic(), timeout, &deadline))
		deadline = TIME_NEVER;
	timer = loop_timer_create(loop, on_timeout, &timed_out);
	if (timer)
		loop_timer_set(timer, deadline);
	loop->running = true;
	/* without a descriptor for the timer nothing may be waited for: only what is ready now is served */
	while (!loop->stop && !*flag && !timed_out) {
		uv_run(&loop->uv, timer ? UV_RUN_ONCE : UV_RUN_NOWAIT);
		timed_out |= !timer;
	}
	loop->running = false;
	loop->stop = false;
	loop_timer_destroy(timer);
}

void loop_stop(struct loop *loop)
{
	loop->stop = true;
}

struct uv_loop_s *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

static void on_work(uv_work_t *uv)
{
	struct work *work = uv->data;

	enum language before = words_speak(work->language);

	work->run(work->data);
	words_speak(before);
}

static void on_work_done(uv_work_t *uv, int status)
{
	struct work *work = uv->data;
	enum language before = words_speak(work->language);

	work->loop->works--;
	if (work->done)
		work->done(work->data);
	words_speak(before);
	free(work);
}

void loop_work(struct loop *loop, void (*run_fn)(void *data), void (*done)(void *data), void *data)
{
	struct work *work = xcalloc(1, sizeof *work);
	int error;

	work->uv.data = work;
	work->loop = loop;
	work->run = run_fn;
	work->done = done;
	work->data = data;
	work->language = words_spoken();
	error = uv_queue_work(&loop->uv, &work->uv, on_work, on_work_done);
	assert(error == 0); /* it fails for a missing function only */
	(void)error;
	loop->works++;
}

bool loop_works(const struct loop *loop)
{
	return loop->works > 0;
}

static void on_signal(uv_signal_t *uv, int number)
{
	struct loop_signal *s = uv->data;

	s->fn(s->data, number);
}

int loop_on_signal(struct loop *loop, int number, void (*fn)(void *data, int signal), void *data)
{
	struct loop_signal *s = xcalloc(1, sizeof *s);
	int error = uv_signal_init(&loop->uv, &s->uv);

	if (error) {
		free(s);
		return error;
	}
	s->uv.data = s;
	s->fn = fn;
	s->data = data;
	s->next = loop->signals;
	loop->signals = s;
	return uv_signal_start(&s->uv, on_signal, number);
}
