/* The control server with peers that do not behave: garbage, too slow, too long, too many; nothing of it may stop the
 * loop or stay behind. */
#include <sys/resource.h>

#include "control_fixture.h"

static void garbage_is_dropped(void **state)
{
	static const char *const garbage[] = {"GET / HTTP/1.1\r\n", "{\n", "[]\n", "\"x\"\n",
		"{\"command\": 1}\n", "{}\n", "{\"command\":\"echo\",\"command\":\"load\"}\n",
		"{\"command\":\"echo\"} x\n", "{\"command\":\"\xff\"}\n", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
		"{\"command\":\"echo\",\"value\":\"\\u0000\"}\n", "\\\n", "{\"command\":\"\\"};
	struct fixture *f = *state;
	struct heard h;
	int fd;

	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		fd = connect_client(f);
		put(fd, garbage[i]);
		put(fd, "\n{\"command\":\"echo\"}\n");
		hear(f, fd, 2, &h);
		assert_true(h.closed);
		assert_int_equal(h.lines, 1);
		assert_non_null(strstr(h.text, "\"ok\":false"));
		assert_non_null(strstr(h.text, "\"code\":2"));
		close(fd);
	}
	fd = connect_client(f); /* a NUL byte */
	assert_int_equal(send(fd, "{\"command\":\"ec\0ho\"}\n", 20, 0), 20);
	hear(f, fd, 2, &h);
	assert_true(h.closed && h.lines == 1);
	close(fd);
	assert_int_equal(f->runs, 0);
	assert_int_equal(f->server->peer_count, 0);
	assert_loop_was_free(f);
}

/* Bytes keep coming, one now and then, but never a line: the whole line has the time limit, not a byte. */
static void slowloris(void **state)
{
	struct fixture *f = *state;
	int slow, silent, good, sent = 0;
	int64_t start = clock_monotonic();

	f->server->limits.send_time = 500 * NS_PER_MS;
	slow = connect_client(f);
	silent = connect_client(f);
	while (clock_monotonic() - start < 10 * NS_PER_SEC && send(slow, "{", 1, MSG_NOSIGNAL) == 1) {
		sent++;
		turn(f, 10 * NS_PER_MS);
	}
	assert_true(sent > 5);
	assert_true(clock_monotonic() - start < 10 * NS_PER_SEC); /* else it would go on for ever */
	assert_closed(f, silent);
	close(slow);
	turn(f, 5 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 0);
	good = connect_client(f);
	put(good, "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, good, "{\"value\":1,\"ok\":true}\n");
	close(good);
	assert_loop_was_free(f);
}

/* It asks and never reads: dropped after a while; meanwhile others are served. */
static void half_open(void **state)
{
	struct fixture *f = *state;
	int dead, good;

	f->server->limits.take_time = 500 * NS_PER_MS;
	dead = connect_client(f);
	put(dead, "{\"command\":\"big\",\"size\":8000000}\n");
	turn(f, 50 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 1);
	good = connect_client(f);
	put(good, "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, good, "{\"value\":1,\"ok\":true}\n");
	close(good);
	for (int i = 0; i < 1000 && f->server->peer_count > 0; i++)
		turn(f, 10 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 0);
	close(dead);
}

static void reply_too_long(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);

	f->server->limits.reply = 1000;
	put(fd, "{\"command\":\"big\",\"size\":2000}\n");
	assert_hears(f, fd, "{\"ok\":false,\"error\":\"the reply is too long\",\"code\":1}\n");
	assert_closed(f, fd);
}

static void line_of_24_MiB(void **state)
{
	static const char head[] = "{\"command\":\"load\",\"data\":\"";
	struct fixture *f = *state;
	size_t size = (24 << 20) - sizeof head - 2;
	int fd = connect_client(f);

	assert_true(put_line(f, fd, head, size, "\"}\n"));
	assert_hears(f, fd, "{\"ok\":true}\n");
	assert_int_equal(f->loaded, size);
	assert_int_equal(f->server->long_lines, 0);
	close(fd);
	assert_loop_was_free(f);
}

static void over_long_line(void **state)
{
	struct fixture *f = *state;
	struct heard h;
	int fd = connect_client(f);

	assert_false(put_line(f, fd, "{\"command\":\"load\",\"data\":\"", 30 << 20, "\"}\n"));
	hear(f, fd, 2, &h);
	assert_string_equal(h.text, "{\"ok\":false,\"error\":\"the line is too long\",\"code\":1}\n");
	assert_true(h.closed);
	close(fd);
	/* a long line is for loading only */
	fd = connect_client(f);
	assert_true(put_line(f, fd, "{\"command\":\"echo\",\"value\":\"", 200000, "\"}\n"));
	assert_hears(f, fd, "{\"ok\":false,\"error\":\"the line is too long for 'echo'\",\"code\":1}\n");
	assert_int_equal(f->runs, 0);
	close(fd);
	assert_int_equal(f->server->long_lines, 0);
}

/* 24 MiB of tiny values would become a gigabyte. */
static void costly_line(void **state)
{
	struct fixture *f = *state;
	size_t size = 4 << 20;
	char *line = xmalloc(size + 2);
	int fd = connect_client(f);

	for (size_t i = 0; i < size; i++)
		line[i] = "[],"[i % 3];
	line[0] = '[';
	line[size] = '\n';
	line[size + 1] = '\0';
	for (size_t sent = 0; sent < size + 1;) {
		ssize_t n = send(fd, line + sent, size + 1 - sent, MSG_NOSIGNAL);

		sent += n > 0 ? (size_t)n : 0;
		turn(f, NS_PER_MS / 10);
	}
	assert_hears(f, fd, "{\"ok\":false,\"error\":\"too many values\",\"code\":2}\n");
	assert_closed(f, fd);
	free(line);
}

static void two_loads_at_once_no_third(void **state)
{
	struct fixture *f = *state;
	struct heard h;
	int fd[3];

	for (int i = 0; i < 3; i++) {
		fd[i] = connect_client(f);
		put_line(f, fd[i], "{\"command\":\"load\",\"data\":\"", 150000, "");
		turn(f, 10 * NS_PER_MS);
	}
	hear(f, fd[2], 1, &h);
	assert_string_equal(
		h.text, "{\"ok\":false,\"error\":\"others are loading; try again later\",\"code\":3}\n");
	put(fd[0], "\"}\n");
	assert_hears(f, fd[0], "{\"ok\":true}\n");
	assert_int_equal(f->server->long_lines, 1);
	close(fd[1]); /* in the middle of its line */
	for (int i = 0; i < 1000 && f->server->long_lines > 0; i++)
		turn(f, 10 * NS_PER_MS);
	assert_int_equal(f->server->long_lines, 0);
	close(fd[0]);
	close(fd[2]);
}

/* The line is on the thread pool when its peer goes. */
static void peer_goes_while_parsing(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 10; i++) {
		int fd = connect_client(f);

		put_line(f, fd, "{\"command\":\"load\",\"data\":\"", 3000000, "\"}\n");
		if (i % 2 && f->server->peers)
			f->server->peers->lost = true;
		if (i % 2 && f->server->peers)
			peer_step(f->server->peers);
		close(fd);
	}
	for (int i = 0; i < 100 && f->server->peer_count + f->server->long_lines > 0; i++)
		turn(f, 100 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 0);
	assert_int_equal(f->server->long_lines, 0);
}

