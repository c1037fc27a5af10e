/* Time: one unit everywhere, and civil time in one site's zone.
 *
 * Instants are int64_t nanoseconds since 1970-01-01T00:00:00Z (leap seconds as POSIX has them); durations are
 * int64_t nanoseconds. Zones come from the system's tzdata. Everything here is pure and may be called on any
 * thread; a struct zone is immutable once made.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US   INT64_C(1000)
#define NS_PER_MS   INT64_C(1000000)
#define NS_PER_SEC  INT64_C(1000000000)
#define NS_PER_MIN  (60 * NS_PER_SEC)
#define NS_PER_HOUR (60 * NS_PER_MIN)
#define TIME_NEVER  INT64_MAX /* later than every instant */
#define TIME_ALWAYS INT64_MIN /* before every instant */

/* A day of the proleptic Gregorian calendar as days since 1970-01-01 (may be negative). */
typedef int32_t day_t;
#define DAY_NONE INT32_MIN

struct civil {
	int year, month, day;	  /* 2026, 1..12, 1..31 */
	int hour, minute, second; /* 0..23, 0..59, 0..59 */
	int32_t ns;		  /* 0..999999999 */
};

struct zone;

/* 0, or -ENOENT when tzdata has no zone of that name. "UTC" always works. The caller owns *ret_zone. */
int zone_create(const char *name, struct zone **ret_zone);
void zone_destroy(struct zone *zone); /* NULL is fine */
const char *zone_name(const struct zone *zone);

void zone_civil(const struct zone *zone, int64_t time, struct civil *ret_civil);
/* The local day that contains time. */
day_t zone_day(const struct zone *zone, int64_t time);
/* The instant of a local wall-clock reading. second_of_day may reach beyond 86400 or below 0 (it then counts
 * wall-clock hours into the neighbouring day). A reading skipped by a forward step is the first instant after the
 * step; a reading that occurs twice is its first occurrence. Beyond what nanoseconds hold (1677 to 2262):
 * TIME_ALWAYS or TIME_NEVER. */
int64_t zone_instant(const struct zone *zone, day_t day, int32_t second_of_day);
/* Offset from UTC at time, in seconds, east positive. */
int32_t zone_offset(const struct zone *zone, int64_t time);

day_t day_from_date(int year, int month, int day); /* no range check: see date_valid */
void day_to_date(day_t day, int *ret_year, int *ret_month, int *ret_day);
bool date_valid(int year, int month, int day); /* year 1..9999 */
int day_weekday(day_t day);		       /* 0 Monday .. 6 Sunday */

/* Text. Each parser takes the whole string and leaves *ret untouched on -EINVAL. */
int time_parse_date(const char *text, day_t *ret_day); /* YYYY-MM-DD */
/* RFC 3339 with an offset or Z, or "YYYY-MM-DD HH:MM[:SS[.fraction]]" (T allowed) in zone. */
int time_parse_instant(const struct zone *zone, const char *text, int64_t *ret_time);
int time_parse_duration(
	const char *text, int64_t *ret_ns); /* "250ms", "20s", "10m", "1h30m", "2d"; also us, ns */
int time_parse_hour(const char *text, int32_t *ret_second_of_day); /* "00:00".."24:00", also HH:MM:SS */

/* RFC 3339 in zone with its offset; a fraction (ms, or ns where needed) only if not zero. size >= 48. */
void time_format(const struct zone *zone, int64_t time, char *buffer, size_t size);
void time_format_date(day_t day, char *buffer, size_t size); /* YYYY-MM-DD; size >= 16 */
void time_format_duration(
	int64_t ns, char *buffer, size_t size); /* as time_parse_duration reads; size >= 32 */

#endif
