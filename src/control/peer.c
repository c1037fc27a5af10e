/* One connection: bytes in, lines out of them, a request at a time, its reply out.
 *
 *   receiving -> (parsing) -> request under way -> sending its reply -> receiving …
 *
 * Whatever happens to a peer ends in peer_step, which alone decides what to wait for next, or that it is over. */
#include "control/private.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/event.h"
#include "base/words.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_AT_ONCE (64 << 10)

/* From the local file only: a directory server that does not answer must not stop the loop. The caller frees. */
static char *user_name(uid_t uid)
{
	FILE *passwd = fopen("/etc/passwd", "re");
	struct passwd *entry;
	char *name = NULL;

	while (passwd && !name && (entry = fgetpwent(passwd))) {
		if (entry->pw_uid == uid)
			name = xstrdup(entry->pw_name);
	}
	if (passwd)
		fclose(passwd);
	return name ? name : xasprintf("uid %u", (unsigned)uid);
}

static unsigned roles_of(const struct site *site, uid_t uid)
{
	unsigned roles = 0;

	if (uid == 0 || uid == geteuid())
		return ROLE_VIEW | ROLE_LOAD | ROLE_OPERATE;
	for (size_t i = 0; i < site->grant_count; i++) {
		if (site->grants[i].uid == uid)
			roles |= site->grants[i].roles;
	}
	return roles;
}

static void set_long(struct peer *peer, bool is_long)
{
	peer->server->long_lines += is_long - peer->is_long;
	peer->is_long = is_long;
}

/* Whether the bytes received may go on without a newline; refuses the peer otherwise. */
static void check_length(struct peer *peer)
{
	const struct control_limits *limits = &peer->server->limits;

	if (peer->in_used <= limits->line)
		return;
	if (!(peer->roles & ROLE_LOAD) || peer->in_used > limits->long_line) {
		peer_refuse(peer, 1, "the line is too long");
	} else if (!peer->is_long && peer->server->long_lines >= limits->long_lines) {
		peer_refuse(peer, 3, "others are loading; try again later");
	} else {
		set_long(peer, true);
	}
}

static void receive(struct peer *peer)
{
	ssize_t got;

	if (peer->in_capacity - peer->in_used < READ_AT_ONCE) {
		peer->in_capacity = 2 * peer->in_capacity + READ_AT_ONCE;
		peer->in = xrealloc(peer->in, peer->in_capacity, 1);
	}
	got = recv(peer->fd, peer->in + peer->in_used, READ_AT_ONCE, 0);
	if (got > 0)
		peer->in_used += (size_t)got;
	else if (got == 0)
		peer->ended = true;
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		peer->lost = true;
}

/* Size of the first line without its newline; -1: there is none yet. */
static ssize_t find_line(struct peer *peer)
{
	const char *newline = NULL;

	if (peer->in_used > peer->in_searched)
		newline = memchr(peer->in + peer->in_searched, '\n', peer->in_used - peer->in_searched);
	if (newline)
		return newline - peer->in;
	peer->in_searched = peer->in_used;
	return peer->ended && peer->in_used > 0 ? (ssize_t)peer->in_used : -1;
}

static struct parse *take_line(struct peer *peer, size_t size)
{
	struct parse *parse = xcalloc(1, sizeof *parse);
	size_t rest = peer->in_used > size ? peer->in_used - size - 1 : 0;
	char *old = peer->in;

	/* the line keeps the buffer, the few bytes behind it move: a load has megabytes */
	parse->peer = peer;
	parse->line = old;
	parse->size = size;
	peer->in = NULL;
	peer->in_capacity = rest;
	if (rest)
		peer->in = xmemdup(old + size + 1, rest);
	peer->in_used = rest;
	peer->in_searched = 0;
	return parse;
}

static void parse_free(struct parse *parse)
{
	json_decref(parse->object);
	free(parse->line);
	free(parse);
}

/* parse->object is the request's from here on. */
static void parsed(struct peer *peer, struct parse *parse)
{
	json_t *object = parse->object;

	parse->object = NULL;
	peer->parse = NULL;
	set_long(peer, false);
	if (object)
		request_dispatch(peer->server, peer, object, parse->size);
	else
		peer_refuse(peer, 2, parse->error);
}

static void work_parse(void *data)
{
	request_parse(data);
}

static void work_parsed(void *data)
{
	struct parse *parse = data;
	struct peer *peer = parse->peer;

	if (peer) {
		peer->stepping = true;
		parsed(peer, parse);
		peer->stepping = false;
		peer_step(peer);
	}
	parse_free(parse);
}

