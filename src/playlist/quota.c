/* What an entry is owed and what it may not exceed: `share`, `at-least`, `at-most`, `not-next-to`. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"

enum { NEIGHBOURS_MOST = 100, SHARE_DIGITS_MOST = 7 };

/* Tenths of a percent; -1: it is none. Not sscanf: its point is a comma in some languages. */
static int parse_share(const char *text)
{
	int64_t value = 0, unit = 1;
	size_t digits = 0;
	bool point = false;
	for (; isdigit((unsigned char)*text) || (*text == '.' && digits > 0 && !point); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		if (++digits > SHARE_DIGITS_MOST)
			return -1;
		value = 10 * value + (*text - '0');
		unit *= point ? 10 : 1;
	}
	if (digits == 0 || strcmp(text, "%") != 0 || 10 * value < unit || value > 100 * unit)
		return -1;
	return (int)((10 * value + unit / 2) / unit);
}

static void read_share(struct build *build, struct node *map, struct entry *entry)
{
	struct check *check = &build->check;
	struct node *node = check_any(check, map, "share", CHECK_OPTIONAL);
	if (!node || !check_node_kind(check, node, "share", NODE_SCALAR))
		return;
	int share = parse_share(node->text);
	if (share >= 0)
		entry->share = share;
	else
		check_refuse(check, node, "share", "a part of its time from 0.1% to 100%, as `30%`");
}

/* "4/h", "20/d" */
static void read_quota(struct build *build, struct node *map, const char *key, struct quota *ret)
{
	struct check *check = &build->check;
	struct node *node = check_any(check, map, key, CHECK_OPTIONAL);
	int count, used = 0;
	char span;
	if (!node || !check_node_kind(check, node, key, NODE_SCALAR))
		return;
	if (!isdigit((unsigned char)node->text[0]) || strlen(node->text) > 7 ||
		sscanf(node->text, "%d/%c%n", &count, &span, &used) != 2 || node->text[used] ||
		(span != 'h' && span != 'd') || count < 1 || count > (span == 'h' ? 1000 : 10000)) {
		check_refuse(check, node, key, "showings an hour as `4/h`, or a day as `20/d`");
		return;
	}
	*ret = (struct quota){count, span == 'd'};
}

static int64_t a_day(struct quota quota)
{
	return (int64_t)quota.count * (quota.a_day ? 1 : 24);
}

void read_quotas(struct build *build, struct node *map, struct declared_entry *declared)
{
	struct check *check = &build->check;
	struct entry *entry = &declared->entry;
	struct node *node;
	read_share(build, map, entry);
	read_quota(build, map, "at-least", &entry->at_least);
	read_quota(build, map, "at-most", &entry->at_most);
	if (entry->at_least.count && entry->at_most.count && entry->at_least.a_day == entry->at_most.a_day &&
		a_day(entry->at_least) > a_day(entry->at_most)) {
		node = check_any(check, map, "at-least", CHECK_OPTIONAL);
		diag_error(check->diags, node->where,
			"`at-least` (%d) is more than `at-most` (%d); exchange them", entry->at_least.count,
			entry->at_most.count);
	}
	struct node *const *nodes;
	if (check_values(check, map, "not-next-to", CHECK_OPTIONAL, &declared->apart_single, &nodes,
		    &declared->apart_count))
		declared->apart = nodes;
	if (declared->apart_count > NEIGHBOURS_MOST) {
		diag_error(check->diags, nodes[NEIGHBOURS_MOST]->where,
			"`not-next-to` has more than %d entries", NEIGHBOURS_MOST);
		declared->apart_count = 0;
	}
}

void resolve_neighbours(struct build *build, struct declared_entry *declared)
{
	const struct entry **apart = arena_alloc(build->arena, declared->apart_count * sizeof *apart);
	struct entry *entry = &declared->entry;
	for (size_t i = 0; i < declared->apart_count; i++) {
		struct node *node = declared->apart ? declared->apart[i] : NULL;
		const struct declared_entry *other =
			node ? resolve_name(build, &build->entries, declared->unit, node, "schedule entry")
			     : NULL;
		if (other)
			apart[entry->apart_count++] = &other->entry;
	}
	entry->apart = apart;
}
