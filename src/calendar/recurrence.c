#include "calendar/recurrence.h"

#include "base/words.h"

#include <errno.h>
#include <libical/ical.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/follow.h"

#define RULE_MOST 512

enum { WORD = 64 };

struct recurrence {
	day_t first;
	size_t size;  /* days from first on that the bits are of */
	size_t count; /* of them set */
	uint64_t bits[];
};

/* libical keeps its error state a process unless built otherwise. */
static pthread_mutex_t libical = PTHREAD_MUTEX_INITIALIZER;

static bool has_part(const char *rule, const char *part)
{
	size_t length = strlen(part);

	for (const char *at = rule; at; at = strchr(at, ';')) {
		at += *at == ';';
		if (strncasecmp(at, part, length) == 0 && at[length] == '=')
			return true;
	}
	return false;
}

/* Which of the parts that RFC 5545 knows stands there twice; NULL: none. */
static bool repeats_a_part(const char *rule)
{
	static const char *const parts[] = {"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY",
		"BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *at = strcasestr(rule, parts[i]);
		size_t length = strlen(parts[i]), found = 0;

		for (; at; at = strcasestr(at + length, parts[i]))
			found += (at == rule || at[-1] == ';') && at[length] == '=';
		if (found > 1)
			return true;
	}
	return false;
}

/* What must not come to libical, or what it would get wrong. NULL: nothing. */
static const char *refuse_text(const char *rule)
{
	static const char *const parts[] = {"BYHOUR", "BYMINUTE", "BYSECOND"};

	if (strlen(rule) > RULE_MOST)
		return _("the rule is longer than 512 characters; write several entries");
	if (strncasecmp(rule, "RRULE:", 6) == 0)
		return _("leave out `RRULE:`; the rule begins with `FREQ=`");
	if (strncasecmp(rule, "FREQ=", 5) != 0)
		return _("a rule begins with `FREQ=`, as `FREQ=MONTHLY;BYDAY=1MO`");
	for (size_t i = 0; i < 3; i++)
		if (has_part(rule, parts[i]))
			return _("a rule says days; hours of the day belong in `hours`: leave out BYHOUR, "
				 "BYMINUTE and BYSECOND");
	if (has_part(rule, "RSCALE") || has_part(rule, "SKIP"))
		return _("rules of other calendars (RSCALE, SKIP) are not followed; lunar dates are written "
			 "in `dates`, as `lunar 15`");
	if (repeats_a_part(rule))
		return _("a part of the rule is there twice; keep one");
	return NULL;
}

