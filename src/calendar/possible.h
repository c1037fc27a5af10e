/* Whether a rule can have a day at all. libical goes on to the year 4582 for the next day of a rule that has none, half a
 * second of work; what is asked here first costs microseconds where there is a day, a millisecond where there is none. */
#ifndef CALENDAR_POSSIBLE_H
#define CALENDAR_POSSIBLE_H

#include <libical/ical.h>

#include "base/time.h"

/* Of the `size` days from first on, the rule's DTSTART. Conditions that each day of the rule fulfils, not all that there
 * are: false is certain. Any thread. */
bool recurrence_is_possible(const struct icalrecurrencetype *rule, day_t first, size_t size);

#endif
