/* Single values. The patterns are those of ECMA-262, as JSON Schema has them; they are kept to what other engines read
 * alike: no classes as \d, which some take to hold more digits than ten. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "playlist/catalogue.h"
#include "schema.h"

#define NAME	  "[a-z0-9-]{1,63}"
#define REFERENCE "(?:" NAME "/[\\s\\S]*|[^/]+)"

/* --- days: every month has its length, and February its leap years */

#define LEAP_YEAR "(?:[0-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
#define TO_28	  "(?:0[1-9]|1[0-9]|2[0-8])"
#define TO_30	  "(?:0[1-9]|[12][0-9]|30)"
#define TO_31	  "(?:0[1-9]|[12][0-9]|3[01])"
#define DATE                                                                                                 \
	"(?:(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-" TO_31 "|(?:0[469]|11)-" TO_30 "|02-" TO_28              \
	")|" LEAP_YEAR "-02-29)"
#define SHORT_29  "(?:0?[1-9]|[12][0-9])"
#define SHORT_30  "(?:0?[1-9]|[12][0-9]|30)"
#define SHORT_31  "(?:0?[1-9]|[12][0-9]|3[01])"
#define MONTH_31  "(?:0?[13578]|1[02])"
#define MONTH_30  "(?:0?[469]|11)"
#define MONTH_DAY "(?:" MONTH_31 "-" SHORT_31 "|" MONTH_30 "-" SHORT_30 "|0?2-" SHORT_29 ")"
#define DAY_MONTH "(?:" SHORT_31 "/" MONTH_31 "|" SHORT_30 "/" MONTH_30 "|" SHORT_29 "/0?2)"
#define YEARLY	  "(?:" MONTH_DAY "|" DAY_MONTH ")"
#define LUNAR	  "(?:last|" SHORT_30 "/(?:0?[1-9]|1[0-2])(?: leap)?)"
#define DAYS                                                                                                 \
	DATE "(?:\\.\\." DATE ")?|yearly +" YEARLY "(?:\\.\\." YEARLY ")?|lunar +(?:" SHORT_30 "|" LUNAR     \
	     "(?:\\.\\." LUNAR ")?)|last day of the lunar year"

/* --- times */

#define CLOCK "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?|24:00(?::00)?)"
#define LATE                                                                                                 \
	"(?:(?:0?[0-9]|1[01])h(?:0?[0-9]m|[1-5][0-9]m)?|12h(?:00?m)?|(?:[0-9]{1,2}|[1-6][0-9]{2}|7[01][0-9]" \
	"|720)m)"
#define SUN    "sun(?:rise|set)(?:[+-]" LATE ")?"
#define SUN_UP "sun(?:rise|set)(?:[+]" LATE ")?"
/* Two dots divide; else the first dash does, and so no hour before it has one. */
#define WINDOW                                                                                               \
	" *(?:(?:" CLOCK "|" SUN ") *\\.\\. *(?:" CLOCK "|" SUN ")|(?:" CLOCK "|" SUN_UP ") *- *(?:" CLOCK   \
	"|" SUN ")) *"
#define INSTANT                                                                                              \
	DATE "[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|" \
	     "2[0-3]):[0-5][0-9])?)?"
#define DURATION                                                                                             \
	"(?=[0-9])(?:[0-9]{1,18}d)?(?:[0-9]{1,18}h)?(?:[0-9]{1,18}m)?(?:[0-9]{1,18}s)?(?:[0-9]{1,18}ms)?"    \
	"(?:[0-9]{1,18}us)?(?:[0-9]{1,18}ns)?"

/* --- lengths */

/* At most seven digits, of them two after the point. */
#define SHARE_OF_SIDE                                                                                        \
	"(?!(?:[0-9]\\.?){8})(?=\\.?[0-9])0*(?:100(?:\\.0{0,2})?|[0-9]{0,2}(?:\\.[0-9]{0,2})?)%%"
#define NOT_NOTHING "(?![0.]*%?$)"

