/* Windows: hours of local days as intervals of instants. For the schedule room, and for the on-hours of a display. */
#ifndef SCHED_WINDOW_H
#define SCHED_WINDOW_H

#include "sched/timeline.h"

struct interval { /* [start, end), instants */
	int64_t start, end;
};

struct interval_list {
	struct interval *items;
	size_t count, capacity;
};

/* Whether the entry names the display, by its name or by one of its tags. */
bool entry_names_display(const struct entry *entry, const struct display *display);

/* Whether a window of the entry may begin on this local day: VERDICT_WINS if so, else the rule that forbids it. */
enum verdict entry_judge_day(const struct entry *entry, day_t day);

/* The instant from which on no item of the entry can show; TIME_NEVER: none. */
int64_t entry_expiry(const struct entry *entry);

/* Adds the windows of these hours that begin `offset` days after the programme day's date (-1, 0, 1: a window is at
 * most a day long), as far as they lie within the programme day and before expiry. */
void windows_add(const struct site *site, const struct hours *hours, size_t count, day_t programme_day,
	int offset, int64_t expiry, struct interval_list *list);
/* Sorts them and makes one of those that touch: what plays there is not cut at their border. */
void windows_merge(struct interval_list *list);

/* Where the entry is open within the programme day: sorted, disjoint, with a gap between neighbours. Replaces what the
 * list held (its capacity is kept); list->items is malloc'ed and the caller's. */
void entry_windows(
	const struct site *site, const struct entry *entry, day_t programme_day, struct interval_list *list);

/* Whether the hours of the entry, on the windows that begin on this local day, contain the instant. */
bool entry_hours_contain(const struct site *site, const struct entry *entry, day_t day, int64_t time);

#endif
