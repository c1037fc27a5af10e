#include "calendar/follow.h"

#include <assert.h>
#include <string.h>

/* The standard expands and limits from part to part; for whole days it comes to this: a period (day, week, month or
 * year) is in turn by INTERVAL, its days are those that fulfil every part, BYSETPOS picks among them. Parts that are not
 * there are taken from DTSTART where something finer is missing. */

enum { PERIOD_MOST = 371 }; /* days: 53 weeks */

struct date {
	day_t day;
	int year, month, date, year_day;
	int month_days, year_days;
	int weekday; /* as libical has it: 1 Sunday .. 7 Saturday */
};

struct week {
	int year; /* the one that most of its days are in */
	int number, count;
};

struct follow {
	const struct icalrecurrencetype *rule;
	struct date begin;
	int64_t begin_period;
	bool like_month, like_date, like_weekday; /* DTSTART's */

	day_t first, last;
	int left; /* of COUNT; below 0: no matter */
	void (*day_fn)(void *data, day_t day);
	void *data;

	day_t period[PERIOD_MOST];
	size_t size;
};

static bool is_set(const short *parts)
{
	return parts[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

static void date_of(day_t day, struct date *ret)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

	day_to_date(day, &ret->year, &ret->month, &ret->date);
	int leap = (ret->year % 4 == 0 && ret->year % 100 != 0) || ret->year % 400 == 0;
	ret->day = day;
	ret->year_day = before[ret->month - 1] + (ret->month > 2 ? leap : 0) + ret->date;
	ret->month_days = before[ret->month] - before[ret->month - 1] + (ret->month == 2 ? leap : 0);
	ret->year_days = 365 + leap;
	ret->weekday = (day_weekday(day) + 1) % 7 + 1;
}

/* Numbers below zero count from the end: -1 is the last of `count`. */
static bool is_among(const short *parts, size_t most, int number, int count)
{
	if (!is_set(parts))
		return true;
	for (size_t i = 0; i < most && parts[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (parts[i] == number || parts[i] == number - count - 1)
			return true;
	return false;
}

static day_t week_begin(const struct icalrecurrencetype *rule, const struct date *date)
{
	return date->day - (date->weekday - (int)rule->week_start + 7) % 7;
}

static void week_of(const struct icalrecurrencetype *rule, const struct date *date, struct week *ret)
{
	struct date middle;

	date_of(week_begin(rule, date) + 3, &middle);
	ret->year = middle.year;
	ret->number = (middle.year_day - 1) / 7 + 1;
	ret->count = ret->number + (middle.year_days - middle.year_day) / 7;
}

static bool is_by_week(const struct icalrecurrencetype *rule, const struct date *date)
{
	struct week week;

	if (!is_set(rule->by_week_no))
		return true;
	week_of(rule, date, &week);
	return is_among(rule->by_week_no, ICAL_BY_WEEKNO_SIZE, week.number, week.count);
}

/* 2MO is the second of the month where there are months, else of the year. */
static bool is_by_day(const struct icalrecurrencetype *rule, const struct date *date)
{
	bool of_month = rule->freq == ICAL_MONTHLY_RECURRENCE || is_set(rule->by_month);
	int at = of_month ? date->date : date->year_day, days = of_month ? date->month_days : date->year_days;

	if (!is_set(rule->by_day))
		return true;
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		int position = icalrecurrencetype_day_position(rule->by_day[i]);
		int found = position < 0 ? -((days - at) / 7 + 1) : (at - 1) / 7 + 1;
		if ((int)icalrecurrencetype_day_day_of_week(rule->by_day[i]) == date->weekday &&
			(position == 0 || position == found))
			return true;
	}
	return false;
}

static bool fulfils(const struct follow *follow, const struct date *date)
{
	const struct icalrecurrencetype *rule = follow->rule;

	return (!follow->like_month || date->month == follow->begin.month) &&
	       (!follow->like_date || date->date == follow->begin.date) &&
	       (!follow->like_weekday || date->weekday == follow->begin.weekday) &&
	       is_among(rule->by_month, ICAL_BY_MONTH_SIZE, date->month, 12) &&
	       is_among(rule->by_month_day, ICAL_BY_MONTHDAY_SIZE, date->date, date->month_days) &&
	       is_among(rule->by_year_day, ICAL_BY_YEARDAY_SIZE, date->year_day, date->year_days) &&
	       is_by_day(rule, date) && is_by_week(rule, date);
}

/* --- periods */

static int64_t period_of(const struct icalrecurrencetype *rule, const struct date *date)
{
	struct week week;

	switch (rule->freq) {
	case ICAL_DAILY_RECURRENCE:
		return date->day;
	case ICAL_WEEKLY_RECURRENCE:
		/* 1970-01-01 was a Thursday; the days before it do not matter */
		return (week_begin(rule, date) + 7) / 7;
	case ICAL_MONTHLY_RECURRENCE:
		return date->year * INT64_C(12) + date->month;
	default:
		if (!is_set(rule->by_week_no))
			return date->year;
		week_of(rule, date, &week); /* the days of week 1 belong together */
		return week.year;
	}
}

/* Where the period that holds `first` begins, or before: BYSETPOS counts from there. */
static day_t long_before(enum icalrecurrencetype_frequency frequency, day_t first)
{
	static const day_t days[] = {[ICAL_DAILY_RECURRENCE] = 0,
		[ICAL_WEEKLY_RECURRENCE] = 6,
		[ICAL_MONTHLY_RECURRENCE] = 30,
		[ICAL_YEARLY_RECURRENCE] = PERIOD_MOST};

	return first - days[frequency];
}

static void give(struct follow *follow, day_t day)
{
	if (day < follow->first || day > follow->last || follow->left == 0)
		return;
	if (follow->left > 0)
		follow->left--;
	follow->day_fn(follow->data, day);
}

static void end_period(struct follow *follow)
{
	const short *positions = follow->rule->by_set_pos;

	for (size_t i = 0; i < follow->size; i++)
		if (is_among(positions, ICAL_BY_SETPOS_SIZE, (int)i + 1, (int)follow->size))
			give(follow, follow->period[i]);
	follow->size = 0;
}

static void see(struct follow *follow, const struct date *date)
{
	if ((period_of(follow->rule, date) - follow->begin_period) % follow->rule->interval != 0 ||
		!fulfils(follow, date))
		return;
	assert(follow->size < PERIOD_MOST);
	follow->period[follow->size++] = date->day;
}

/* --- the rule */

static void take_from_begin(struct follow *follow)
{
	const struct icalrecurrencetype *rule = follow->rule;
	bool days = is_set(rule->by_day) || is_set(rule->by_month_day) || is_set(rule->by_year_day);

	if (days)
		return;
	switch (rule->freq) {
	case ICAL_DAILY_RECURRENCE:
		break;
	case ICAL_WEEKLY_RECURRENCE:
		follow->like_weekday = true;
		break;
	case ICAL_MONTHLY_RECURRENCE:
		follow->like_date = true;
		break;
	default:
		follow->like_weekday = is_set(rule->by_week_no);
		follow->like_date = !is_set(rule->by_week_no);
		follow->like_month = follow->like_date && !is_set(rule->by_month);
		break;
	}
}

static day_t end_of(const struct icalrecurrencetype *rule, day_t last)
{
	if (icaltime_is_null_time(rule->until))
		return last;
	day_t until = day_from_date(rule->until.year, rule->until.month, rule->until.day);
	return until < last ? until : last;
}

void recurrence_follow(const struct icalrecurrencetype *rule, day_t first, day_t last,
	void (*day_fn)(void *data, day_t day), void *data)
{
	struct follow follow = {.rule = rule,
		.first = first,
		.last = end_of(rule, last),
		.left = rule->count > 0 ? rule->count : -1,
		.day_fn = day_fn,
		.data = data};
	int64_t period = 0;

	date_of(first, &follow.begin);
	follow.begin_period = period_of(rule, &follow.begin);
	take_from_begin(&follow);
	for (day_t day = long_before(rule->freq, first); follow.left != 0; day++) {
		struct date date;
		date_of(day, &date);
		int64_t now = period_of(rule, &date);
		if (now != period) {
			end_period(&follow);
			if (day > follow.last)
				break;
		}
		period = now;
		see(&follow, &date);
	}
}
