/* Overrides: what an operator lays over the schedule. Part of the state on disk; the schedule runs on underneath. */
#ifndef STORE_OVERRIDE_H
#define STORE_OVERRIDE_H

#include <stddef.h>
#include <stdint.h>

enum override_kind { OVERRIDE_BLANK, OVERRIDE_ANNOUNCE };
struct override {
	char id[24];
	enum override_kind kind;
	char *text; /* ANNOUNCE */
	char **on;  /* display names or tags; "*" is every display */
	size_t on_count;
	int64_t start, end; /* end TIME_NEVER: until cleared */
	unsigned uid;	    /* who */
};
/* Order among overrides in force: blank beats announce; the later start wins; then the later in the list. */

struct display;
/* The override in force on a display at an instant, or NULL. Allocates nothing. */
const struct override *override_at(
	const struct override *overrides, size_t count, const struct display *display, int64_t time);
void overrides_free(struct override *overrides, size_t count);

#endif
