/* The control socket: a Unix stream socket, one JSON object a line as request, one as reply. bangtin-control(7).
 *
 * request  {"command": "status", …}\n      reply  {"ok": true, …}\n | {"ok": false, "error": "…", "code": 1|2|3}\n
 * A request may have "language": "vi" or "en": errors and messages come in it (without: in the daemon's own). The end of
 * input also ends a line, so that `printf '{"command": "status"}' | socat - UNIX-CONNECT:PATH` works.
 *
 * Server side: one request of a peer at a time; what it sends meanwhile waits. Limits: 32 peers; 10 s to send a line
 * and 10 s to take a reply; a line of 64 KiB, 24 MiB for a command of ROLE_LOAD (two such at once); a reply of 16 MiB,
 * 96 MiB if it was made as a line.
 * Peers that stall or send garbage are dropped and never delay the loop: long lines are parsed on the thread pool.
 * The peer's uid comes from SO_PEERCRED; each command names the role that it needs. Every command that is not
 * ROLE_VIEW is written to the log with who sent it and what came of it.
 *
 * Everything here is the loop thread's; control_call is any thread's and blocks.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <jansson.h>

#include "base/words.h"
#include "loop/loop.h"
#include "site/site.h"

struct control_peer {
	unsigned uid, gid;
	int pid;
	const char *user; /* from /etc/passwd; "uid 1234" if it has none */
};
struct control_request; /* a command waiting for its reply; may outlive the handler (work on a thread) */

struct control_command {
	const char *name;
	unsigned role; /* enum role */
	void (*run)(void *engine, struct control_request *request);
};

struct control_server;
/* -errno. Replaces a stale socket file; refuses if a daemon answers on it (-EADDRINUSE) or if something else than a
 * socket stands there (-EEXIST); -EINVAL: no such group; -ENAMETOOLONG: its path has more than 103 bytes. commands end
 * with name NULL; site and commands outlive the server. */
int control_listen(struct loop *loop, const struct site *site, const struct control_command *commands,
	void *engine, struct control_server **ret_server);
/* Not from a command's run. Requests that wait for their reply stay valid, and are still to be replied to. NULL is
 * fine. */
void control_close(struct control_server *server);

const json_t *control_arguments(const struct control_request *request); /* the request object; borrowed */
const struct control_peer *control_peer(const struct control_request *request);
/* From now on the thread speaks as the request asks (base/words.h); what it spoke before. While a command runs it does
 * so already, and loop_work hands it on; this is for work that begins later. */
enum language control_speak(const struct control_request *request);
/* Exactly one of these for each request. reply is taken. The peer may be gone by then: that is fine. */
void control_reply(struct control_request *request, json_t *reply); /* "ok": true is added */
/* The same in two steps, for a reply of megabytes: the line is made on any thread, the loop only sends it. reply and
 * line (malloc'ed) are taken; NULL: longer than CONTROL_REPLY_MOST, and refused as that. */
char *control_reply_line(json_t *reply, size_t *ret_size);
void control_reply_with(struct control_request *request, char *line, size_t size);
#define CONTROL_REPLY_MOST ((size_t)96 << 20)
#define CONTROL_LOAD_MOST  ((size_t)24 << 20) /* bytes of a line of a ROLE_LOAD command */
void control_refuse(struct control_request *request, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Client side (tools): connects, sends, waits. The reply, "ok" true or false, is the caller's. timeout in ns, for all
 * of it. -ENOENT, -ECONNREFUSED: no daemon; -EACCES; -ETIMEDOUT; -ECONNRESET: closed without a reply; -EPROTO: not a
 * reply. */
int control_call(const char *socket_path, const json_t *request, int64_t timeout, json_t **ret_reply);
/* The same for several requests on one connection, one after the other: its descriptor, or -errno; the caller closes
 * it. After an error of control_ask nothing more can be asked on it. */
int control_connect(const char *socket_path, int64_t timeout);
int control_ask(int fd, const json_t *request, int64_t timeout, json_t **ret_reply);

#endif