/* A blank line is nothing: people press return. */
static bool is_blank(const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	}
	return true;
}

static void start_request(struct peer *peer, size_t size)
{
	struct parse *parse = take_line(peer, size);

	if (is_blank(parse->line, size)) {
		set_long(peer, false);
		parse_free(parse);
	} else if (size > peer->server->limits.line) {
		peer->parse = parse;
		loop_work(peer->server->loop, work_parse, work_parsed, parse);
	} else {
		request_parse(parse);
		parsed(peer, parse);
		parse_free(parse);
	}
}

static void send_reply(struct peer *peer)
{
	ssize_t put =
		send(peer->fd, peer->out + peer->out_sent, peer->out_size - peer->out_sent, MSG_NOSIGNAL);

	if (put < 0) {
		peer->lost |= errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
		return;
	}
	peer->out_sent += (size_t)put;
	if (peer->out_sent < peer->out_size)
		return;
	free(peer->out);
	peer->out = NULL;
	peer->deadline = clock_monotonic() + peer->server->limits.send_time;
}

static bool is_busy(const struct peer *peer)
{
	return peer->parse || peer->request || peer->out;
}

static void wait_for_next(struct peer *peer)
{
	unsigned events = 0;

	if (peer->parse || peer->request)
		peer->deadline = TIME_NEVER;
	else if (peer->out || find_line(peer) >= 0)
		events = LOOP_WRITABLE; /* a next line is taken in the loop's next round: others come first */
	else
		events = LOOP_READABLE;
	loop_watch_change(peer->watch, events);
}

void peer_step(struct peer *peer)
{
	ssize_t size;

	if (peer->stepping)
		return;
	peer->stepping = true;
	size = is_busy(peer) || peer->last || peer->lost ? -1 : find_line(peer);
	if (size >= 0)
		start_request(peer, (size_t)size);
	else if (!is_busy(peer) && !peer->last && !peer->lost)
		check_length(peer);
	if (peer->out && !peer->lost)
		send_reply(peer);
	peer->stepping = false;
	if (peer->lost || (!is_busy(peer) && (peer->last || (peer->ended && find_line(peer) < 0)))) {
		peer_destroy(peer);
		return;
	}
	wait_for_next(peer);
	server_set_timer(peer->server);
}

static void on_ready(void *data, int fd, unsigned events)
{
	struct peer *peer = data;

	if (events & LOOP_READABLE)
		receive(peer);
	peer_step(peer);
}

void peer_send(struct peer *peer, char *line, size_t size)
{
	peer->out = line;
	peer->out_size = size;
	peer->out_sent = 0;
	peer->deadline = clock_monotonic() + peer->server->limits.take_time;
}

void peer_refuse(struct peer *peer, int code, const char *text)
{
	json_t *reply = refusal(code, _(text));
	size_t size;
	char *line = json_line(reply, peer->server->limits.reply, &size);

	json_decref(reply);
	peer->last = true;
	log_event(EVENT_CLIENT, "control: %s (pid %d): %s: dropped", peer->who.user, peer->who.pid, text);
	if (line)
		peer_send(peer, line, size);
	else
		peer->lost = true;
}

void peer_create(struct control_server *server, int fd)
{
	struct peer *peer = xcalloc(1, sizeof *peer);
	struct ucred credentials;
	socklen_t size = sizeof credentials;

	peer->fd = fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
		goto err_free;
	peer->watch = loop_watch_create(server->loop, fd, LOOP_READABLE, on_ready, peer);
	if (!peer->watch)
		goto err_free;
	peer->who = (struct control_peer){
		credentials.uid, credentials.gid, credentials.pid, user_name(credentials.uid)};
	peer->roles = roles_of(server->site, credentials.uid);
	peer->deadline = clock_monotonic() + server->limits.send_time;
	peer->server = server;
	peer->next = server->peers;
	server->peers = peer;
	server->peer_count++;
	return;

err_free:
	log_event(EVENT_SOCKET, "control: a connection could not be kept: %s", words_error(errno));
	close(fd);
	free(peer);
}

void peer_destroy(struct peer *peer)
{
	struct peer **link = &peer->server->peers;

	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	peer->server->peer_count--;
	set_long(peer, false);
	if (peer->parse)
		peer->parse->peer = NULL;
	if (peer->request)
		peer->request->peer = NULL;
	loop_watch_destroy(peer->watch);
	close(peer->fd);
	free((char *)peer->who.user);
	free(peer->in);
	free(peer->out);
	free(peer);
}
