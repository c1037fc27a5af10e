/* Days as a list in a playlist names them, and the calendars that give such lists a name.
 *
 *	2026-09-02   2026-02-16..2026-02-20   yearly 09-02   yearly 04-30..05-01
 *	lunar 15     lunar 10/3               lunar 29/12..5/1   lunar 15/6 leap   lunar last..5/1
 *	calendar nghi-le   calendar province/nghi-le
 *
 * With a dash the month comes first, as in whole dates; with a slash the day, as Vietnamese write it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "playlist/build.h"

enum { DATES_MOST = 1000, LUNAR_RANGE_MOST = 62 };

static const char form[] =
	N_("a date as 2026-09-02, a range as 2026-02-16..2026-02-20, `yearly 09-02`, `lunar 15`, "
	   "`lunar 10/3` or `calendar NAME`");
static const char lunar_form[] =
	N_("a lunar day as `lunar 15`, day and month as `lunar 10/3`, a range as `lunar 29/12..5/1`, "
	   "or `lunar last`");

struct spec {
	struct build *build;
	struct unit_state *unit;
	struct node *node;
	const char *what;
};

static bool refuse(const struct spec *spec, const char *how)
{
	check_refuse(&spec->build->check, spec->node, spec->what, how);
	return false;
}

/* "A..B" into two; without points both are the same. */
static void split_range(struct build *build, const char *text, const char **ret_first, const char **ret_last)
{
	const char *points = strstr(text, "..");

	*ret_first = points ? arena_strndup(build->arena, text, (size_t)(points - text)) : text;
	*ret_last = points ? points + 2 : text;
}

static bool read_range(const struct spec *spec, struct days *ret)
{
	struct node first = *spec->node, last = *spec->node;

	split_range(spec->build, spec->node->text, &first.text, &last.text);
	if (!check_node_date(&spec->build->check, &first, spec->what, &ret->first) ||
		!check_node_date(&spec->build->check, &last, spec->what, &ret->last))
		return false;
	if (ret->last >= ret->first)
		return true;
	diag_error(spec->build->check.diags, spec->node->where,
		"`%s`: the range `%s` ends before it begins; exchange its dates", spec->what,
		check_excerpt(spec->node->text));
	return false;
}

static bool only_digits_and(const char *text, char separator)
{
	for (; *text; text++)
		if (!isdigit((unsigned char)*text) && *text != separator)
			return false;
	return true;
}

/* "09-02", or "2/9": day and month. */
static bool parse_month_day(const char *text, int *ret)
{
	int month, day, used = 0;
	bool slash = strchr(text, '/');

	if (!only_digits_and(text, slash ? '/' : '-') || strlen(text) > 5 ||
		sscanf(text, slash ? "%d/%d%n" : "%d-%d%n", slash ? &day : &month, slash ? &month : &day,
			&used) != 2 ||
		text[used] || !date_valid(2024, month, day)) /* a leap year */
		return false;
	*ret = days_date(month, day);
	return true;
}

static bool read_yearly(const struct spec *spec, const char *text, struct days *ret)
{
	const char *first, *last;

	split_range(spec->build, text, &first, &last);
	ret->kind = DAYS_YEARLY;
	return (parse_month_day(first, &ret->from) && parse_month_day(last, &ret->to)) ||
	       refuse(spec, "month and day as `yearly 09-02` or `yearly 04-30..05-01`");
}

/* "10/3", "15/6 leap", "last". */
static bool parse_lunar(const char *text, int *ret)
{
	int month, day, used = 0;

	if (strcmp(text, "last") == 0) {
		*ret = DAYS_LUNAR_LAST;
		return true;
	}
	if (!isdigit((unsigned char)text[0]) || sscanf(text, "%2d/%2d%n", &day, &month, &used) != 2)
		return false;
	bool leap = strcmp(text + used, " leap") == 0;
	if ((text[used] && !leap) || day < 1 || day > 30 || month < 1 || month > 12)
		return false;
	*ret = days_lunar(month, day, leap);
	return true;
}

/* Days from one to the other, at the most: how an exchange of day and month shows. */
static int lunar_span(int from, int to)
{
	int months = (to >> 6) - (from >> 6);

	if (to < from)
		months += from == DAYS_LUNAR_LAST ? 13 : 12;
	if (to == DAYS_LUNAR_LAST)
		months--;
	return months * 30 + ((to & 31) ? (to & 31) : 30) - (from & 31);
}

