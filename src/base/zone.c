/* Time zones: GLib reads the tzdata files; nothing else here or elsewhere touches GLib's time. */
#include "base/time.h"

#include "base/alloc.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <sys/stat.h>

#define SECONDS_PER_DAY 86400
#define LARGEST_OFFSET	(26 * 3600) /* more than any zone ever had (15:13:42) */
#define LARGEST_SECOND	(INT64_MAX / NS_PER_SEC - 1)

struct zone {
	char *name;
	GTimeZone *glib;
};

static int64_t floor_seconds(int64_t time)
{
	return time / NS_PER_SEC - (time % NS_PER_SEC < 0);
}

/* GLib would take "+07", POSIX rules ("ICT-7") and paths as well: only names of tzdata's files are wanted. */
static bool in_tzdata(const char *name)
{
	const char *root = getenv("TZDIR");
	struct stat status;
	char *path;
	bool found;

	if (!isalpha((unsigned char)name[0]) || strstr(name, "..") || strlen(name) > 64)
		return false;
	path = xasprintf("%s/%s", root ? root : "/usr/share/zoneinfo", name);
	found = stat(path, &status) == 0 && S_ISREG(status.st_mode);
	free(path);
	return found;
}

int zone_create(const char *name, struct zone **ret_zone)
{
	bool utc = strcmp(name, "UTC") == 0;
	GTimeZone *glib;
	struct zone *zone;

	if (!utc && !in_tzdata(name))
		return -ENOENT;
	glib = utc ? g_time_zone_new_utc() : g_time_zone_new_identifier(name);
	if (!glib)
		return -ENOENT;
	zone = xcalloc(1, sizeof *zone);
	zone->name = xstrdup(name);
	zone->glib = glib;
	*ret_zone = zone;
	return 0;
}

void zone_destroy(struct zone *zone)
{
	if (!zone)
		return;
	g_time_zone_unref(zone->glib);
	free(zone->name);
	free(zone);
}

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

static int interval_at(const struct zone *zone, int64_t second)
{
	return g_time_zone_find_interval(zone->glib, G_TIME_TYPE_UNIVERSAL, second);
}

static int32_t offset_at(const struct zone *zone, int64_t second)
{
	return g_time_zone_get_offset(zone->glib, interval_at(zone, second));
}

int32_t zone_offset(const struct zone *zone, int64_t time)
{
	return offset_at(zone, floor_seconds(time));
}

static int64_t local_second(const struct zone *zone, int64_t time)
{
	int64_t second = floor_seconds(time);

	return second + offset_at(zone, second);
}

day_t zone_day(const struct zone *zone, int64_t time)
{
	int64_t local = local_second(zone, time);

	return (day_t)(local / SECONDS_PER_DAY - (local % SECONDS_PER_DAY < 0));
}

void zone_civil(const struct zone *zone, int64_t time, struct civil *ret_civil)
{
	int64_t local = local_second(zone, time);
	day_t day = (day_t)(local / SECONDS_PER_DAY - (local % SECONDS_PER_DAY < 0));
	int second_of_day = (int)(local - (int64_t)day * SECONDS_PER_DAY);

	day_to_date(day, &ret_civil->year, &ret_civil->month, &ret_civil->day);
	ret_civil->hour = second_of_day / 3600;
	ret_civil->minute = second_of_day / 60 % 60;
	ret_civil->second = second_of_day % 60;
	ret_civil->ns = (int32_t)(time % NS_PER_SEC);
	if (ret_civil->ns < 0)
		ret_civil->ns += (int32_t)NS_PER_SEC;
}

/* The first second that belongs to another interval than `from` does; `to` does. */
static int64_t interval_end(const struct zone *zone, int64_t from, int64_t to)
{
	int interval = interval_at(zone, from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (interval_at(zone, middle) == interval)
			from = middle;
		else
			to = middle;
	}
	return to;
}

/* The earliest second whose local reading is not before `local`. That one rule is the whole contract: in an overlap
 * it is the first occurrence, in a gap the first second after the step. */
static int64_t second_of_reading(const struct zone *zone, int64_t local)
{
	int64_t at = local - LARGEST_OFFSET;

	for (;;) {
		int64_t candidate = local - offset_at(zone, at);

		if (candidate <= at)
			return at;
		if (interval_at(zone, candidate) == interval_at(zone, at))
			return candidate;
		at = interval_end(zone, at, candidate);
	}
}

int64_t zone_instant(const struct zone *zone, day_t day, int32_t second_of_day)
{
	int64_t second = second_of_reading(zone, (int64_t)day * SECONDS_PER_DAY + second_of_day);

	if (second > LARGEST_SECOND)
		return TIME_NEVER;
	if (second < -LARGEST_SECOND)
		return TIME_ALWAYS;
	return second * NS_PER_SEC;
}
