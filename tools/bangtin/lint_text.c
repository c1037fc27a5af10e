/* Texts against the calendars and the map. */
#include <glib.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/lunar.h"
#include "base/note.h"
#include "base/words.h"
#include "fold.h"
#include "lint.h"

#define WEEKDAY "(?<weekday>thứ\\s+(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\\s+nhật)"
#define SOLAR                                                                                                \
	"(?<![\\d/.-])(?:(?<d>\\d{1,2})[/.-](?<m>\\d{1,2})[/.-](?<y>\\d{4})" SOLAR_WORDS ")(?!"              \
	"\\d)" NOT_LUNAR
#define SOLAR_WORDS "|(?<d>\\d{1,2})\\s+tháng\\s+(?<m>\\d{1,2})\\s*(?:,?\\s*năm\\s+|/)(?<y>\\d{4})"
#define NOT_LUNAR   "(?!\\s*(?:âm\\s+lịch|\\(?al\\b))"
#define MONTH	    "(?<lm>\\d{1,2}|giêng|hai|ba|tư|năm|sáu|bảy|tám|chín|mười(?:\\s+(?:một|hai))?|chạp)(?!\\w)"
#define LUNAR                                                                                                           \
	"(?:(?<ld>rằm)\\s+tháng\\s+" MONTH "|(?:mùng|mồng)\\s+(?<ld>\\d{1,2}|một|hai|ba|tư|năm|sáu|bảy|tám|" \
	"chín|mười)\\s+tháng\\s+" MONTH                                                                                 \
	"|(?<ld>\\d{1,2})(?:\\s+tháng\\s+|/)(?<lm>\\d{1,2})(?:/\\d{4})?\\s*\\(?(?:âm\\s+lịch|al\\b))"
/* what may stand between two names of one day */
#define BETWEEN                                                                                                     \
	"(?:\\s+âm\\s+lịch)?(?:\\s+năm\\s+\\w+\\s+\\w+)?[\\s,(]*(?:tức\\s+(?:là\\s+)?)?(?:(?:thứ\\s+\\w+|" \
	"chủ\\s+nhật)[\\s,]*)?"                                                                                 \
	"(?:ngày\\s+)?(?:dương\\s+lịch\\s+)?"

static GRegex *compile(const char *pattern)
{
	GError *error = NULL;
	GRegex *regex =
		g_regex_new(pattern, G_REGEX_CASELESS | G_REGEX_DUPNAMES | G_REGEX_OPTIMIZE, 0, &error);

	if (!regex) { /* the patterns are constants */
		fprintf(stderr, "%s\n", error->message);
		abort();
	}
	return regex;
}

static int number(const GMatchInfo *match, const char *name)
{
	char *text = g_match_info_fetch_named(match, name);
	int value = text ? (int)strtol(text, NULL, 10) : 0;

	g_free(text);
	return value;
}

static bool solar_day(const GMatchInfo *match, day_t *ret_day)
{
	int year = number(match, "y"), month = number(match, "m"), day = number(match, "d");

	if (!date_valid(year, month, day))
		return false;
	*ret_day = day_from_date(year, month, day);
	return true;
}

/* --- weekdays */

static const char *const weekdays[] = {
	"thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"};

/* 0 Monday */
static int weekday_named(const char *text)
{
	static const char *const ends[][2] = {{"hai", "2"}, {"ba", "3"}, {"tư", "4"}, {"năm", "5"},
		{"sáu", "6"}, {"bảy", "7"}, {"nhật", "bẩy"}};
	char *small = g_utf8_strdown(text, -1);
	int found = 6;

	for (int i = 0; i < 6; i++)
		if (g_str_has_suffix(small, ends[i][0]) || g_str_has_suffix(small, ends[i][1]))
			found = i;
	if (g_str_has_suffix(small, "bẩy"))
		found = 5;
	g_free(small);
	return found;
}

struct place { /* of what is found */
	const struct message *message;
	struct diag_list *diags;
};

