#include "control/private.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/event.h"
#include "base/words.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_AT_ONCE 8
#define ACCEPT_PAUSE   NS_PER_SEC

static const struct control_limits default_limits = {
	.peers = 32,
	.long_lines = 2,
	.line = 64 << 10,
	.long_line = CONTROL_LOAD_MOST,
	.reply = 16 << 20,
	.send_time = 10 * NS_PER_SEC,
	.take_time = 10 * NS_PER_SEC,
};

void server_set_timer(struct control_server *server)
{
	int64_t next = server->paused_until;

	for (const struct peer *peer = server->peers; peer; peer = peer->next)
		next = peer->deadline < next ? peer->deadline : next;
	loop_timer_set(server->timer, next);
}

static void on_deadline(void *data)
{
	struct control_server *server = data;
	int64_t now = clock_monotonic();

	if (server->paused_until <= now) {
		server->paused_until = TIME_NEVER;
		loop_watch_change(server->watch, LOOP_READABLE);
	}
	for (struct peer *peer = server->peers, *next; peer; peer = next) {
		next = peer->next;
		if (peer->deadline <= now) {
			log_event(EVENT_CLIENT, "control: %s (pid %d) is too slow: dropped", peer->who.user,
				peer->who.pid);
			peer->lost = true;
			peer_step(peer);
		}
	}
	server_set_timer(server);
}

/* Without room nothing can be kept for it: one attempt at telling it why, which fits an empty socket's buffer. */
static void turn_away(int fd)
{
	static const char text[] =
		"{\"ok\":false,\"error\":\"too many clients; try again later\",\"code\":3}\n";

	if (send(fd, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_debug("control: a client turned away was gone already");
	close(fd);
}

static void on_connection(void *data, int fd, unsigned events)
{
	struct control_server *server = data;
	int peer_fd;

	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		peer_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer_fd >= 0 && server->peer_count >= server->limits.peers) {
			turn_away(peer_fd);
		} else if (peer_fd >= 0) {
			peer_create(server, peer_fd);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			break;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			/* the connection stays in the queue and would wake the loop without end */
			log_event(EVENT_SOCKET, "control: accept: %s; again in a second", words_error(errno));
			server->paused_until = clock_monotonic() + ACCEPT_PAUSE;
			loop_watch_change(server->watch, 0);
			break;
		}
	}
	server_set_timer(server);
}

int control_listen(struct loop *loop, const struct site *site, const struct control_command *commands,
	void *engine, struct control_server **ret_server)
{
	struct control_server *server;
	struct stat status;
	int fd = listen_open(site, &status);
	int error = -EMFILE;

	if (fd < 0)
		return fd;
	server = xcalloc(1, sizeof *server);
	server->loop = loop;
	server->site = site;
	server->commands = commands;
	server->engine = engine;
	server->limits = default_limits;
	server->fd = fd;
	server->paused_until = TIME_NEVER;
	server->path = xstrdup(site->socket_path);
	server->device = status.st_dev;
	server->inode = status.st_ino;
	server->timer = loop_timer_create(loop, on_deadline, server);
	server->watch = loop_watch_create(loop, fd, LOOP_READABLE, on_connection, server);
	if (!server->timer || !server->watch) {
		control_close(server);
		return error;
	}
	*ret_server = server;
	return 0;
}

static void remove_socket_file(const struct control_server *server)
{
	struct stat status;

	if (lstat(server->path, &status) == 0 && status.st_dev == server->device &&
		status.st_ino == server->inode)
		unlink(server->path);
}

void control_close(struct control_server *server)
{
	if (!server)
		return;
	while (server->peers) {
		assert(!server->peers->stepping);
		peer_destroy(server->peers);
	}
	remove_socket_file(server);
	loop_watch_destroy(server->watch);
	loop_timer_destroy(server->timer);
	close(server->fd);
	free(server->path);
	free(server);
}
