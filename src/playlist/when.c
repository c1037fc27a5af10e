/* When an entry plays: weekdays, the first and last day, the rule of recurrence. Lists of dates are in dates.c. */
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "playlist/build.h"

static const char *const day_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "daily", "weekend"};
enum { WEEKDAYS = 7, DAY_WORDS = 9, EVERY_DAY = 127, WEEKEND = 96 };

static const char days_form[] = N_("`mon..fri`, days as [mon, wed], `weekend` or `daily`");

/* Index into day_words of text[0..size), -1: none. */
static int find_day(const char *text, size_t size)
{
	for (int i = 0; i < DAY_WORDS; i++)
		if (strlen(day_words[i]) == size && memcmp(day_words[i], text, size) == 0)
			return i;
	return -1;
}

static unsigned day_span(int first, int last)
{
	unsigned days = 0;
	for (int day = first;; day = (day + 1) % WEEKDAYS) {
		days |= 1u << day;
		if (day == last)
			return days;
	}
}

static unsigned read_day_spec(struct build *build, struct node *node)
{
	if (!check_node_kind(&build->check, node, "days", NODE_SCALAR))
		return 0;
	const char *points = strstr(node->text, "..");
	size_t size = points ? (size_t)(points - node->text) : strlen(node->text);
	int first = find_day(node->text, size);
	int last = points ? find_day(points + 2, strlen(points + 2)) : first;
	if (first >= 0 && first < WEEKDAYS && last >= 0 && last < WEEKDAYS)
		return day_span(first, last);
	if (first >= WEEKDAYS && !points)
		return first == WEEKDAYS ? EVERY_DAY : WEEKEND;
	const char *near = points ? NULL : nearest_word(node->text, day_words, DAY_WORDS);
	if (near)
		diag_error(build->check.diags, node->where, "`days`: `%s` is not known; did you mean `%s`?",
			check_excerpt(node->text), near);
	else
		check_refuse(&build->check, node, "days", days_form);
	return 0;
}

unsigned read_days(struct build *build, struct node *map)
{
	struct node *single, *const *nodes;
	size_t count;
	unsigned days = 0;
	if (!check_values(&build->check, map, "days", CHECK_OPTIONAL, &single, &nodes, &count))
		return EVERY_DAY;
	for (size_t i = 0; i < count; i++)
		days |= read_day_spec(build, nodes[i]);
	return days ? days : EVERY_DAY;
}

/* The same rule from the same day is followed once. */
static int follow_rule(struct build *build, const char *rule, const struct entry *entry,
	const struct recurrence **ret, const char **ret_why)
{
	for (size_t i = 0; i < build->rule_list.count; i++) {
		const struct followed_rule *known = build->rule_list.items[i];
		if (known->from == entry->from && known->until == entry->until &&
			strcmp(known->rule, rule) == 0) {
			*ret = known->recurrence;
			return 0;
		}
	}
	struct followed_rule *followed = arena_alloc(build->arena, sizeof *followed);
	*followed = (struct followed_rule){rule, entry->from, entry->until, NULL};
	int error = recurrence_make(
		build->arena, rule, entry->from, entry->until, build->zone, &followed->recurrence, ret_why);
	if (error < 0)
		return error;
	build_append(build, rule_list, followed);
	*ret = followed->recurrence;
	return 0;
}

/* After `from` and `until`: a rule counts from its first day. */
static void read_recurrence(struct build *build, struct node *map, struct entry *entry)
{
	struct check *check = &build->check;
	struct node *node = check_any(check, map, "repeat", CHECK_OPTIONAL);
	const char *rule, *why;
	if (!node || !check_node_text(check, node, "repeat", &rule))
		return;
	if (entry->from == DAY_NONE)
		diag_error(check->diags, node->where,
			"`repeat` counts from the entry's first day: add it, as `from: 2026-01-01`");
	else if (follow_rule(build, rule, entry, &entry->repeat, &why) < 0)
		diag_error(check->diags, node->where, "`repeat`: %s", why);
	else if (recurrence_count(entry->repeat) == 0 && entry->also_count == 0)
		diag_error(check->diags, node->where,
			"`repeat`: no day %s follows this rule; the entry can never play",
			entry->until == DAY_NONE ? _("from `from` on") : _("from `from` to `until`"));
}

void read_period(struct build *build, struct unit_state *unit, struct node *map, struct entry *entry)
{
	struct check *check = &build->check;
	entry->from = entry->until = DAY_NONE;
	struct node *from = check_any(check, map, "from", CHECK_OPTIONAL);
	struct node *until = check_any(check, map, "until", CHECK_OPTIONAL);
	if (from)
		check_node_date(check, from, "from", &entry->from);
	if (until && check_node_date(check, until, "until", &entry->until) && entry->from != DAY_NONE &&
		entry->until < entry->from) {
		diag_error(check->diags, until->where, "`until` is before `from`: the entry can never play");
		entry->until = DAY_NONE;
	}
	entry->dates_count = read_dates(build, unit, map, "dates", &entry->dates);
	entry->also_count = read_dates(build, unit, map, "also", &entry->also);
	entry->except_count = read_dates(build, unit, map, "except", &entry->except);
	read_recurrence(build, map, entry);
}
