#include "calendar/days.h"

#include "base/lunar.h"

/* A schedule asks for the same few days again and again, an entry after the other. */
#define REMEMBERED 8

struct lunar_day {
	day_t day;
	bool known, last_of_year;
	struct lunar_date date;
};

int days_date(int month, int day)
{
	return month << 6 | day;
}

int days_lunar(int month, int day, bool leap)
{
	return month << 6 | (leap ? 32 : 0) | day;
}

static const struct lunar_day *lunar_day(day_t day)
{
	static _Thread_local struct lunar_day remembered[REMEMBERED];
	struct lunar_day *found = &remembered[(unsigned)day % REMEMBERED];

	if (!found->known || found->day != day) {
		struct lunar_date next;

		lunar_from_day(day, &found->date);
		lunar_from_day(day + 1, &next);
		found->last_of_year = next.year != found->date.year;
		found->day = day;
		found->known = true;
	}
	return found;
}

static bool within(int at, int from, int to)
{
	return from <= to ? at >= from && at <= to : at >= from || at <= to;
}

static bool calendar_contains(const struct calendar *calendar, day_t day)
{
	for (size_t i = 0; i < calendar->count; i++)
		if (calendar->days[i].kind != DAYS_CALENDAR && days_contain(&calendar->days[i], day))
			return true;
	return false;
}

bool days_contain(const struct days *days, day_t day)
{
	int year, month, date;
	const struct lunar_day *lunar;

	switch (days->kind) {
	case DAYS_RANGE:
		return day >= days->first && day <= days->last;
	case DAYS_YEARLY:
		day_to_date(day, &year, &month, &date);
		return within(days_date(month, date), days->from, days->to);
	case DAYS_LUNAR_DAY:
		return lunar_day(day)->date.day == days->from;
	case DAYS_LUNAR_YEARLY:
		lunar = lunar_day(day);
		return within(days_lunar(lunar->date.month, lunar->date.day, lunar->date.leap), days->from,
			       days->to) ||
		       (lunar->last_of_year && within(DAYS_LUNAR_LAST, days->from, days->to));
	case DAYS_CALENDAR:
		return calendar_contains(days->calendar, day);
	}
	return false;
}

bool days_any_contains(const struct days *days, size_t count, day_t day)
{
	for (size_t i = 0; i < count; i++)
		if (days_contain(&days[i], day))
			return true;
	return false;
}
