/* The server on a real socket, in this thread's loop; clients are bare descriptors, so that they can misbehave. */
#ifndef TESTS_UNIT_CONTROL_FIXTURE_H
#define TESTS_UNIT_CONTROL_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "control/private.h"

struct fixture {
	char directory[32], path[64];
	struct loop *loop;
	struct site site;
	struct control_server *server;
	struct control_request *deferred;
	int runs, worked;
	size_t loaded;
	unsigned uid;
	struct loop_timer *tick;
	int64_t last_tick, longest_gap;
	int ticks;
};

static inline void run_echo(void *engine, struct control_request *request)
{
	struct fixture *f = engine;

	f->runs++;
	f->uid = control_peer(request)->uid;
	control_reply(
		request, json_pack("{s:O?}", "value", json_object_get(control_arguments(request), "value")));
}

static inline void run_refuse(void *engine, struct control_request *request)
{
	control_refuse(request, 1, "no: %s", "b\xffroken");
}

static inline void run_defer(void *engine, struct control_request *request)
{
	((struct fixture *)engine)->deferred = request;
}

static inline void run_load(void *engine, struct control_request *request)
{
	struct fixture *f = engine;

	f->loaded = json_string_length(json_object_get(control_arguments(request), "data"));
	control_reply(request, json_object());
}

static inline void run_big(void *engine, struct control_request *request)
{
	json_int_t size = json_integer_value(json_object_get(control_arguments(request), "size"));
	char *text = xmalloc((size_t)size);

	memset(text, 'x', (size_t)size);
	control_reply(request, json_pack("{s:s#}", "text", text, (int)size));
	free(text);
}

struct thread_work {
	struct fixture *f;
	struct control_request *request;
};

static inline void work(void *data)
{
	struct thread_work *w = data;

	w->f->worked++;
}

static inline void work_done(void *data)
{
	struct thread_work *w = data;

	control_reply(w->request, json_object());
	free(w);
}

static inline void run_work(void *engine, struct control_request *request)
{
	struct thread_work *w = xcalloc(1, sizeof *w);
	struct fixture *f = engine;

	w->f = f;
	w->request = request;
	loop_work(f->loop, work, work_done, w);
}

static const struct control_command commands[] = {
	{"echo", ROLE_VIEW, run_echo},
	{"refuse", ROLE_VIEW, run_refuse},
	{"defer", ROLE_VIEW, run_defer},
	{"big", ROLE_VIEW, run_big},
	{"work", ROLE_OPERATE, run_work},
	{"load", ROLE_LOAD, run_load},
	{NULL, 0, NULL},
};

/* A display's frame clock beside the server: what its peers do must not delay it. */
static inline void on_tick(void *data)
{
	struct fixture *f = data;
	int64_t now = clock_monotonic();

	if (f->last_tick && now - f->last_tick > f->longest_gap)
		f->longest_gap = now - f->last_tick;
	f->last_tick = now;
	f->ticks++;
	loop_timer_set(f->tick, now + 2 * NS_PER_MS);
}

static inline void assert_loop_was_free(struct fixture *f)
{
	assert_true(f->ticks > 0);
	if (f->longest_gap > 2 * NS_PER_SEC) /* a loaded machine is no fault; a blocking call is */
		fail_msg("the loop stood still for %lld ms", (long long)(f->longest_gap / NS_PER_MS));
}

static inline int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(f->directory, sizeof f->directory, "/tmp/test_control.XXXXXX");
	if (!mkdtemp(f->directory))
		return -1;
	snprintf(f->path, sizeof f->path, "%s/socket", f->directory);
	f->site.socket_path = f->path;
	f->site.socket_mode = 0660;
	f->loop = loop_create();
	f->tick = loop_timer_create(f->loop, on_tick, f);
	loop_timer_set(f->tick, 0);
	*state = f;
	return control_listen(f->loop, &f->site, commands, f, &f->server);
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	control_close(f->server);
	loop_timer_destroy(f->tick);
	loop_destroy(f->loop);
	file_remove_tree(f->directory);
	free(f);
	return 0;
}

static inline int connect_client(struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, f->path, strlen(f->path) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static inline void turn(struct fixture *f, int64_t time)
{
	bool never = false;

	loop_run_until(f->loop, &never, time);
}

static inline void put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Sends size bytes of a line, turning the loop meanwhile; false: the server would not have it. */
static inline bool put_line(struct fixture *f, int fd, const char *head, size_t size, const char *tail)
{
	char block[32768];

	memset(block, 'a', sizeof block);
	put(fd, head);
	for (size_t sent = 0; sent < size;) {
		size_t part = size - sent < sizeof block ? size - sent : sizeof block;
		ssize_t put_now = send(fd, block, part, MSG_NOSIGNAL);

		if (put_now < 0 && errno != EAGAIN)
			return false;
		sent += put_now > 0 ? (size_t)put_now : 0;
		turn(f, put_now > 0 ? 0 : NS_PER_MS / 10);
	}
	while (send(fd, tail, strlen(tail), MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN)
			return false;
		turn(f, NS_PER_MS / 10);
	}
	return true;
}

/* What the server has said until it is quiet: until the wanted number of lines, or the end of the connection. */
struct heard {
	char text[4096];
	size_t size;
	int lines;
	bool closed;
};

static inline void hear(struct fixture *f, int fd, int lines, struct heard *h)
{
	int64_t deadline = clock_monotonic() + 5 * NS_PER_SEC;

	*h = (struct heard){0};
	while (!h->closed && h->lines < lines && clock_monotonic() < deadline) {
		ssize_t got = read(fd, h->text + h->size, sizeof h->text - 1 - h->size);

		if (got > 0) {
			for (ssize_t i = 0; i < got; i++)
				h->lines += h->text[h->size + (size_t)i] == '\n';
			h->size += (size_t)got;
		}
		h->closed = got == 0 || (got < 0 && errno == ECONNRESET);
		turn(f, NS_PER_MS);
	}
}

static inline void assert_hears(struct fixture *f, int fd, const char *expected)
{
	struct heard h;

	hear(f, fd, 1, &h);
	assert_string_equal(h.text, expected);
}

static inline void assert_closed(struct fixture *f, int fd)
{
	struct heard h;

	hear(f, fd, 1, &h);
	assert_true(h.closed);
	assert_int_equal(h.size, 0);
	close(fd);
}

#endif
