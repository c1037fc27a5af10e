/* What people write in tables, as playlists have it. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "fold.h"
#include "lists.h"

static GMatchInfo *match(const char *pattern, const char *text)
{
	GRegex *regex =
		g_regex_new(pattern, G_REGEX_CASELESS | G_REGEX_ANCHORED, G_REGEX_MATCH_ANCHORED, NULL);
	GMatchInfo *info = NULL;
	bool found = g_regex_match(regex, text, 0, &info);
	g_regex_unref(regex);
	if (found)
		return info;
	g_match_info_free(info);
	return NULL;
}

static int number(const GMatchInfo *info, const char *name, int otherwise)
{
	char *text = g_match_info_fetch_named(info, name);
	int value = text && *text ? (int)strtol(text, NULL, 10) : otherwise;
	g_free(text);
	return value;
}

/* A spreadsheet adds midnight to a day. */
#define MIDNIGHT "(?:[ T]0{1,2}:00(?::00)?(?:\\.0+)?)?\\s*$"

char *value_date(struct arena *arena, const char *text)
{
	GMatchInfo *info = match(
		"\\s*(?:(?<d>\\d{1,2})[/.-](?<m>\\d{1,2})[/.-](?<y>\\d{4}|\\d{2})|(?<Y>\\d{4})[/.-](?<M>"
		"\\d{1,2})[/.-](?<D>\\d{1,2}))" MIDNIGHT,
		text);
	if (!info)
		return NULL;
	int year = number(info, "y", number(info, "Y", 0)), month = number(info, "m", number(info, "M", 0)),
	    day = number(info, "d", number(info, "D", 0));
	g_match_info_free(info);
	year += year < 100 ? 2000 : 0;
	return date_valid(year, month, day) ? arena_printf(arena, "%04d-%02d-%02d", year, month, day) : NULL;
}

#define HOUR(n)                                                                                              \
	"(?<h" n ">\\d{1,2})(?:\\s*[:hg]\\s*(?<m" n ">\\d{2})?(?::(?<s" n ">\\d{2}))?|\\s*giờ\\s*(?<M" n     \
	">\\d{1,2})?)?"

static char *hour_of(struct arena *arena, const GMatchInfo *info, const char *n)
{
	static const char letters[] = "hmsM";
	char names[4][3];
	for (int i = 0; i < 4; i++)
		snprintf(names[i], sizeof names[i], "%c%s", letters[i], n);
	int hour = number(info, names[0], -1), minute = number(info, names[1], number(info, names[3], 0)),
	    second = number(info, names[2], 0);
	if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second > 0))
		return NULL;
	return second ? arena_printf(arena, "%02d:%02d:%02d", hour, minute, second)
		      : arena_printf(arena, "%02d:%02d", hour, minute);
}

char *value_hour(struct arena *arena, const char *text)
{
	GMatchInfo *info = match("\\s*" HOUR("1") "\\s*$", text);
	char *hour = info ? hour_of(arena, info, "1") : NULL;
	if (info)
		g_match_info_free(info);
	return hour;
}

static char *window_of(struct arena *arena, const char *text)
{
	GMatchInfo *info =
		match("\\s*(?:từ\\s+)?" HOUR("1") "\\s*(?:-|–|—|đến|tới|to|~)\\s*" HOUR("2") "\\s*$", text);
	char *start = info ? hour_of(arena, info, "1") : NULL, *end = info ? hour_of(arena, info, "2") : NULL;
	if (info)
		g_match_info_free(info);
	return start && end && strcmp(start, end) != 0 ? arena_printf(arena, "\"%s-%s\"", start, end) : NULL;
}

/* Parts of a list, each through make; "[a, b]", or one alone. */
static char *list_of(struct arena *arena, const char *text, const char *separators,
	char *(*make)(struct arena *arena, const char *part))
{
	char **parts = g_regex_split_simple(separators, text, G_REGEX_CASELESS, 0);
	char *all = NULL;
	int count = 0;
	bool good = true;
	for (int i = 0; good && parts[i]; i++) {
		if (!*g_strstrip(parts[i]))
			continue;
		char *part = make(arena, parts[i]);
		good = part != NULL;
		if (good)
			all = count++ ? arena_printf(arena, "%s, %s", all, part) : part;
	}
	g_strfreev(parts);
	if (!good || count == 0)
		return NULL;
	return count == 1 ? all : arena_printf(arena, "[%s]", all);
}

