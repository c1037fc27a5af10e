/* Recurrence rules, RFC 5545 section 3.3.10, over whole days: libical reads them, and lives in this room only. A rule says
 * days; the hours of the day are somebody else's. */
#ifndef CALENDAR_RECURRENCE_H
#define CALENDAR_RECURRENCE_H

#include "base/arena.h"
#include "base/time.h"

struct recurrence; /* the days of a rule, found out beforehand; immutable, any thread */

#define RECURRENCE_YEARS 30 /* a rule is followed so far from its first day: that costs less than some ms */

/* rule is "FREQ=…;…", without "RRULE:". first is its DTSTART: what COUNT and INTERVAL count from; it belongs to the days
 * only if the rule says so. last bounds them (DAY_NONE: open). zone tells the local day of an UNTIL with a time.
 * 0, from arena; -EINVAL with *ret_why, which ends in what to write instead (static). */
int recurrence_make(struct arena *arena, const char *rule, day_t first, day_t last, const struct zone *zone,
	const struct recurrence **ret_recurrence, const char **ret_why);
bool recurrence_contains(const struct recurrence *recurrence, day_t day);
size_t recurrence_count(const struct recurrence *recurrence); /* its days, within the years above */

#endif
