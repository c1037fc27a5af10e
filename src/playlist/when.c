/* When an entry plays: weekdays, the first and last day, the days left out. The two places where a later release adds
 * ways to say it are read_date_spec (lunar dates) and read_recurrence (RFC 5545 rules). */
#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"

static const char *const day_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "daily", "weekend"};
enum { WEEKDAYS = 7, DAY_WORDS = 9, EVERY_DAY = 127, WEEKEND = 96, DATES_MOST = 1000 };

static const char days_form[] = "`mon..fri`, days as [mon, wed], `weekend` or `daily`";

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

/* A day or `first..last`. */
static bool read_date_spec(struct build *build, struct node *node, const char *what, struct date_range *ret)
{
	struct check *check = &build->check;
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	if (strncmp(node->text, "lunar", 5) == 0) {
		diag_error(check->diags, node->where,
			"`%s`: lunar dates are not in this release; write the days of the calendar, as "
			"2026-02-16..2026-02-20",
			what);
		return false;
	}
	const char *points = strstr(node->text, "..");
	struct date_range range;
	if (!points) {
		if (!check_node_date(check, node, what, &range.first))
			return false;
		range.last = range.first;
		*ret = range;
		return true;
	}
	struct node first = *node, last = *node;
	first.text = arena_strndup(build->arena, node->text, (size_t)(points - node->text));
	last.text = points + 2;
	if (!check_node_date(check, &first, what, &range.first) ||
		!check_node_date(check, &last, what, &range.last))
		return false;
	if (range.last < range.first) {
		diag_error(check->diags, node->where,
			"`%s`: the range `%s` ends before it begins; exchange its dates", what,
			check_excerpt(node->text));
		return false;
	}
	*ret = range;
	return true;
}

void read_recurrence(struct build *build, struct node *map)
{
	struct node *node = check_any(&build->check, map, "repeat", CHECK_OPTIONAL);
	if (node)
		diag_error(build->check.diags, node->key_where,
			"`repeat`: recurrence rules are not in this release; use `days`, `from`, `until` and "
			"`except`");
}

static void read_exceptions(struct build *build, struct node *map, struct entry *entry)
{
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(&build->check, map, "except", CHECK_OPTIONAL, &single, &nodes, &count))
		return;
	if (count > DATES_MOST) {
		diag_error(build->check.diags, nodes[DATES_MOST]->where, "`except` has more than %d dates",
			DATES_MOST);
		return;
	}
	entry->except = arena_alloc(build->arena, count * sizeof *entry->except);
	for (size_t i = 0; i < count; i++)
		if (read_date_spec(build, nodes[i], "except", &entry->except[entry->except_count]))
			entry->except_count++;
}

void read_period(struct build *build, struct node *map, struct entry *entry)
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
	read_exceptions(build, map, entry);
}
