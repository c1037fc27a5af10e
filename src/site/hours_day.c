/* What hours of the clock and of the sun are on one local day. */
#include "base/sun.h"
#include "site/site.h"

enum { DAY_SECONDS = 86400 };

/* Whole minutes: what hangs on hours is looked at once a minute. */
static bool sun_second(const struct site *site, enum hour_base base, day_t day, int32_t *ret_second)
{
	struct civil civil;
	int64_t time;
	if (!site->placed || !sun_time(site->latitude, site->longitude, day,
				     base == HOUR_SUNRISE ? SUN_RISES : SUN_SETS, &time))
		return false;
	zone_civil(site->zone, time + NS_PER_MIN / 2, &civil);
	day_t at = day_from_date(civil.year, civil.month, civil.day);
	*ret_second = (at - day) * DAY_SECONDS + civil.hour * 3600 + civil.minute * 60;
	return true;
}

static bool second_on(
	const struct site *site, int32_t second, enum hour_base base, day_t day, int32_t *ret_second)
{
	int32_t sun = 0;
	if (base != HOUR_CLOCK && !sun_second(site, base, day, &sun))
		return false;
	*ret_second = sun + second;
	return true;
}

bool hours_on(const struct site *site, const struct hours *hours, day_t day, struct hours *ret_hours)
{
	struct hours on = {0};
	day_t end_day = day + hours->crosses;
	if (!second_on(site, hours->start, hours->start_base, day, &on.start) ||
		!second_on(site, hours->end, hours->end_base, end_day, &on.end))
		return false;
	on.end += hours->crosses ? DAY_SECONDS : 0;
	*ret_hours = on;
	return on.start < on.end;
}

/* Before the first step of the day the last one of the day before still holds. A step of the sun on a day without it is
 * none. */
int display_brightness(
	const struct site *site, const struct display *display, day_t day, int32_t second_of_day)
{
	const struct brightness_step *step = &display->brightness[display->brightness_count - 1];
	int32_t start, latest = INT32_MIN;
	for (size_t i = 0; i < display->brightness_count; i++) {
		const struct brightness_step *next = &display->brightness[i];
		if (!second_on(site, next->start, next->base, day, &start) || start > second_of_day ||
			start < latest)
			continue;
		step = next;
		latest = start;
	}
	return step->permille;
}
