/* A pattern on a display that the daemon owns: the daemon draws it, for as long as somebody goes on asking. */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/words.h"
#include "control/control.h"
#include "show.h"

#define LEASE	    (6 * NS_PER_SEC) /* so long it stays when this program is killed */
#define RENEW_EVERY (2 * NS_PER_SEC)
#define CALL_WITHIN (5 * NS_PER_SEC)

/* duration 0 gives the display back. 0, -errno, or the exit code that the daemon refuses with (reported). */
int lease_ask(const char *display, const char *pattern, const char *socket, int64_t duration)
{
	json_t *request = json_pack("{s:s, s:s, s:I}", "command", "pattern", "display", display, "for_ms",
		(json_int_t)(duration / NS_PER_MS));
	json_t *reply;

	if (duration > 0)
		json_object_set_new(request, "pattern", json_string(pattern));
	int error = control_call(socket, request, CALL_WITHIN, &reply);
	json_decref(request);
	if (error < 0)
		return error;
	if (!json_is_true(json_object_get(reply, "ok"))) {
		const char *why = json_string_value(json_object_get(reply, "error"));
		int code = (int)json_integer_value(json_object_get(reply, "code"));
		error = fail(code >= EXIT_INPUT && code <= EXIT_REACH ? code : EXIT_REACH, "%s",
			why ? why : _("the daemon refuses"));
	}
	json_decref(reply);
	return error;
}

/* False: a signal asks for the end. */
static bool pause_for(const sigset_t *signals, int64_t time)
{
	struct timespec wait = {time / NS_PER_SEC, time % NS_PER_SEC};

	return time <= 0 || sigtimedwait(signals, NULL, &wait) < 0;
}

static void tell(const struct arguments *arguments)
{
	if (arguments->json)
		printf("{\"event\": \"lent\", \"display\": \"%s\", \"pattern\": \"%s\"}\n",
			arguments->display, arguments->word);
	else
		printf(_("The daemon shows `%s` on %s; Ctrl-C gives the display back.\n"), arguments->word,
			arguments->display);
	fflush(stdout);
}

static int renew(const struct arguments *arguments, const char *socket, const sigset_t *signals)
{
	int64_t end = arguments->duration ? clock_monotonic() + arguments->duration : TIME_NEVER;
	int error = 0;

	for (;;) {
		int64_t left = end - clock_monotonic();
		if (!pause_for(signals, left < RENEW_EVERY ? left : RENEW_EVERY) || clock_monotonic() >= end)
			return 0;
		error = lease_ask(arguments->display, arguments->word, socket, LEASE);
		if (error < 0) {
			fail(EXIT_REACH, "the daemon has gone");
			return EXIT_REACH;
		}
		if (error > 0)
			return error;
	}
}

int show_there(const struct arguments *arguments, const char *socket)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	int status = lease_ask(arguments->display, arguments->word, socket, LEASE);
	if (status != 0) {
		sigprocmask(SIG_UNBLOCK, &signals, NULL);
		return status;
	}
	tell(arguments);
	status = renew(arguments, socket, &signals);
	if (status == 0 && lease_ask(arguments->display, NULL, socket, 0) != 0)
		status = fail(EXIT_REACH,
			"the display could not be given back; it returns by itself within %d s",
			(int)(LEASE / NS_PER_SEC));
	return status;
}
