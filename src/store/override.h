/* Overrides: what an operator lays over the schedule. Part of the state on disk; the schedule runs on underneath. */
#ifndef STORE_OVERRIDE_H
#define STORE_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

enum override_kind { OVERRIDE_BLANK, OVERRIDE_ANNOUNCE };
enum override_level { LEVEL_NOTICE, LEVEL_URGENT, LEVEL_EMERGENCY };
#define LEVEL_COUNT 3
struct override {
	char id[24];
	enum override_kind kind;
	enum override_level level; /* ANNOUNCE */
	char *text;		   /* ANNOUNCE */
	char **on;		   /* display names or tags; "*" is every display */
	size_t on_count;
	int64_t start, end; /* end TIME_NEVER: until cleared */
	bool uptime; /* start and end are of a clock that is not believed: ns since the start of the program */
	int64_t left; /* ns that it still had when it was written down last; TIME_NEVER: it had not begun */
	unsigned uid; /* who */
	char *user;   /* who, by name; NULL: not known */
};
/* Order among overrides in force: blank beats announce; the higher level; the later start; the later in the list. */

const char *level_name(enum override_level level); /* "notice", "urgent", "emergency" */
/* False: there is no such level. */
bool level_find(const char *name, enum override_level *ret_level);
int64_t level_longest(enum override_level level); /* ns that an announcement of it lasts at most */

/* Whether it is laid over the schedule at that instant. While the clock is not believed an announcement is in force by
 * the time since the start of the program, or not at all, but a blank whatever its time. */
bool override_in_force(const struct override *override, struct instant at);

struct display;
bool override_names(const struct override *override, const struct display *display);
/* The override in force on a display at an instant, or NULL. Allocates nothing. */
const struct override *override_at(
	const struct override *overrides, size_t count, const struct display *display, struct instant at);
/* The clock showed `from` and now shows `to` instead: what has begun goes on as long as it would have; what is to begin
 * at a time of day waits for that. How many were moved. */
size_t overrides_move(struct override *overrides, size_t count, struct instant from, struct instant to);

/* What was read after a restart goes on from `now`: no longer than was left of it when it was written down, whatever the
 * clock says now, and where the clock can be believed not beyond the end that was told. */
void overrides_resume(struct override *overrides, size_t count, struct instant now);

/* A copy of all that it holds; the former content of `to` is not freed. */
void override_copy(struct override *to, const struct override *from);
struct override *overrides_copy(const struct override *overrides, size_t count);
void override_finish(struct override *override); /* what it holds */
void overrides_free(struct override *overrides, size_t count);

#endif