static void judge_weekday(const struct place *place, const GMatchInfo *match)
{
	char *whole = g_match_info_fetch(match, 0), *weekday = g_match_info_fetch_named(match, "weekday");
	day_t day;

	if (!solar_day(match, &day))
		diag_note(place->diags, NOTE_WEEKDAY, place->message->text_where,
			"message `%s/%s`: `%s`: there is no such date; correct it", place->message->unit,
			place->message->name, whole);
	else if (weekday_named(weekday) != day_weekday(day))
		diag_note(place->diags, NOTE_WEEKDAY, place->message->text_where,
			"message `%s/%s`: `%s`: that day is a %s; correct the weekday or the date",
			place->message->unit, place->message->name, whole, weekdays[day_weekday(day)]);
	g_free(whole);
	g_free(weekday);
}

/* --- the lunar calendar */

static int number_named(const char *word)
{
	static const char *const names[] = {
		"giêng", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "chạp"};
	char *small = g_utf8_strdown(word, -1);
	int value = (int)strtol(small, NULL, 10);

	for (int i = 0; i < 12 && value == 0; i++)
		if (strcmp(small, names[i]) == 0)
			value = i + 1;
	if (strcmp(small, "rằm") == 0)
		value = 15;
	else if (strcmp(small, "một") == 0)
		value = 1;
	else if (strcmp(small, "mười hai") == 0)
		value = 12;
	g_free(small);
	return value;
}

static void judge_lunar(const struct place *place, const GMatchInfo *match)
{
	char *whole = g_match_info_fetch(match, 0);
	char *day_word = g_match_info_fetch_named(match, "ld"),
	     *month_word = g_match_info_fetch_named(match, "lm");
	int lunar_day = number_named(day_word), month = number_named(month_word);
	struct lunar_date is;
	day_t day, meant;

	if (solar_day(match, &day)) {
		lunar_from_day(day, &is);
		struct lunar_date named = {.year = is.year, .month = month, .day = lunar_day};
		char date[16];
		char *advice = NULL;
		if (lunar_to_day(&named, &meant) == 0) {
			time_format_date(meant, date, sizeof date);
			advice = xasprintf(_("; the day named is %s"), date);
		}
		if (is.month != month || is.day != lunar_day)
			diag_note(place->diags, NOTE_LUNAR, place->message->text_where,
				"message `%s/%s`: `%s`: that day is the %d/%d%s of the lunar calendar%s; "
				"correct one of "
				"them",
				place->message->unit, place->message->name, whole, is.day, is.month,
				is.leap ? _(" (leap month)") : "", advice ? advice : "");
		free(advice);
	}
	g_free(whole);
	g_free(day_word);
	g_free(month_word);
}

/* --- each pattern over each text */

static void match_all(GRegex *regex, const char *text, const struct place *place,
	void (*judge)(const struct place *place, const GMatchInfo *match))
{
	GMatchInfo *match;

	g_regex_match(regex, text, 0, &match);
	while (g_match_info_matches(match)) {
		judge(place, match);
		g_match_info_next(match, NULL);
	}
	g_match_info_free(match);
}

struct rules {
	GRegex *weekday_first, *weekday_last, *lunar_first, *lunar_last;
};

static void lint_text(const struct rules *rules, const char *text, const struct place *place)
{
	match_all(rules->weekday_first, text, place, judge_weekday);
	match_all(rules->weekday_last, text, place, judge_weekday);
	match_all(rules->lunar_first, text, place, judge_lunar);
	match_all(rules->lunar_last, text, place, judge_lunar);
}

void lint_each_date(const char *text, void (*found)(void *data, day_t day), void *data)
{
	GRegex *regex = compile(SOLAR);
	GMatchInfo *match;
	day_t day;

	g_regex_match(regex, text, 0, &match);
	while (g_match_info_matches(match)) {
		if (solar_day(match, &day))
			found(data, day);
		g_match_info_next(match, NULL);
	}
	g_match_info_free(match);
	g_regex_unref(regex);
}

