/* A request: which command, whether its sender may, and the reply. */
#include "control/private.h"

#include "base/alloc.h"
#include "base/diag.h"
#include "base/event.h"
#include "base/text.h"
#include "base/words.h"

#include <stdarg.h>
#include <stdio.h>

#define HINTS_MOST 64

json_t *refusal(int code, const char *text)
{
	/* what a file or a peer wrote may be quoted in it: JSON takes valid UTF-8 only */
	size_t valid = utf8_valid_prefix(text, strlen(text));
	json_t *reply = json_object();

	json_object_set_new(reply, "ok", json_false());
	json_object_set_new(reply, "error", json_stringn(text, valid));
	json_object_set_new(reply, "code", json_integer(code));
	return reply;
}

char *json_line(const json_t *json, size_t most, size_t *ret_size)
{
	size_t size = json_dumpb(json, NULL, 0, JSON_COMPACT);
	char *line;

	if (size == 0 || size >= most)
		return NULL;
	line = xmalloc(size + 1);
	json_dumpb(json, line, size, JSON_COMPACT);
	line[size] = '\n';
	*ret_size = size + 1;
	return line;
}

static const struct control_command *find_command(const struct control_server *server, const char *name)
{
	for (const struct control_command *c = server->commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static const char *nearest_command(const struct control_server *server, const char *name)
{
	const char *names[HINTS_MOST];
	size_t count = 0;

	for (const struct control_command *c = server->commands; c->name && count < HINTS_MOST; c++)
		names[count++] = c->name;
	return nearest_word(name, names, count);
}

static void refuse_unknown(
	struct control_request *request, const struct control_server *server, const char *name)
{
	const char *nearest = nearest_command(server, name);

	if (nearest)
		control_refuse(request, 2, "unknown command '%.40s'; did you mean '%s'?", name, nearest);
	else
		control_refuse(request, 2, "unknown command '%.40s'; bangtin-control(7) lists them", name);
}

static const char *role_name(unsigned role)
{
	return role == ROLE_VIEW ? "view" : role == ROLE_LOAD ? "load" : "operate";
}

static enum language language_of(const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "language"));

	return name ? words_language_named(name) : LANGUAGE_OWN;
}

void request_dispatch(struct control_server *server, struct peer *peer, json_t *object, size_t line_size)
{
	const char *name = json_string_value(json_object_get(object, "command"));
	const struct control_command *command = find_command(server, name);
	struct control_request *request = xcalloc(1, sizeof *request);

	request->peer = peer;
	request->command = command;
	request->arguments = object;
	request->who = peer->who;
	request->who.user = xstrdup(peer->who.user);
	request->reply_most = server->limits.reply;
	request->language = language_of(object);
	peer->request = request;
	enum language before = words_speak(request->language);
	if (!command)
		refuse_unknown(request, server, name);
	else if (!(peer->roles & command->role))
		control_refuse(request, 1, "%s may not %s: it takes the role '%s' (roles in bangtind.conf)",
			peer->who.user, command->name, role_name(command->role));
	else if (line_size > server->limits.line && command->role != ROLE_LOAD)
		control_refuse(request, 1, "the line is too long for '%s'", command->name);
	else
		command->run(server->engine, request);
	words_speak(before);
}

const json_t *control_arguments(const struct control_request *request)
{
	return request->arguments;
}

const struct control_peer *control_peer(const struct control_request *request)
{
	return &request->who;
}

enum language control_speak(const struct control_request *request)
{
	return words_speak(request->language);
}

/* Every change, and every attempt at one, has a line in the log. */
static void log_outcome(const struct control_request *request, const char *outcome)
{
	if (request->command && request->command->role != ROLE_VIEW)
		log_event(EVENT_COMMAND, "control: %s by %s (uid %u, pid %d): %s", request->command->name,
			request->who.user, request->who.uid, request->who.pid, _(outcome));
}

/* Takes line; NULL: it was too long. */
static void finish_with(struct control_request *request, char *line, size_t size)
{
	struct peer *peer = request->peer;

	json_decref(request->arguments);
	free((char *)request->who.user);
	free(request);
	if (!peer) {
		free(line);
		return;
	}
	peer->request = NULL;
	if (line)
		peer_send(peer, line, size);
	else
		peer_refuse(peer, 1, "the reply is too long");
	peer_step(peer);
}

static void finish(struct control_request *request, json_t *reply)
{
	size_t size = 0;
	char *line = request->peer ? json_line(reply, request->reply_most, &size) : NULL;

	json_decref(reply);
	finish_with(request, line, size);
}

char *control_reply_line(json_t *reply, size_t *ret_size)
{
	char *line;

	json_object_set_new(reply, "ok", json_true());
	line = json_line(reply, CONTROL_REPLY_MOST, ret_size);
	json_decref(reply);
	return line;
}

void control_reply_with(struct control_request *request, char *line, size_t size)
{
	log_outcome(request, line ? N_("done") : N_("the reply is too long"));
	finish_with(request, line, size);
}

void control_reply(struct control_request *request, json_t *reply)
{
	json_object_set_new(reply, "ok", json_true());
	log_outcome(request, N_("done"));
	finish(request, reply);
}

/* In the language of the thread; the caller frees. */
static char *in_words(const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, _(format), arguments) < 0)
		abort();
	return text;
}

void control_refuse(struct control_request *request, int code, const char *format, ...)
{
	va_list arguments;
	char *text, *logged;
	enum language before = words_speak(LANGUAGE_OWN);

	va_start(arguments, format);
	logged = in_words(format, arguments);
	va_end(arguments);
	words_speak(request->language);
	va_start(arguments, format);
	text = in_words(format, arguments);
	va_end(arguments);
	words_speak(before);
	log_outcome(request, logged);
	finish(request, refusal(code, text));
	free(logged);
	free(text);
}