static void check_lunar(const struct spec *spec, const struct days *days)
{
	struct diag_list *diags = spec->build->check.diags;

	if (lunar_span(days->from, days->to) > LUNAR_RANGE_MOST)
		diag_error(diags, spec->node->where,
			"`%s`: `%s` is longer than two months; lunar dates are day/month: the first five "
			"days of the year are `lunar 1/1..5/1`",
			spec->what, check_excerpt(spec->node->text));
	else if ((days->from & 31) == 30 && days->from == days->to)
		diag_warning(diags, spec->node->where,
			days->from == days_lunar(12, 30, false)
				? _("`%s`: that month has no 30th in every year; the last day of the year is "
				    "`lunar last`")
				: _("`%s`: that month has no 30th in every year"),
			spec->what);
}

static bool read_lunar(const struct spec *spec, const char *text, struct days *ret)
{
	const char *first, *last;
	int day, used = 0;

	if (isdigit((unsigned char)text[0]) && sscanf(text, "%2d%n", &day, &used) == 1 && !text[used]) {
		*ret = (struct days){.kind = DAYS_LUNAR_DAY, .from = day, .to = day};
		return (day >= 1 && day <= 30) || refuse(spec, lunar_form);
	}
	split_range(spec->build, text, &first, &last);
	ret->kind = DAYS_LUNAR_YEARLY;
	if (!parse_lunar(first, &ret->from) || !parse_lunar(last, &ret->to))
		return refuse(spec, lunar_form);
	check_lunar(spec, ret);
	return true;
}

static bool read_calendar_name(const struct spec *spec, const char *name, struct days *ret)
{
	struct node node = *spec->node;

	node.text = (char *)name;
	struct declared_calendar *declared =
		resolve_name(spec->build, &spec->build->calendars, spec->unit, &node, "calendar");
	if (!declared)
		return false;
	ret->kind = DAYS_CALENDAR;
	ret->calendar = &declared->calendar;
	return true;
}

/* What follows the word and spaces; NULL: another word. */
static const char *after_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(text, word, length) != 0 || text[length] != ' ')
		return NULL;
	return text + length + strspn(text + length, " ");
}

static bool read_spec(const struct spec *spec, bool calendars, struct days *ret)
{
	const char *text, *rest;

	if (!check_node_kind(&spec->build->check, spec->node, spec->what, NODE_SCALAR))
		return false;
	text = spec->node->text;
	*ret = (struct days){0};
	if (strcmp(text, "last day of the lunar year") == 0)
		text = "lunar last";
	if ((rest = after_word(text, "yearly")))
		return read_yearly(spec, rest, ret);
	if ((rest = after_word(text, "lunar")))
		return read_lunar(spec, rest, ret);
	if ((rest = after_word(text, "calendar")) && calendars)
		return read_calendar_name(spec, rest, ret);
	if (rest) {
		diag_error(spec->build->check.diags, spec->node->where,
			"a calendar holds dates and no other calendar; name both where they are used");
		return false;
	}
	if (isdigit((unsigned char)text[0]))
		return read_range(spec, ret);
	return refuse(spec, form);
}

static size_t read_specs(struct build *build, struct unit_state *unit, struct node *const *nodes,
	size_t count, const char *what, bool calendars, const struct days **ret_days)
{
	size_t read = 0;

	if (count > DATES_MOST) {
		diag_error(build->check.diags, nodes[DATES_MOST]->where, "`%s` has more than %d dates", what,
			DATES_MOST);
		return 0;
	}
	struct days *days = arena_alloc(build->arena, count * sizeof *days);
	for (size_t i = 0; i < count; i++) {
		const struct spec spec = {build, unit, nodes[i], what};

		read += read_spec(&spec, calendars, &days[read]);
	}
	*ret_days = days;
	return read;
}

size_t read_dates(struct build *build, struct unit_state *unit, struct node *map, const char *key,
	const struct days **ret_days)
{
	struct node *single, *const *nodes;
	size_t count;

	if (!check_values(&build->check, map, key, CHECK_OPTIONAL, &single, &nodes, &count))
		return 0;
	return read_specs(build, unit, nodes, count, key, true, ret_days);
}

void declare_calendar(struct build *build, struct unit_state *unit, struct node *node)
{
	struct check *check = &build->check;
	struct declared_calendar *declared = arena_alloc(build->arena, sizeof *declared);

	declare_name(build, &build->calendars, unit, node, declared, "calendar");
	declared->calendar.unit = unit->name;
	declared->calendar.name = node->key;
	if (!check_name(check, node->key_where, node->key, "a calendar") ||
		!check_node_kind(check, node, node->key, NODE_LIST))
		return;
	declared->calendar.count = read_specs(
		build, unit, node->children, node->count, node->key, false, &declared->calendar.days);
}
