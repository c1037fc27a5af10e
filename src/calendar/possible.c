#include "calendar/possible.h"

#include <stdlib.h>

/* What RFC 5545 asks of a day. */
struct asked {
	day_t day;
	int year, month, date, year_day, month_days, year_days;
	int weekday; /* as libical has it: 1 Sunday .. 7 Saturday */
};

static bool is_set(const short *parts)
{
	return parts[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

static int weekday_of(day_t day)
{
	return (day_weekday(day) + 1) % 7 + 1;
}

static void ask(day_t day, struct asked *ret)
{
	day_to_date(day, &ret->year, &ret->month, &ret->date);
	day_t year = day_from_date(ret->year, 1, 1), month = day_from_date(ret->year, ret->month, 1);
	bool december = ret->month == 12;

	ret->day = day;
	ret->year_day = day - year + 1;
	ret->year_days = day_from_date(ret->year + 1, 1, 1) - year;
	ret->month_days = day_from_date(ret->year + december, december ? 1 : ret->month + 1, 1) - month;
	ret->weekday = weekday_of(day);
}

/* Numbers below zero count from the end: -1 is the last of `all`. */
static bool is_among(const short *parts, size_t most, int number, int all)
{
	if (!is_set(parts))
		return true;
	for (size_t i = 0; i < most && parts[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (parts[i] == number || parts[i] == number - all - 1)
			return true;
	return false;
}

/* The week's first day is within a week of where weeks of seven days from 1 January would put it. */
static bool is_near_week(const struct icalrecurrencetype *rule, const struct asked *asked)
{
	if (!is_set(rule->by_week_no))
		return true;
	for (size_t i = 0; i < ICAL_BY_WEEKNO_SIZE && rule->by_week_no[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		int week = rule->by_week_no[i] < 0 ? rule->by_week_no[i] + 54 : rule->by_week_no[i];
		int apart = abs(asked->year_day - (week * 7 - 3));
		if (apart <= 14 || apart >= 365 - 14)
			return true;
	}
	return false;
}

/* A numbered day is within that many weeks of the end that it counts from: of the month if there are months. */
static bool is_by_day(const struct icalrecurrencetype *rule, const struct asked *asked)
{
	bool of_month = rule->freq == ICAL_MONTHLY_RECURRENCE || is_set(rule->by_month);
	int at = of_month ? asked->date : asked->year_day,
	    all = of_month ? asked->month_days : asked->year_days;

	if (!is_set(rule->by_day))
		return true;
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		int position = icalrecurrencetype_day_position(rule->by_day[i]);
		int found = position < 0 ? -((all - at) / 7 + 1) : (at - 1) / 7 + 1;
		if ((int)icalrecurrencetype_day_day_of_week(rule->by_day[i]) == asked->weekday &&
			(position == 0 || position == found))
			return true;
	}
	return false;
}

static int64_t week_of(day_t day, int starts)
{
	return (int64_t)day - (weekday_of(day) - starts + 7) % 7;
}

static bool is_in_turn(
	const struct icalrecurrencetype *rule, const struct asked *begin, const struct asked *asked)
{
	int64_t units;

	switch (rule->freq) {
	case ICAL_DAILY_RECURRENCE:
		units = (int64_t)asked->day - begin->day;
		break;
	case ICAL_WEEKLY_RECURRENCE:
		units = (week_of(asked->day, rule->week_start) - week_of(begin->day, rule->week_start)) / 7;
		break;
	case ICAL_MONTHLY_RECURRENCE:
		units = (asked->year - begin->year) * INT64_C(12) + asked->month - begin->month;
		break;
	default:
		/* the first and the last week of a year have days of its neighbours */
		return is_set(rule->by_week_no) || (asked->year - begin->year) % rule->interval == 0;
	}
	return units % rule->interval == 0;
}

bool recurrence_is_possible(const struct icalrecurrencetype *rule, day_t first, size_t size)
{
	struct asked begin;

	ask(first, &begin);
	for (size_t i = 0; i < size; i++) {
		struct asked asked;
		ask(first + (day_t)i, &asked);
		if (is_in_turn(rule, &begin, &asked) &&
			is_among(rule->by_month, ICAL_BY_MONTH_SIZE, asked.month, 12) &&
			is_among(rule->by_month_day, ICAL_BY_MONTHDAY_SIZE, asked.date, asked.month_days) &&
			is_among(rule->by_year_day, ICAL_BY_YEARDAY_SIZE, asked.year_day, asked.year_days) &&
			is_by_day(rule, &asked) && is_near_week(rule, &asked))
			return true;
	}
	return false;
}
