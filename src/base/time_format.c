#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fraction is written only where there is one, in ms where that is exact. */
static void format_fraction(int32_t ns, char *buffer, size_t size)
{
	buffer[0] = '\0';
	if (ns % NS_PER_MS)
		snprintf(buffer, size, ".%09d", (int)ns);
	else if (ns)
		snprintf(buffer, size, ".%03d", (int)(ns / NS_PER_MS));
}

static void format_offset(const struct zone *zone, int32_t offset, char *buffer, size_t size)
{
	int minutes = abs(offset) / 60;

	if (strcmp(zone_name(zone), "UTC") == 0)
		snprintf(buffer, size, "Z");
	else
		snprintf(buffer, size, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void time_format(const struct zone *zone, int64_t time, char *buffer, size_t size)
{
	int32_t offset = zone_offset(zone, time);
	/* RFC 3339 has no seconds in an offset (local mean time, before 1920 or so): those are written with the
	 * offset cut to whole minutes, and the reading moved by what was cut, so that the instant stays exact. */
	int32_t cut = offset % 60;
	int64_t moved;
	char fraction[16], suffix[16];
	struct civil c;

	if (__builtin_sub_overflow(time, cut * NS_PER_SEC, &moved))
		moved = time; /* the first minute of 1677 */
	zone_civil(zone, moved, &c);
	format_fraction(c.ns, fraction, sizeof fraction);
	format_offset(zone, offset - cut, suffix, sizeof suffix);
	snprintf(buffer, size, "%04d-%02d-%02dT%02d:%02d:%02d%s%s", c.year, c.month, c.day, c.hour, c.minute,
		c.second, fraction, suffix);
}

void time_format_date(day_t day, char *buffer, size_t size)
{
	int year, month, day_of_month;

	day_to_date(day, &year, &month, &day_of_month);
	snprintf(buffer, size, "%04d-%02d-%02d", year, month, day_of_month);
}

void time_format_duration(int64_t ns, char *buffer, size_t size)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {{"d", 24 * NS_PER_HOUR}, {"h", NS_PER_HOUR}, {"m", NS_PER_MIN}, {"s", NS_PER_SEC},
		{"ms", NS_PER_MS}, {"us", NS_PER_US}, {"ns", 1}};
	size_t used = 0;

	if (ns <= 0) {
		snprintf(buffer, size, "0s");
		return;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units && used < size; i++) {
		if (ns >= units[i].ns)
			used += (size_t)snprintf(buffer + used, size - used, "%lld%s",
				(long long)(ns / units[i].ns), units[i].name);
		ns %= units[i].ns;
	}
}