#define WEEKDAY	  "(?:mon|tue|wed|thu|fri|sat|sun)"
#define LANGUAGE  "(?:[Vv][Ii]|[Ee][Nn])(?:-[A-Za-z0-9]{1,8})*"
#define PART	  "(?!(?:[0-9]\\.?){8})0*(?:100(?:\\.0*)?|[1-9][0-9]?(?:\\.[0-9]*)?|(?<=0)\\.[1-9][0-9]*)%"
#define NOT_BLANK "[ \\n\\t]*[^ \\n\\t](?:[^\\t]*[^ \\n\\t])?[ \\n\\t]*"

/* --- whole numbers */

struct pattern {
	char *text;
	size_t size;
	FILE *to;
};

static void put_digits(FILE *to, int from, int until)
{
	if (from == until)
		fprintf(to, "%d", from);
	else
		fprintf(to, "[%d-%d]", from, until);
}

static void put_any(FILE *to, int digits)
{
	if (digits == 1)
		fputs("[0-9]", to);
	else if (digits > 1)
		fprintf(to, "[0-9]{%d}", digits);
}

/* least and most have as many digits; unit is the value of the first. Writes alternatives with bars between. */
static void put_range(FILE *to, const char *before, int64_t least, int64_t most, int64_t unit, int digits)
{
	char head[32];
	int first = (int)(least / unit), last = (int)(most / unit);
	bool from_low = least % unit == 0, to_high = most % unit == unit - 1;
	if (first == last && digits > 1 && !(from_low && to_high)) {
		snprintf(head, sizeof head, "%s%d", before, first);
		put_range(to, head, least % unit, most % unit, unit / 10, digits - 1);
		return;
	}
	const char *bar = "";
	int low = first, high = last;
	if (!from_low) {
		snprintf(head, sizeof head, "%s%d", before, first);
		put_range(to, head, least % unit, unit - 1, unit / 10, digits - 1);
		bar = "|";
		low++;
	}
	if (!to_high)
		high--;
	if (low <= high) {
		fprintf(to, "%s%s", bar, before);
		put_digits(to, low, high);
		put_any(to, digits - 1);
		bar = "|";
	}
	if (!to_high) {
		fputs(bar, to);
		snprintf(head, sizeof head, "%s%d", before, last);
		put_range(to, head, 0, most % unit, unit / 10, digits - 1);
	}
}

static char *range_of(int64_t least, int64_t most)
{
	struct pattern pattern = {NULL, 0, NULL};
	const char *bar = "";
	int digits = 1;
	pattern.to = open_memstream(&pattern.text, &pattern.size);
	if (!pattern.to)
		abort();
	for (int64_t unit = 1; unit <= most; unit *= 10, digits++) {
		int64_t from = unit == 1 ? 0 : unit, until = 10 * unit - 1;
		from = from < least ? least : from;
		until = until > most ? most : until;
		if (from > until)
			continue;
		fputs(bar, pattern.to);
		put_range(pattern.to, "", from, until, unit, digits);
		bar = "|";
	}
	if (fclose(pattern.to) != 0)
		abort();
	return pattern.text;
}

/* Leading zeros are read over, and so is the sign of nothing; at most 18 digits. */
char *schema_int_pattern(int64_t least, int64_t most)
{
	char *range = range_of(least, most);
	char *pattern = xasprintf("^(?=-?[0-9]{1,18}$)(?:0*(?:%s)%s)$", range, least == 0 ? "|-0+" : "");
	free(range);
	return pattern;
}

/* --- the kinds */