/* libical's parser lets some through. */
static bool is_within(const short *parts, size_t most, int limit)
{
	for (size_t i = 0; i < most && parts[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (parts[i] == 0 || parts[i] > limit || parts[i] < -limit)
			return false;
	return true;
}

static bool has_numbered_day(const struct icalrecurrencetype *rule)
{
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (icalrecurrencetype_day_position(rule->by_day[i]) != 0)
			return true;
	return false;
}

static bool is_set(const short *parts)
{
	return parts[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

static bool is_a_date(struct icaltimetype time)
{
	int year, month, day;

	if (time.month < 1 || time.month > 12 || time.day < 1 || time.day > 31)
		return false;
	day_to_date(day_from_date(time.year, time.month, time.day), &year, &month, &day);
	return month == time.month;
}

static const char *refuse_numbers(const struct icalrecurrencetype *rule)
{
	if (!is_within(rule->by_month, ICAL_BY_MONTH_SIZE, 12))
		return _("BYMONTH is a number from 1 to 12");
	if (!is_within(rule->by_year_day, ICAL_BY_YEARDAY_SIZE, 366))
		return _("BYYEARDAY is a number from 1 to 366, or from -1 to -366 from the end of the year");
	if (!is_within(rule->by_week_no, ICAL_BY_WEEKNO_SIZE, 53))
		return _("BYWEEKNO is a number from 1 to 53, or from -1 to -53 from the end of the year");
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (abs(icalrecurrencetype_day_position(rule->by_day[i])) > 53)
			return _("the number before a weekday is at most 53, as in 1MO or -1FR");
	if (!icaltime_is_null_time(rule->until) && !is_a_date(rule->until))
		return _("the day of UNTIL is in no calendar");
	return NULL;
}

static const char *refuse_rule(const struct icalrecurrencetype *rule)
{
	switch (rule->freq) {
	case ICAL_DAILY_RECURRENCE:
	case ICAL_WEEKLY_RECURRENCE:
		if (is_set(rule->by_week_no) || is_set(rule->by_year_day) ||
			(rule->freq == ICAL_WEEKLY_RECURRENCE && is_set(rule->by_month_day)))
			return _("that BY… part does not go with this FREQ (RFC 5545); BYDAY does");
		if (has_numbered_day(rule))
			return _("a numbered day such as 1MO goes with FREQ=MONTHLY or YEARLY; leave the "
				 "number out");
		break;
	case ICAL_MONTHLY_RECURRENCE:
		if (is_set(rule->by_week_no) || is_set(rule->by_year_day))
			return _("BYWEEKNO and BYYEARDAY go with FREQ=YEARLY; use BYDAY or BYMONTHDAY");
		break;
	case ICAL_YEARLY_RECURRENCE:
		if (is_set(rule->by_week_no) && has_numbered_day(rule))
			return _(
				"a numbered day such as 1MO does not go with BYWEEKNO; leave the number out");
		/* some programs take the whole week, some the weekday that the rule begins with */
		if (is_set(rule->by_week_no) && !is_set(rule->by_day))
			return _("BYWEEKNO names weeks; say with BYDAY which of their days");
		break;
	default:
		return _("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; what repeats within a day is said by "
			 "`hours`");
	}
	if (is_set(rule->by_set_pos) && !is_set(rule->by_month) && !is_set(rule->by_day) &&
		!is_set(rule->by_month_day) && !is_set(rule->by_year_day) && !is_set(rule->by_week_no))
		return _("BYSETPOS chooses among days that another BY… part names; add BYDAY or BYMONTHDAY");
	return refuse_numbers(rule);
}

static struct icaltimetype ical_date(day_t day)
{
	struct icaltimetype time = {.is_date = true};

	day_to_date(day, &time.year, &time.month, &time.day);
	return time;
}

/* UNTIL with a time means the local day that contains it. */
static void until_as_date(struct icalrecurrencetype *rule, const struct zone *zone)
{
	struct icaltimetype until = rule->until;

	if (icaltime_is_null_time(until) || until.is_date)
		return;
	day_t day = day_from_date(until.year, until.month, until.day);
	if (icaltime_is_utc(until))
		day = zone_day(
			zone, ((int64_t)day * 86400 + until.hour * 3600 + until.minute * 60 + until.second) *
				      NS_PER_SEC);
	rule->until = ical_date(day);
}

static struct recurrence *make(struct arena *arena, day_t first, day_t last)
{
	int year, month, day;

	day_to_date(first, &year, &month, &day);
	day_t horizon = day_from_date(year + RECURRENCE_YEARS, 1, 1);
	if (last == DAY_NONE || last > horizon)
		last = horizon;
	size_t size = last < first ? 0 : (size_t)(last - first) + 1;
	struct recurrence *recurrence =
		arena_alloc(arena, sizeof *recurrence + (size / WORD + 1) * sizeof *recurrence->bits);
	recurrence->first = first;
	recurrence->size = size;
	return recurrence;
}

static void add(void *data, day_t day)
{
	struct recurrence *recurrence = data;
	size_t index = (size_t)(day - recurrence->first);

	recurrence->bits[index / WORD] |= UINT64_C(1) << index % WORD;
	recurrence->count++;
}

int recurrence_make(struct arena *arena, const char *text, day_t first, day_t last, const struct zone *zone,
	const struct recurrence **ret_recurrence, const char **ret_why)
{
	const char *why = refuse_text(text);

	if (!why) {
		pthread_mutex_lock(&libical);
		icalerror_set_errors_are_fatal(false);
		struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
		why = rule.freq == ICAL_NO_RECURRENCE ? _("it is no recurrence rule of RFC 5545; write for "
							  "example `FREQ=MONTHLY;BYDAY=1MO`")
						      : refuse_rule(&rule);
		if (!why) {
			until_as_date(&rule, zone);
			struct recurrence *recurrence = make(arena, first, last);
			recurrence_follow(&rule, first, first + (day_t)recurrence->size - 1, add, recurrence);
			*ret_recurrence = recurrence;
		}
		pthread_mutex_unlock(&libical);
	}
	if (!why)
		return 0;
	*ret_why = why;
	return -EINVAL;
}

bool recurrence_contains(const struct recurrence *recurrence, day_t day)
{
	int64_t index = (int64_t)day - recurrence->first;

	return index >= 0 && (size_t)index < recurrence->size &&
	       recurrence->bits[index / WORD] >> index % WORD & 1;
}

size_t recurrence_count(const struct recurrence *recurrence)
{
	return recurrence->count;
}
