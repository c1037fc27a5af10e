/* The control socket: a Unix stream socket, one JSON object a line as request, one as reply. bangtin-control(7).
 *
 * request  {"command": "status", …}\n      reply  {"ok": true, …}\n | {"ok": false, "error": "…", "code": 1|2|3}\n
 * Server side: limits (line 24 MiB for load, 64 KiB otherwise; 32 clients; 10 s to finish a line; replies queue at
 * most 1 MiB), peers that stall or send garbage are dropped and never delay the loop. The peer's uid comes from
 * SO_PEERCRED; each command names the role that it needs.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <jansson.h>

#include "loop/loop.h"
#include "site/site.h"

struct control_peer {
	unsigned uid, gid;
	int pid;
	const char *user;
};
struct control_request; /* a command waiting for its reply; may outlive the handler (work on a thread) */

struct control_command {
	const char *name;
	unsigned role; /* enum role */
	void (*run)(void *engine, struct control_request *request);
};

struct control_server;
/* -errno. Replaces a stale socket file, refuses (-EADDRINUSE) if a daemon answers on it. commands end with name NULL. */
int control_listen(struct loop *loop, const struct site *site, const struct control_command *commands, void *engine,
	struct control_server **ret_server);
void control_close(struct control_server *server);

const json_t *control_arguments(const struct control_request *request); /* the request object; borrowed */
const struct control_peer *control_peer(const struct control_request *request);
/* Exactly one of these for each request. reply is taken. The peer may be gone by then: that is fine. */
void control_reply(struct control_request *request, json_t *reply); /* "ok": true is added */
void control_refuse(struct control_request *request, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Client side (tools): connects, sends, waits. The reply is the caller's. -errno; timeout in ns. */
int control_call(const char *socket_path, const json_t *request, int64_t timeout, json_t **ret_reply);

#endif