static const struct {
	const char *pattern; /* of the text; without ^ and $ */
	const char *types;   /* what else it may look like to an editor, JSON */
	const char *form;    /* what to write, for whom the pattern says nothing */
} kinds[] = {
	[SCHEMA_TEXT] = {NOT_BLANK, "[\"string\", \"number\", \"boolean\"]",
		"a text, not empty and without tabs"},
	[SCHEMA_PLAIN] = {"[\\s\\S]+", "[\"string\", \"number\", \"boolean\"]", "a text that is not empty"},
	[SCHEMA_QR] = {"[^\\n\\t]+", "[\"string\", \"number\", \"boolean\"]", "one line without tabs"},
	[SCHEMA_NAME] = {NAME, "[\"string\", \"integer\", \"boolean\"]", "1 to 63 of a-z, 0-9 and -"},
	[SCHEMA_REFERENCE] = {REFERENCE, "[\"string\", \"number\", \"boolean\"]", "a name, or unit/name"},
	[SCHEMA_DURATION] = {DURATION, "\"string\"", "a time with its unit, as 20s, 10m or 1h30m"},
	[SCHEMA_COLOUR] = {"#[0-9a-fA-F]{6}|black|white|red|green|blue|yellow|amber|orange|cyan|magenta|grey",
		"\"string\"", "a colour as \"#RRGGBB\" in quotes, or white, red, amber …"},
	[SCHEMA_FROM_SIZE] = {"(?=[0-9]{1,5}x)0*[1-9][0-9]*x(?=[0-9]{1,5}$)0*[1-9][0-9]*", "\"string\"",
		"a width and a height in pixels, as 640x360"},
	[SCHEMA_LANGUAGE] = {LANGUAGE, "\"string\"", "a language, as vi or en"},
	[SCHEMA_DATE] = {DATE, "\"string\"", "a date that exists, as 2026-12-31"},
	[SCHEMA_EXPIRY] = {DATE "|" INSTANT, "\"string\"", "a date as 2026-12-31, or 2026-12-31 17:00"},
	[SCHEMA_DAYS] = {WEEKDAY "(?:\\.\\." WEEKDAY ")?|weekend|daily", "\"string\"",
		"mon..fri, a day as mon, weekend or daily"},
	[SCHEMA_WINDOW] = {WINDOW, "\"string\"", "hours as 07:00-11:30, or sunset-15m..22:00"},
	[SCHEMA_HOURS] = {"(?!sunrise|sunset)(?=[a-z])" REFERENCE "|" WINDOW, "[\"string\", \"boolean\"]",
		"hours as 07:00-11:30 or sunset-15m..22:00, or a daypart's name"},
	[SCHEMA_DAY_LIST] = {DAYS, "\"string\"",
		"a date as 2026-09-02, a range as 2026-02-16..2026-02-20, yearly 09-02, lunar 15 or lunar "
		"10/3"},
	[SCHEMA_DAY_LIST_NAMED] = {DAYS "|calendar +" REFERENCE, "\"string\"",
		"a date as 2026-09-02, a range as 2026-02-16..2026-02-20, yearly 09-02, lunar 15, lunar 10/3 "
		"or calendar NAME"},
	[SCHEMA_SHARE] = {PART, "\"string\"", "a part of its time from 0.1% to 100%, as 30%"},
};

static json_t *typed(const char *types, char *pattern, const char *form)
{
	json_t *value = json_object();
	json_object_set_new(value, "type", json_loads(types, JSON_DECODE_ANY, NULL));
	json_object_set_new(value, "pattern", json_string(pattern));
	json_object_set_new(value, "patternErrorMessage", json_string(form));
	free(pattern);
	return value;
}

static json_t *whole_number(int64_t least, int64_t most)
{
	char *form = xasprintf("a whole number from %lld to %lld", (long long)least, (long long)most);
	json_t *value = typed("[\"integer\", \"string\"]", schema_int_pattern(least, most), form);
	json_object_set_new(value, "minimum", json_integer(least));
	json_object_set_new(value, "maximum", json_integer(most));
	free(form);
	return value;
}

/* A number of pixels, 0 (or 1) to most, or a share; digits alone, without a sign. */
static json_t *extent(int64_t least, int64_t most)
{
	char *pixels = range_of(least, most);
	const char *some = least > 0 ? NOT_NOTHING : "";
	json_t *value = typed("[\"integer\", \"string\"]",
		xasprintf("^%s(?:(?=[0-9]{1,18}$)0*(?:%s)|" SHARE_OF_SIDE ")$", some, pixels),
		"pixels as 24, or a share as 12.5%, at most 100%");
	json_object_set_new(value, "minimum", json_integer(least));
	json_object_set_new(value, "maximum", json_integer(most));
	free(pixels);
	return value;
}

