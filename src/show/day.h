/* A programme day of one display: its timeline, and when the display is on. Private to show. Immutable but for its count
 * of holders, which belongs to the thread that makes days. */
#ifndef SHOW_DAY_H
#define SHOW_DAY_H

#include "sched/window.h"

struct day {
	int references;
	struct timeline *timeline;
	struct interval_list on; /* sorted, disjoint */
};

struct day *day_create(const struct sched_view *view, day_t day); /* slow; one reference */
struct day *day_ref(struct day *day);
void day_unref(struct day *day); /* NULL is fine */
bool day_contains(const struct day *day, int64_t time);
bool day_is_on(const struct day *day, int64_t time);
/* The least instant > time of the day at which the display goes on or off, else the day's end. */
int64_t day_next_switch(const struct day *day, int64_t time);

#endif