/* --- names: words with capitals, as many as the name has syllables */

/* One letter more, less or another. */
static bool one_apart(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), same = 0, end = 0;
	size_t less = m < n ? m : n, more = m < n ? n : m;

	if (more - less > 1)
		return false;
	while (same < less && a[same] == b[same])
		same++;
	while (end < less - same && a[m - 1 - end] == b[n - 1 - end])
		end++;
	return same + end + 1 >= more;
}

/* Short names are too near to each other for letters to count. */
static bool nearly(const char *folded, const char *place)
{
	char *other = fold(place);
	bool near = strcmp(other, folded) == 0 || (strlen(other) >= 7 && one_apart(other, folded));

	free(other);
	return near;
}

static void judge_name(const struct site *site, const char *name, const struct place *place)
{
	char *folded = fold(name);
	const char *right = NULL;
	bool known = false;

	for (size_t i = 0; i < site->place_count; i++) {
		known |= strcmp(site->places[i], name) == 0;
		if (nearly(folded, site->places[i]))
			right = site->places[i];
	}
	if (right && !known)
		diag_note(place->diags, NOTE_PLACE, place->message->text_where,
			"message `%s/%s`: `%s`: the site knows `%s`; correct it, or add the name to `places` "
			"of the "
			"site's configuration",
			place->message->unit, place->message->name, name, right);
	g_free(folded);
}

static size_t syllables(const char *name)
{
	size_t count = 1;

	for (; *name; name++)
		count += *name == ' ';
	return count;
}

static void lint_names(const struct site *site, const char *text, const struct place *place)
{
	static const char *const patterns[] = {NULL, NULL, "(?=(?<![\\w])(\\p{Lu}\\w*\\s\\p{Lu}\\w*)(?!\\w))",
		"(?=(?<![\\w])(\\p{Lu}\\w*\\s\\p{Lu}\\w*\\s\\p{Lu}\\w*)(?!\\w))"};
	bool wanted[4] = {false};

	for (size_t i = 0; i < site->place_count; i++)
		if (syllables(site->places[i]) < 4)
			wanted[syllables(site->places[i])] = true;
	for (int n = 2; n < 4; n++) {
		if (!wanted[n])
			continue;
		GRegex *regex = g_regex_new(patterns[n], 0, 0, NULL);
		GMatchInfo *match;
		g_regex_match(regex, text, 0, &match);
		while (g_match_info_matches(match)) {
			char *name = g_match_info_fetch(match, 1);
			judge_name(site, name, place);
			g_free(name);
			g_match_info_next(match, NULL);
		}
		g_match_info_free(match);
		g_regex_unref(regex);
	}
}

void lint_texts(const struct site *site, const struct catalogue *catalogue, struct diag_list *diags)
{
	struct rules rules = {
		.weekday_first = compile(WEEKDAY "[\\s,(]*(?:ngày\\s+)?" SOLAR),
		.weekday_last = compile(SOLAR "\\s*\\(\\s*" WEEKDAY),
		.lunar_first = compile(LUNAR BETWEEN SOLAR),
		.lunar_last = compile(SOLAR "[\\s,(]*(?:tức\\s+(?:là\\s+)?)?(?:ngày\\s+)?" LUNAR),
	};

	for (size_t i = 0; i < catalogue->message_count; i++) {
		const struct message *message = catalogue->messages[i];
		const struct place place = {message, diags};
		if (message->forms) /* dates of the samples are nobody's */
			continue;
		lint_text(&rules, message->text, &place);
		for (size_t k = 0; k < message->short_count; k++)
			lint_text(&rules, message->shorts[k], &place);
		if (site)
			lint_names(site, message->text, &place);
	}
	g_regex_unref(rules.weekday_first);
	g_regex_unref(rules.weekday_last);
	g_regex_unref(rules.lunar_first);
	g_regex_unref(rules.lunar_last);
}