static json_t *size_of_letters(void)
{
	char *pixels = range_of(0, 4096);
	json_t *value = typed("[\"integer\", \"string\"]",
		xasprintf("^(?:(?=-?[0-9]{1,18}$)(?:0*(?:%s)|-0+)|" SHARE_OF_SIDE ")$", pixels),
		"pixels as 24, 0 for the largest that fits, or a share of the height as 6%");
	json_object_set_new(value, "minimum", json_integer(0));
	json_object_set_new(value, "maximum", json_integer(4096));
	free(pixels);
	return value;
}

static json_t *angle(void)
{
	char *degrees = range_of(0, 359);
	json_t *value = typed("[\"integer\", \"string\"]",
		xasprintf("^(?:(?=[0-9]{1,18}$)0*(?:%s)|right|bottom-right|bottom|bottom-left)$", degrees),
		"right, bottom-right, bottom, bottom-left, or degrees from 0 to 359");
	json_object_set_new(value, "minimum", json_integer(0));
	json_object_set_new(value, "maximum", json_integer(359));
	free(degrees);
	return value;
}

static json_t *quota(void)
{
	char *hour = range_of(1, 1000), *day = range_of(1, 10000);
	json_t *value = typed("\"string\"", xasprintf("^(?=.{1,7}$)0*(?:(?:%s)/h|(?:%s)/d)$", hour, day),
		"showings an hour as 4/h, or a day as 20/d");
	free(hour);
	free(day);
	return value;
}

static json_t *words(const char *all)
{
	json_t *list = json_array();
	for (const char *at = all; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		json_array_append_new(list, json_stringn(at, length));
		at += length;
	}
	return json_pack("{s:o}", "enum", list);
}

static json_t *single(const struct schema_key *key)
{
	switch (key->kind) {
	case SCHEMA_WORD:
		return words(key->words);
	case SCHEMA_BOOL:
		return json_pack("{s:[b,b,s,s]}", "enum", 1, 0, "true", "false");
	case SCHEMA_INT:
		return whole_number(key->least, key->most);
	case SCHEMA_EXTENT:
		return extent(0, FRAME_SIDE_MOST);
	case SCHEMA_EXTENT_SOME:
		return extent(1, FRAME_SIDE_MOST);
	case SCHEMA_SIZE:
		return size_of_letters();
	case SCHEMA_ANGLE:
		return angle();
	case SCHEMA_QUOTA:
		return quota();
	case SCHEMA_OBJECT:
		return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", key->words));
	default:
		break;
	}
	json_t *value = typed(kinds[key->kind].types, xasprintf("^(?:%s)$", kinds[key->kind].pattern),
		kinds[key->kind].form);
	if (key->kind == SCHEMA_QR)
		json_object_set_new(value, "maxLength", json_integer(SOURCE_QR_MOST));
	return value;
}

static json_t *one_or_many(json_t *one, int most)
{
	return json_pack("{s:[O,{s:s,s:i,s:i,s:o}]}", "anyOf", one, "type", "array", "minItems", 1,
		"maxItems", most, "items", one);
}

/* Numbers, true and false as an editor would insert them. */
static json_t *example(const struct schema_key *key)
{
	json_t *literal = key->kind == SCHEMA_INT || key->kind == SCHEMA_BOOL
				  ? json_loads(key->example, JSON_DECODE_ANY, NULL)
				  : NULL;
	return literal ? literal : json_string(key->example);
}

json_t *schema_value(const struct schema_key *key)
{
	json_t *one = single(key);
	json_t *value = key->many > 0 ? one_or_many(one, key->many) : one;
	if (key->description)
		json_object_set_new(value, "description", json_string(key->description));
	if (key->example)
		json_object_set_new(value, "examples", json_pack("[o]", example(key)));
	return value;
}
