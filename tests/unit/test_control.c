/* The control server with peers that behave: requests, replies, roles, its socket, and the client's side. */
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "control_fixture.h"

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
		T(deferred_reply),
		T(roles),
		T(socket_file),
		T(client_side),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
