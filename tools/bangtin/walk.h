/* What a display shows by its schedule over a span that may be days long: segment after segment. */
#ifndef TOOLS_BANGTIN_WALK_H
#define TOOLS_BANGTIN_WALK_H

#include "cli.h"
#include "sched/window.h"

struct walk {
	const struct context *context; /* after context_show */
	int64_t from, until;	       /* segments are cut to it */
	bool visible;		       /* and to the hours in which the display is on */
	void (*visit)(void *data, day_t day, const struct segment *segment);
	void *data;
};

/* In order. A segment that is cut, by the span or by the display's hours, keeps its item_start. Overrides are not
 * looked at. */
void walk_run(const struct walk *walk);
/* The hours in which the display is on that touch a day. The list is reused; its items are the caller's to free. */
void walk_on_hours(const struct context *context, day_t day, struct interval_list *list);

#endif
