/* The Vietnamese lunar calendar: months begin on the day of the new moon at UTC+7, month 11 contains the winter
 * solstice, and where thirteen months lie between two of these, the first one without a major solar term is a leap
 * month, named as the one before it. Computed, not looked up. Pure; any thread.
 *
 * Agrees with the published calendars from 1968 on, and with the same rule counted back to 1900. A new moon within a
 * few seconds of midnight is beyond any formula: until 2100 there is one, in April 2062.
 */
#ifndef BASE_LUNAR_H
#define BASE_LUNAR_H

#include "base/time.h"

struct lunar_date {
	int year;  /* in which most of it lies: 2026 begins at Tết of 2026 */
	int month; /* 1..12 */
	int day;   /* 1..30 */
	bool leap; /* the second month of that number */
};

/* Years of day: 1800 to 2200, else what comes out is as good as the formulas. */
void lunar_from_day(day_t day, struct lunar_date *ret_date);
/* -EINVAL: the calendar has no such day (a 30th of a short month, a leap month that is none). */
int lunar_to_day(const struct lunar_date *date, day_t *ret_day);
int lunar_leap_month(int year); /* its number; 0: the year has none */

/* Names of the year by stem and branch (can chi), as "Bính" and "Ngọ" for 2026. Static. */
const char *lunar_stem(int year);
const char *lunar_branch(int year);

#endif