static void the_33rd_client(void **state)
{
	struct fixture *f = *state;
	int fd[33];
	struct heard h;

	for (int i = 0; i < 33; i++)
		fd[i] = connect_client(f);
	turn(f, 20 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 32);
	hear(f, fd[32], 2, &h);
	assert_string_equal(
		h.text, "{\"ok\":false,\"error\":\"too many clients; try again later\",\"code\":3}\n");
	assert_true(h.closed);
	put(fd[31], "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, fd[31], "{\"value\":1,\"ok\":true}\n");
	close(fd[0]);
	turn(f, 5 * NS_PER_MS);
	close(fd[32]);
	fd[32] = connect_client(f); /* a place is free again */
	put(fd[32], "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, fd[32], "{\"value\":1,\"ok\":true}\n");
	for (int i = 1; i < 33; i++)
		close(fd[i]);
}

static void out_of_descriptors(void **state)
{
	struct rlimit old, few = {.rlim_cur = 100, .rlim_max = 100};
	struct fixture *f = *state;
	int fds[100], count = 0, client, before;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	client = connect_client(f); /* waits in the queue: it is not accepted before the loop turns */
	while ((fds[count] = dup(client)) >= 0)
		count++;
	close(fds[--count]); /* for turn()'s timer */
	before = f->ticks;
	turn(f, 100 * NS_PER_MS);
	assert_true(f->server->paused_until != TIME_NEVER); /* and does not spin on accept */
	assert_true(f->ticks > before);
	while (count > 0)
		close(fds[--count]);
	setrlimit(RLIMIT_NOFILE, &old);
	put(client, "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, client, "{\"value\":1,\"ok\":true}\n");
	close(client);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(garbage_is_dropped),
		T(slowloris),
		T(half_open),
		T(reply_too_long),
		T(line_of_24_MiB),
		T(over_long_line),
		T(costly_line),
		T(two_loads_at_once_no_third),
		T(peer_goes_while_parsing),
		T(the_33rd_client),
		T(out_of_descriptors),
	};

	return cmocka_run_group_tests_name("control limits", tests, NULL, NULL);
}
