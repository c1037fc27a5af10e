#include "site/hours.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { DAY_SECONDS = 86400, LONG_CROSSING = 12 * 3600 };

static const char form[] = "hours as \"07:00-11:30\"";

static bool parse_hour(const char *text, size_t size, int32_t *ret)
{
	char copy[16];
	while (size > 0 && *text == ' ')
		text++, size--;
	while (size > 0 && text[size - 1] == ' ')
		size--;
	if (size >= sizeof copy)
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	return time_parse_hour(copy, ret) == 0;
}

static bool read_window(struct check *check, struct node *node, const char *what, struct hours *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	const char *dash = strchr(node->text, '-');
	struct hours hours;
	if (!dash || !parse_hour(node->text, (size_t)(dash - node->text), &hours.start) ||
		!parse_hour(dash + 1, strlen(dash + 1), &hours.end)) {
		check_refuse(check, node, what, form);
		return false;
	}
	if (hours.start == hours.end || hours.start == DAY_SECONDS) {
		diag_error(check->diags, node->where,
			"`%s`: the window `%s` is empty; the whole day is \"00:00-24:00\"", what,
			check_excerpt(node->text));
		return false;
	}
	if (hours.end < hours.start) {
		hours.end += DAY_SECONDS;
		if (hours.end - hours.start > LONG_CROSSING)
			diag_warning(check->diags, node->where,
				"`%s`: the window `%s` crosses midnight and lasts %d h; are its two hours "
				"exchanged?",
				what, check_excerpt(node->text), (hours.end - hours.start) / 3600);
	}
	*ret = hours;
	return true;
}

static bool meet(struct hours a, struct hours b)
{
	return a.start < b.end && b.start < a.end;
}

static bool overlap(struct hours a, struct hours b, bool next_day)
{
	struct hours a_later = {a.start + DAY_SECONDS, a.end + DAY_SECONDS};
	struct hours b_later = {b.start + DAY_SECONDS, b.end + DAY_SECONDS};
	return meet(a, b) || (next_day && (meet(a, b_later) || meet(a_later, b)));
}

static bool check_overlaps(struct check *check, struct node *const *nodes, const struct hours *hours,
	size_t count, const char *what, bool next_day)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!overlap(hours[i], hours[j], next_day))
				continue;
			diag_error(check->diags, nodes[i]->where, "`%s`: `%s` overlaps `%s`; join them", what,
				check_excerpt(nodes[i]->text), check_excerpt(nodes[j]->text));
			return false;
		}
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct hours *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

bool hours_read(struct check *check, struct arena *arena, struct node *map, const char *key, bool next_day,
	struct hours **ret_hours, size_t *ret_count)
{
	enum { WINDOWS_MOST = 48 };
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, key, CHECK_OPTIONAL, &single, &nodes, &count))
		return false;
	if (count > WINDOWS_MOST) {
		diag_error(check->diags, nodes[WINDOWS_MOST]->where, "`%s` has more than %d windows", key,
			WINDOWS_MOST);
		return false;
	}
	struct hours *hours = arena_alloc(arena, count * sizeof *hours);
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good &= read_window(check, nodes[i], key, &hours[i]);
	if (!good || !check_overlaps(check, nodes, hours, count, key, next_day))
		return false;
	qsort(hours, count, sizeof *hours, compare);
	*ret_hours = hours;
	*ret_count = count;
	return true;
}
