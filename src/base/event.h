/* Events: what the daemon writes to the log, each with a number that never changes and a page that explains it
 * (`bangtin help E202`, bangtin-events(7)). The number stands at the end of the line, so that a filter finds it whatever
 * language the words are in.
 */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include <stddef.h>

#include "base/code.h"
#include "base/log.h"

/* A number that is not used any more is never given again. */
enum event {
	EVENT_STARTED = 101,
	EVENT_STOPPING = 102,
	EVENT_CLOCK_SET = 103,
	EVENT_STARVED = 104,
	EVENT_DATA = 105,
	EVENT_LIBRARY = 106,
	EVENT_CLOCK_DOUBTED = 107,
	EVENT_UP = 201,
	EVENT_DOWN = 202,
	EVENT_LATE = 203,
	EVENT_STANDBY = 204,
	EVENT_IN_TIME = 205,
	EVENT_QUIET = 206,
	EVENT_FOREIGN = 207,
	EVENT_FOREIGN_OVER = 208,
	EVENT_PLAYS = 301,
	EVENT_REFUSED = 302,
	EVENT_ROOT = 303,
	EVENT_ORDER = 304,
	EVENT_COMMAND = 305,
	EVENT_CONTENT = 306,
	EVENT_UNSIGNED = 307,
	EVENT_SIGNED_RECORD = 308,
	EVENT_ALARM = 401,
	EVENT_ALARM_OVER = 402,
	EVENT_HOOK = 403,
	EVENT_STATE = 501,
	EVENT_STATE_AGAIN = 502,
	EVENT_OLD_GENERATION = 503,
	EVENT_MIGRATED = 504,
	EVENT_RECORD = 601,
	EVENT_RECORD_AGAIN = 602,
	EVENT_RECORD_DAMAGED = 603,
	EVENT_RECORD_END = 604,
	EVENT_CLIENT = 701,
	EVENT_SOCKET = 702,
};

struct event_page {
	enum event event;
	enum log_level level;
	const char *title; /* a phrase */
	const char *text;  /* what to do; paragraphs, an empty line between them; lines not broken */
};

#define EVENT_NAME_SIZE CODE_SIZE
/* "E202" */
void event_name(enum event event, char ret_name[EVENT_NAME_SIZE]);
/* By number; 0-based index through all of them in order; by name, in any case, with or without brackets. NULL: none. */
const struct event_page *event_page(enum event event);
const struct event_page *event_page_at(size_t index);
const struct event_page *event_page_named(const char *name);
const char *event_level_name(enum log_level level); /* "error", "warning", "notice", "info", "debug" */

/* As log_write, as severe as its page says. */
void log_event(enum event event, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
