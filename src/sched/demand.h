/* Whether what entries are owed fits into the day: found out before anything plays. */
#ifndef SCHED_DEMAND_H
#define SCHED_DEMAND_H

#include "sched/timeline.h"

struct demand {			   /* the most that is owed at once */
	int64_t time;		   /* from then on */
	int permille;		   /* of the time; more than 1000 cannot be */
	const struct entry *entry; /* one of those that are owed, the last in the catalogue */
};

/* What an entry is owed while it is open on that day, permille of the time: its share, or its at-least times the length
 * of its items on average on this display. */
int entry_demand(const struct sched_view *view, const struct entry *entry, day_t day);
/* Over a programme day; permille 0: nobody is owed anything. */
struct demand sched_demand(const struct sched_view *view, day_t day);

#endif