char *value_hours(struct arena *arena, const char *text)
{
	GMatchInfo *info = match("\\s*(cả ngày|suốt ngày|24/24h?|all day)\\s*$", text);
	if (info) {
		g_match_info_free(info);
		return arena_strdup(arena, "\"00:00-24:00\"");
	}
	return list_of(arena, text, "[;,\\n]|\\s+và\\s+|\\s+and\\s+", window_of);
}

/* --- days of the week */

static int weekday_of(const char *text)
{
	static const char *const names[7][6] = {
		{"thu-2", "t2", "thu-hai", "2", "mon", "monday"},
		{"thu-3", "t3", "thu-ba", "3", "tue", "tuesday"},
		{"thu-4", "t4", "thu-tu", "4", "wed", "wednesday"},
		{"thu-5", "t5", "thu-nam", "5", "thu", "thursday"},
		{"thu-6", "t6", "thu-sau", "6", "fri", "friday"},
		{"thu-7", "t7", "thu-bay", "7", "sat", "saturday"},
		{"chu-nhat", "cn", "cn", "8", "sun", "sunday"},
	};
	char *folded = fold(text);
	int found = -1;
	for (int day = 0; day < 7 && found < 0; day++)
		for (int i = 0; i < 6; i++)
			if (strcmp(folded, names[day][i]) == 0)
				found = day;
	g_free(folded);
	return found;
}

static char *days_of(struct arena *arena, const char *text)
{
	static const char *const words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	char **ends = g_regex_split_simple("\\s*(?:-|–|—|đến|tới|\\.\\.)\\s*", text, G_REGEX_CASELESS, 0);
	int count = (int)g_strv_length(ends), first = -1, last = -1;
	if (count == 1 || count == 2) {
		first = weekday_of(g_strstrip(ends[0]));
		last = count == 2 ? weekday_of(g_strstrip(ends[1])) : first;
	}
	g_strfreev(ends);
	if (first < 0 || last < 0)
		return NULL;
	return first == last ? arena_strdup(arena, words[first])
			     : arena_printf(arena, "%s..%s", words[first], words[last]);
}

char *value_days(struct arena *arena, const char *text)
{
	static const char *const daily[] = {
		"hang-ngay", "hằng ngày", "moi-ngay", "tat-ca", "daily", "ca-tuan"};
	char *folded = fold(text);
	char *days = NULL;
	for (size_t i = 0; i < sizeof daily / sizeof *daily; i++)
		if (strcmp(folded, daily[i]) == 0)
			days = arena_strdup(arena, "daily");
	if (strcmp(folded, "cuoi-tuan") == 0 || strcmp(folded, "weekend") == 0)
		days = arena_strdup(arena, "weekend");
	g_free(folded);
	return days ? days : list_of(arena, text, "[;,\\n]|\\s+và\\s+|\\s+and\\s+", days_of);
}

/* --- the rest */

char *value_duration(struct arena *arena, const char *text)
{
	GMatchInfo *info = match("\\s*(?<n>\\d{1,5})\\s*(?:(?<s>s|giây|sec|seconds?)?|(?<m>m|p|ph|phút|min|"
				 "minutes?)|(?<h>h|giờ|hours?))\\s*$",
		text);
	if (!info)
		return NULL;
	char *minutes = g_match_info_fetch_named(info, "m"), *hours = g_match_info_fetch_named(info, "h");
	const char *unit = minutes && *minutes ? "m" : hours && *hours ? "h" : "s";
	char *duration = arena_printf(arena, "%d%s", number(info, "n", 0), unit);
	g_free(minutes);
	g_free(hours);
	g_match_info_free(info);
	return duration;
}

static char *target_of(struct arena *arena, const char *text)
{
	return strpbrk(text, "\"\\{}[]#&*!|>%@`':") ? NULL : arena_strdup(arena, text);
}

char *value_targets(struct arena *arena, const char *text)
{
	return list_of(arena, text, "[;,\\n]", target_of);
}

char *value_priority(struct arena *arena, const char *text)
{
	GMatchInfo *info = match("\\s*(?<n>\\d{1,3})\\s*$", text);
	int value = info ? number(info, "n", -1) : -1;
	if (info)
		g_match_info_free(info);
	return value >= 0 && value <= 100 ? arena_printf(arena, "%d", value) : NULL;
}
