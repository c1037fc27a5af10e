/* What the files of this room share. */
#ifndef CONTROL_PRIVATE_H
#define CONTROL_PRIVATE_H

#include <sys/stat.h>

#include "control/control.h"

struct control_limits {
	size_t peers, long_lines;
	size_t line, long_line, reply; /* bytes */
	int64_t send_time, take_time;  /* ns to send a line, to take a reply */
};

struct peer;

struct control_server {
	struct loop *loop;
	const struct site *site;
	const struct control_command *commands;
	void *engine;
	struct control_limits limits;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *timer; /* the next of all deadlines */
	int64_t paused_until;	  /* out of descriptors: no accepting before; TIME_NEVER: not paused */
	struct peer *peers;
	size_t peer_count, long_lines;
	dev_t device; /* of the socket file: another daemon's is not ours to remove */
	ino_t inode;
	char *path;
};

/* A line being parsed, on the thread pool if it is long. */
struct parse {
	struct peer *peer; /* NULL: gone meanwhile */
	char *line;
	size_t size;
	json_t *object; /* NULL: refused */
	char error[400];
};

/* Whatever the bytes: sets either object or error. */
void request_parse(struct parse *parse);
/* Runs the command that parse->object names, which is taken. peer's request is set until it is replied to. */
void request_dispatch(struct control_server *server, struct peer *peer, json_t *object, size_t line_size);

struct control_request {
	struct peer *peer;		       /* NULL: gone */
	const struct control_command *command; /* NULL: none */
	json_t *arguments;
	struct control_peer who;
	enum language language; /* of who asks */
	size_t reply_most;
};

struct peer {
	struct control_server *server;
	struct peer *next;
	int fd;
	struct loop_watch *watch;
	struct control_peer who;
	unsigned roles;
	int64_t deadline;
	char *in; /* received and not yet parsed */
	size_t in_used, in_capacity, in_searched;
	char *out; /* the reply being sent */
	size_t out_size, out_sent;
	struct parse *parse;
	struct control_request *request;
	bool ended;    /* it will send nothing more */
	bool last;     /* the reply under way is the last one */
	bool lost;     /* to be destroyed */
	bool stepping; /* in peer_step */
	bool is_long;  /* counts in server->long_lines */
};

int listen_open(const struct site *site, struct stat *ret_status); /* the descriptor, or -errno */
void peer_create(struct control_server *server, int fd);
void peer_destroy(struct peer *peer);
/* Does what can be done now; destroys the peer if it is lost or finished. */
void peer_step(struct peer *peer);
void peer_send(struct peer *peer, char *line, size_t size);	 /* takes line */
void peer_refuse(struct peer *peer, int code, const char *text); /* and no more after it */
void server_set_timer(struct control_server *server);

/* {"ok": false, …} */
json_t *refusal(int code, const char *text);
/* One line of JSON with its newline; NULL if it cannot be written or is longer than most. */
char *json_line(const json_t *json, size_t most, size_t *ret_size);

#endif
