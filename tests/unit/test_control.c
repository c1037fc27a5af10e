/* The server on a real socket, in this thread's loop; clients are bare descriptors, so that they can misbehave. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
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

static void run_echo(void *engine, struct control_request *request)
{
	struct fixture *f = engine;

	f->runs++;
	f->uid = control_peer(request)->uid;
	control_reply(
		request, json_pack("{s:O?}", "value", json_object_get(control_arguments(request), "value")));
}

static void run_refuse(void *engine, struct control_request *request)
{
	control_refuse(request, 1, "no: %s", "b\xffroken");
}

static void run_defer(void *engine, struct control_request *request)
{
	((struct fixture *)engine)->deferred = request;
}

static void run_load(void *engine, struct control_request *request)
{
	struct fixture *f = engine;

	f->loaded = json_string_length(json_object_get(control_arguments(request), "data"));
	control_reply(request, json_object());
}

static void run_big(void *engine, struct control_request *request)
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

static void work(void *data)
{
	struct thread_work *w = data;

	w->f->worked++;
}

static void work_done(void *data)
{
	struct thread_work *w = data;

	control_reply(w->request, json_object());
	free(w);
}

static void run_work(void *engine, struct control_request *request)
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
static void on_tick(void *data)
{
	struct fixture *f = data;
	int64_t now = clock_monotonic();

	if (f->last_tick && now - f->last_tick > f->longest_gap)
		f->longest_gap = now - f->last_tick;
	f->last_tick = now;
	f->ticks++;
	loop_timer_set(f->tick, now + 2 * NS_PER_MS);
}

static void assert_loop_was_free(struct fixture *f)
{
	assert_true(f->ticks > 0);
	if (f->longest_gap > 2 * NS_PER_SEC) /* a loaded machine is no fault; a blocking call is */
		fail_msg("the loop stood still for %lld ms", (long long)(f->longest_gap / NS_PER_MS));
}

static int setup(void **state)
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

static int teardown(void **state)
{
	struct fixture *f = *state;

	control_close(f->server);
	loop_timer_destroy(f->tick);
	loop_destroy(f->loop);
	file_remove_tree(f->directory);
	free(f);
	return 0;
}

static int connect_client(struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, f->path, strlen(f->path) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void turn(struct fixture *f, int64_t time)
{
	bool never = false;

	loop_run_until(f->loop, &never, time);
}

static void put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* What the server has said until it is quiet: until the wanted number of lines, or the end of the connection. */
struct heard {
	char text[4096];
	size_t size;
	int lines;
	bool closed;
};

static void hear(struct fixture *f, int fd, int lines, struct heard *h)
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

static void assert_hears(struct fixture *f, int fd, const char *expected)
{
	struct heard h;

	hear(f, fd, 1, &h);
	assert_string_equal(h.text, expected);
}

static void assert_closed(struct fixture *f, int fd)
{
	struct heard h;

	hear(f, fd, 1, &h);
	assert_true(h.closed);
	assert_int_equal(h.size, 0);
	close(fd);
}

static void requests_and_replies(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);

	put(fd, "{\"command\": \"echo\", \"value\": [1, \"ế\"]}\n");
	assert_hears(f, fd, "{\"value\":[1,\"ế\"],\"ok\":true}\n");
	assert_int_equal(f->uid, getuid());
	put(fd, "\r\n  \n{\"command\": \"refuse\"}\r\n");
	assert_hears(f, fd, "{\"ok\":false,\"error\":\"no: b\",\"code\":1}\n");
	put(fd, "{\"command\": \"ecko\"}\n");
	assert_hears(f, fd,
		"{\"ok\":false,\"error\":\"unknown command 'ecko'; did you mean 'echo'?\",\"code\":2}\n");
	put(fd, "{\"command\": \"work\"}\n");
	assert_hears(f, fd, "{\"ok\":true}\n");
	assert_int_equal(f->worked, 1);
	close(fd);
}

static void bytes_in_any_pieces(void **state)
{
	static const char two[] = "{\"command\":\"echo\",\"value\":1}\n{\"command\":\"echo\",\"value\":2}\n";
	struct fixture *f = *state;
	int fd = connect_client(f);
	struct heard h;

	for (size_t i = 0; i < sizeof two - 1; i++) {
		assert_int_equal(send(fd, two + i, 1, MSG_NOSIGNAL), 1);
		turn(f, NS_PER_MS / 10);
	}
	hear(f, fd, 2, &h);
	assert_string_equal(h.text, "{\"value\":1,\"ok\":true}\n{\"value\":2,\"ok\":true}\n");
	put(fd, two); /* both at once: answered one after the other */
	hear(f, fd, 2, &h);
	assert_string_equal(h.text, "{\"value\":1,\"ok\":true}\n{\"value\":2,\"ok\":true}\n");
	close(fd);
}

