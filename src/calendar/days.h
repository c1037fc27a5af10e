/* Sets of local days as people name them: dates, dates of every year, lunar dates, named calendars. Pure, immutable once
 * made; any thread. */
#ifndef CALENDAR_DAYS_H
#define CALENDAR_DAYS_H

#include "base/time.h"

enum days_kind {
	DAYS_RANGE,	/* first to last, both inclusive */
	DAYS_YEARLY,	/* from one date to another of every year, both inclusive; may cross the year's end */
	DAYS_LUNAR_DAY, /* a day of every lunar month, leap months too */
	DAYS_LUNAR_YEARLY, /* the same as YEARLY, of every lunar year */
	DAYS_CALENDAR,	   /* all days of a named calendar */
};

struct calendar;

struct days {
	day_t first, last; /* RANGE */
	enum days_kind kind;
	/* YEARLY, LUNAR_YEARLY: as days_date and days_lunar make them. LUNAR_DAY: the day, 1..30. */
	int from, to;
	const struct calendar *calendar; /* CALENDAR; without further calendars in it */
};

struct calendar {
	const char *unit, *name;
	const struct days *days;
	size_t count;
};

/* A date without a year, as a number that rises through the year. */
int days_date(int month, int day);
int days_lunar(int month, int day, bool leap); /* leap: of the second month of that number */
#define DAYS_LUNAR_LAST (14 << 6)	       /* the last day of the lunar year, whatever its number */

bool days_contain(const struct days *days, day_t day);
bool days_any_contains(const struct days *days, size_t count, day_t day);

#endif
