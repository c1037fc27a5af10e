#include "base/time.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Reads exactly `count` digits, advancing *text. */
static bool take_digits(const char **text, int count, int *ret_number)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		if (!isdigit((unsigned char)(*text)[i]))
			return false;
		number = 10 * number + ((*text)[i] - '0');
	}
	*text += count;
	*ret_number = number;
	return true;
}

static bool take(const char **text, char expected)
{
	if (**text != expected)
		return false;
	++*text;
	return true;
}

static bool take_date(const char **text, day_t *ret_day)
{
	int year, month, day;

	if (!take_digits(text, 4, &year) || !take(text, '-') || !take_digits(text, 2, &month) ||
		!take(text, '-') || !take_digits(text, 2, &day) || !date_valid(year, month, day))
		return false;
	*ret_day = day_from_date(year, month, day);
	return true;
}

/* HH:MM[:SS] */
static bool take_hour(const char **text, int32_t *ret_second_of_day, bool *ret_has_seconds)
{
	int hour, minute, second = 0;

	if (!take_digits(text, 2, &hour) || !take(text, ':') || !take_digits(text, 2, &minute))
		return false;
	*ret_has_seconds = take(text, ':');
	if (*ret_has_seconds && !take_digits(text, 2, &second))
		return false;
	if (hour > 24 || minute > 59 || second > 59)
		return false;
	*ret_second_of_day = hour * 3600 + minute * 60 + second;
	return *ret_second_of_day <= 86400;
}

/* ".5" to ".123456789"; absent is 0 */
static bool take_fraction(const char **text, int32_t *ret_ns)
{
	int32_t ns = 0, unit = 100000000;

	*ret_ns = 0;
	if (!take(text, '.'))
		return true;
	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); ++*text, unit /= 10) {
		if (unit == 0)
			return false;
		ns += (**text - '0') * unit;
	}
	*ret_ns = ns;
	return true;
}

/* Z or ±HH:MM. False leaves the text at its place: there is no offset. */
static bool take_offset(const char **text, int32_t *ret_offset)
{
	const char *at = *text;
	int hour, minute;
	bool west;

	if (take(&at, 'Z') || take(&at, 'z')) {
		*ret_offset = 0;
	} else {
		west = *at == '-';
		if (!take(&at, west ? '-' : '+') || !take_digits(&at, 2, &hour) || !take(&at, ':') ||
			!take_digits(&at, 2, &minute) || hour > 23 || minute > 59)
			return false;
		*ret_offset = (west ? -1 : 1) * (hour * 3600 + minute * 60);
	}
	*text = at;
	return true;
}

int time_parse_date(const char *text, day_t *ret_day)
{
	day_t day;

	if (!take_date(&text, &day) || *text != '\0')
		return -EINVAL;
	*ret_day = day;
	return 0;
}

int time_parse_hour(const char *text, int32_t *ret_second_of_day)
{
	int32_t second_of_day;
	bool has_seconds;

	if (!take_hour(&text, &second_of_day, &has_seconds) || *text != '\0')
		return -EINVAL;
	*ret_second_of_day = second_of_day;
	return 0;
}

static int instant_with_offset(day_t day, int32_t second_of_day, int32_t offset, int64_t *ret_time)
{
	int64_t second = (int64_t)day * 86400 + second_of_day - offset;

	/* ±292 years about 1970 are what nanoseconds hold; one second of room for the fraction */
	if (second > INT64_MAX / NS_PER_SEC - 1 || second < INT64_MIN / NS_PER_SEC + 1)
		return -EINVAL;
	*ret_time = second * NS_PER_SEC;
	return 0;
}

int time_parse_instant(const struct zone *zone, const char *text, int64_t *ret_time)
{
	int32_t second_of_day, ns, offset;
	bool has_seconds;
	int64_t time;
	day_t day;

	if (!take_date(&text, &day) || !(take(&text, 'T') || take(&text, 't') || take(&text, ' ')) ||
		!take_hour(&text, &second_of_day, &has_seconds) || second_of_day >= 86400)
		return -EINVAL;
	if (!take_fraction(&text, &ns) || (ns && !has_seconds))
		return -EINVAL;
	if (has_seconds && take_offset(&text, &offset)) {
		if (instant_with_offset(day, second_of_day, offset, &time) < 0)
			return -EINVAL;
	} else {
		time = zone_instant(zone, day, second_of_day);
		if (time == TIME_NEVER || time == TIME_ALWAYS)
			return -EINVAL;
	}
	if (*text != '\0')
		return -EINVAL;
	*ret_time = time + ns;
	return 0;
}

static const struct {
	const char *name;
	int64_t ns;
} units[] = {{"d", 24 * NS_PER_HOUR}, {"h", NS_PER_HOUR}, {"m", NS_PER_MIN}, {"s", NS_PER_SEC},
	{"ms", NS_PER_MS}, {"us", NS_PER_US}, {"ns", 1}};
#define UNIT_COUNT (sizeof units / sizeof *units)

/* The unit whose whole name stands here, at or below `first`: each is used once, the larger before the smaller. */
static size_t take_unit(const char **text, size_t first)
{
	size_t length = strcspn(*text, "0123456789");

	for (size_t i = first; i < UNIT_COUNT; i++) {
		if (strlen(units[i].name) == length && strncmp(*text, units[i].name, length) == 0) {
			*text += length;
			return i;
		}
	}
	return UNIT_COUNT;
}

int time_parse_duration(const char *text, int64_t *ret_ns)
{
	int64_t total = 0, number, part;
	size_t next = 0, unit;

	do {
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		for (number = 0; isdigit((unsigned char)*text); text++) {
			if (number > INT64_MAX / 10 - 1)
				return -EINVAL;
			number = 10 * number + (*text - '0');
		}
		unit = take_unit(&text, next);
		if (unit == UNIT_COUNT || __builtin_mul_overflow(number, units[unit].ns, &part) ||
			__builtin_add_overflow(total, part, &total))
			return -EINVAL;
		next = unit + 1;
	} while (*text != '\0');
	*ret_ns = total;
	return 0;
}
