/* A programme day of one display, or a part of it: the timeline, and when the display is on. Private to show.
 * Immutable. */
#ifndef SHOW_DAY_H
#define SHOW_DAY_H

#include "sched/window.h"

struct day {
	struct timeline *timeline; /* what [from, until) touches of it */
	int64_t end;		   /* of the whole day */
	struct interval_list on;   /* of the whole day; sorted, disjoint */
};

struct day *day_create(const struct sched_view *view, day_t day, int64_t from, int64_t until); /* slow */
void day_destroy(struct day *day);			/* NULL is fine */
bool day_contains(const struct day *day, int64_t time); /* within the part */
bool day_is_on(const struct day *day, int64_t time);
/* The least instant > time of the day at which the display goes on or off, else the day's end. */
int64_t day_next_switch(const struct day *day, int64_t time);

#endif
