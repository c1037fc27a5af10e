/* Alarms: what is wrong on a site, for status and for the program that the site names (`alarm`).
 *
 * Something must be wrong for `after` before it is an alarm, and well for as long before it is none; what comes and goes
 * faster stays one. A message (alarm_now) is one at once. The program is run for one change after the other, never two
 * at a time; what changed back before its turn came is not told. Where it fails it is run again, three times in all, a
 * minute apart. So what waits is never more than the alarms there are. Loop thread.
 */
#ifndef ENGINE_ALARM_H
#define ENGINE_ALARM_H

#include <jansson.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "site/site.h"

struct alarms;

enum alarm {
	ALARM_DISPLAY, /* a display, or its control, is down or at fault */
	ALARM_LATE,    /* its pictures come too late */
	ALARM_STUCK,   /* it neither confirms its pictures nor is known to be down: the watchdog is not fed */
	ALARM_FOREIGN, /* it was found to show what it was not given */
	ALARM_CLOCK,   /* the wall clock cannot be believed */
	ALARM_DISK,    /* the state directory is full, or read-only */
	ALARM_REFUSED, /* a load was refused; until one is accepted */
	ALARM_CONTENT, /* the current generation does not play */
};
#define ALARM_COUNT (ALARM_CONTENT + 1)
const char *alarm_name(enum alarm alarm); /* "display-down", "display-late", … */

/* site and clock outlive it. */
struct alarms *alarms_create(struct loop *loop, const struct site *site, const struct clock *clock);
void alarms_destroy(struct alarms *alarms); /* the program under way is killed; NULL is fine */

/* How it is now, as often as one likes. display: an index, or ALARM_SITE; text: for people, copied, where it is wrong. */
#define ALARM_SITE SIZE_MAX
void alarm_set(struct alarms *alarms, enum alarm alarm, size_t display, bool wrong, const char *text);
/* It has happened, until alarm_set says that it is well. */
void alarm_now(struct alarms *alarms, enum alarm alarm, size_t display, const char *text);
/* What has become due: every second or two. */
void alarms_step(struct alarms *alarms);

/* [{"alarm", "display" or null, "since", "text"}], the alarms there are, in the order of enum alarm. */
json_t *alarms_json(const struct alarms *alarms);

#endif