/* printf … | socat - UNIX-CONNECT: sends its line, perhaps without a newline, then the end, then waits. */
static void end_of_input_ends_a_line(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	struct heard h;

	put(fd, "{\"command\":\"echo\",\"value\":1}\n{\"command\":\"echo\",\"value\":2}");
	shutdown(fd, SHUT_WR);
	hear(f, fd, 3, &h);
	assert_string_equal(h.text, "{\"value\":1,\"ok\":true}\n{\"value\":2,\"ok\":true}\n");
	assert_true(h.closed);
	close(fd);
	assert_int_equal(f->server->peer_count, 0);
}

/* As a person types it: a program that knows nothing of us. */
static void plain_socat(void **state)
{
	struct fixture *f = *state;
	char *command = xasprintf(
		"printf '{\"command\": \"work\"}' | timeout 20 socat -t 10 - UNIX-CONNECT:%s", f->path);
	int pipe_ends[2];
	struct heard h;
	pid_t pid;

	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(pipe_ends[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(pipe_ends[1]);
	assert_int_equal(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
	hear(f, pipe_ends[0], 2, &h);
	assert_string_equal(h.text, "{\"ok\":true}\n");
	assert_true(h.closed);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(pipe_ends[0]);
	free(command);
}

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

static void deferred_reply(void **state)
{
	struct fixture *f = *state;
	int fd = connect_client(f);
	struct heard h;

	put(fd, "{\"command\":\"defer\"}\n{\"command\":\"echo\",\"value\":2}\n");
	turn(f, 20 * NS_PER_MS);
	assert_non_null(f->deferred);
	assert_int_equal(f->runs, 0); /* one at a time: the second waits */
	control_reply(f->deferred, json_pack("{s:i}", "late", 1));
	hear(f, fd, 2, &h);
	assert_string_equal(h.text, "{\"late\":1,\"ok\":true}\n{\"value\":2,\"ok\":true}\n");
	/* the peer goes before its reply comes */
	put(fd, "{\"command\":\"defer\"}\n");
	turn(f, 20 * NS_PER_MS);
	close(fd);
	turn(f, 5 * NS_PER_MS);
	control_reply(f->deferred, json_object());
	turn(f, 5 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 0);
	/* the server goes before */
	fd = connect_client(f);
	put(fd, "{\"command\":\"defer\"}\n");
	turn(f, 20 * NS_PER_MS);
	control_close(f->server);
	f->server = NULL;
	control_refuse(f->deferred, 3, "ending");
	assert_closed(f, fd);
}

/* Bytes keep coming, one now and then, but never a line: the whole line has the time limit, not a byte. */
static void slowloris(void **state)
{
	struct fixture *f = *state;
	int slow, silent, good, sent = 0;
	int64_t start = clock_monotonic();

	f->server->limits.send_time = 200 * NS_PER_MS;
	slow = connect_client(f);
	silent = connect_client(f);
	while (clock_monotonic() - start < NS_PER_SEC && send(slow, "{", 1, MSG_NOSIGNAL) == 1) {
		sent++;
		turn(f, 10 * NS_PER_MS);
	}
	assert_true(sent > 5);
	assert_true(clock_monotonic() - start < NS_PER_SEC);
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

	f->server->limits.take_time = 200 * NS_PER_MS;
	dead = connect_client(f);
	put(dead, "{\"command\":\"big\",\"size\":8000000}\n");
	turn(f, 50 * NS_PER_MS);
	assert_int_equal(f->server->peer_count, 1);
	good = connect_client(f);
	put(good, "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, good, "{\"value\":1,\"ok\":true}\n");
	close(good);
	turn(f, 300 * NS_PER_MS);
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

/* Sends size bytes of a line, turning the loop meanwhile; false: the server would not have it. */
static bool put_line(struct fixture *f, int fd, const char *head, size_t size, const char *tail)
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

/* Another uid needs a grant; only root can become one here. */
static void roles(void **state)
{
	struct fixture *f = *state;
	struct role_grant grant = {.uid = 65534, .roles = ROLE_VIEW};
	struct heard h;
	int fd;

	fd = connect_client(f);
	turn(f, 5 * NS_PER_MS);
	assert_int_equal(f->server->peers->roles, ROLE_VIEW | ROLE_LOAD | ROLE_OPERATE);
	f->server->peers->roles = 0; /* as of a uid that no grant names */
	put(fd, "{\"command\":\"echo\"}\n");
	hear(f, fd, 1, &h);
	assert_non_null(strstr(h.text, "may not echo: it takes the role 'view'"));
	f->server->peers->roles = ROLE_VIEW;
	put(fd, "{\"command\":\"load\",\"data\":\"\"}\n");
	hear(f, fd, 1, &h);
	assert_non_null(strstr(h.text, "may not load: it takes the role 'load'"));
	assert_non_null(strstr(h.text, "\"code\":1"));
	put(fd, "{\"command\":\"echo\",\"value\":1}\n");
	assert_hears(f, fd, "{\"value\":1,\"ok\":true}\n");
	assert_false(
		put_line(f, fd, "{\"command\":\"load\",\"data\":\"", 1 << 20, "\"}\n")); /* not even read */
	close(fd);
	if (getuid() != 0)
		return;
	f->site.grants = &grant;
	f->site.grant_count = 1;
	assert_int_equal(chmod(f->directory, 0755), 0);
	assert_int_equal(chmod(f->path, 0666), 0);
	assert_int_equal(seteuid(65534), 0);
	fd = connect_client(f);
	assert_int_equal(seteuid(0), 0);
	turn(f, 5 * NS_PER_MS);
	assert_int_equal(f->server->peers->who.uid, 65534);
	assert_string_equal(f->server->peers->who.user, "nobody");
	assert_int_equal(f->server->peers->roles, ROLE_VIEW);
	put(fd, "{\"command\":\"work\"}\n");
	hear(f, fd, 1, &h);
	assert_non_null(strstr(h.text, "nobody may not work: it takes the role 'operate'"));
	assert_int_equal(f->worked, 0);
	close(fd);
}

static void socket_file(void **state)
{
	struct fixture *f = *state;
	struct control_server *second = NULL;
	struct group *group = getgrnam("nogroup");
	struct stat status;
	char *other = path_join(f->directory, "other");

	assert_int_equal(stat(f->path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0660);
	assert_int_equal(control_listen(f->loop, &f->site, commands, f, &second), -EADDRINUSE);
	assert_null(second);
	/* a stale one: its daemon was killed */
	f->server->inode = 0;
	control_close(f->server);
	assert_int_equal(access(f->path, F_OK), 0);
	f->site.socket_mode = 0600;
	if (getuid() == 0)
		f->site.socket_group = "nogroup";
	assert_int_equal(control_listen(f->loop, &f->site, commands, f, &f->server), 0);
	assert_int_equal(stat(f->path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_true(getuid() != 0 || (group && status.st_gid == group->gr_gid));
	control_close(f->server);
	f->server = NULL;
	assert_int_equal(access(f->path, F_OK), -1);
	f->site.socket_group = "no-such-group";
	assert_int_equal(control_listen(f->loop, &f->site, commands, f, &f->server), -EINVAL);
	f->site.socket_group = NULL;
	/* a file of somebody's */
	assert_int_equal(file_write_new(other, "precious", 8, 0600), 0);
	f->site.socket_path = other;
	assert_int_equal(control_listen(f->loop, &f->site, commands, f, &f->server), -EEXIST);
	f->site.socket_path = "/nonexistent/socket";
	assert_int_equal(control_listen(f->loop, &f->site, commands, f, &f->server), -ENOENT);
	free(other);
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

struct caller {
	const char *path;
	int64_t timeout;
	json_t *request, *reply;
	int result;
	bool done;
};

static void call(void *data)
{
	struct caller *c = data;

	c->result = control_call(c->path, c->request, c->timeout, &c->reply);
}

static void call_done(void *data)
{
	((struct caller *)data)->done = true;
}

static struct caller call_with(struct fixture *f, json_t *request, int64_t timeout)
{
	struct caller c = {.path = f->path, .timeout = timeout, .request = request};

	loop_work(f->loop, call, call_done, &c);
	loop_run_until(f->loop, &c.done, 20 * NS_PER_SEC);
	assert_true(c.done);
	json_decref(request);
	return c;
}

static void client_side(void **state)
{
	struct fixture *f = *state;
	char *data = xmalloc((30 << 20) + 1);
	struct caller c;

	memset(data, 'd', 30 << 20);
	data[30 << 20] = '\0';
	c = call_with(f, json_pack("{s:s, s:i}", "command", "echo", "value", 7), 5 * NS_PER_SEC);
	assert_int_equal(c.result, 0);
	assert_int_equal(json_integer_value(json_object_get(c.reply, "value")), 7);
	json_decref(c.reply);
	c = call_with(f, json_pack("{s:s, s:i}", "command", "big", "size", 3000000), 10 * NS_PER_SEC);
	assert_int_equal(c.result, 0);
	assert_int_equal(json_string_length(json_object_get(c.reply, "text")), 3000000);
	json_decref(c.reply);
	/* refused before it was sent: the reason is heard none the less */
	c = call_with(f, json_pack("{s:s, s:s}", "command", "load", "data", data), 10 * NS_PER_SEC);
	assert_int_equal(c.result, 0);
	assert_string_equal(json_string_value(json_object_get(c.reply, "error")), "the line is too long");
	json_decref(c.reply);
	c = call_with(f, json_pack("{s:s}", "command", "defer"), 100 * NS_PER_MS);
	assert_int_equal(c.result, -ETIMEDOUT);
	control_reply(f->deferred, json_object());
	control_close(f->server);
	f->server = NULL;
	c = call_with(f, json_pack("{s:s}", "command", "echo"), NS_PER_SEC);
	assert_int_equal(c.result, -ENOENT);
	free(data);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(requests_and_replies),
		T(bytes_in_any_pieces),
		T(end_of_input_ends_a_line),
		T(plain_socat),
		T(garbage_is_dropped),
		T(deferred_reply),
		T(slowloris),
		T(half_open),
		T(reply_too_long),
		T(line_of_24_MiB),
		T(over_long_line),
		T(costly_line),
		T(two_loads_at_once_no_third),
		T(peer_goes_while_parsing),
		T(the_33rd_client),
		T(roles),
		T(socket_file),
		T(out_of_descriptors),
		T(client_side),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
