#include "site/hours.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"

enum { DAY_SECONDS = 86400, LONG_CROSSING = 12 * 3600 };

static const char form[] = N_("hours as \"07:00-11:30\" or \"sunset-15m..22:00\"");

static const struct {
	const char *word;
	enum hour_base base;
} sun_words[] = {{"sunrise", HOUR_SUNRISE}, {"sunset", HOUR_SUNSET}};

static bool parse_offset(const char *text, int32_t *ret)
{
	int64_t offset;
	if (text[0] == '\0') {
		*ret = 0;
		return true;
	}
	if ((text[0] != '+' && text[0] != '-') || time_parse_duration(text + 1, &offset) < 0 ||
		offset > 12 * NS_PER_HOUR || offset % NS_PER_MIN != 0)
		return false;
	*ret = (int32_t)(offset / NS_PER_SEC) * (text[0] == '-' ? -1 : 1);
	return true;
}

bool hour_parse(const char *text, size_t size, int32_t *ret_second, enum hour_base *ret_base)
{
	char copy[32];
	while (size > 0 && *text == ' ')
		text++, size--;
	while (size > 0 && text[size - 1] == ' ')
		size--;
	if (size >= sizeof copy)
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(sun_words[i].word);
		if (strncmp(copy, sun_words[i].word, length) != 0)
			continue;
		*ret_base = sun_words[i].base;
		return parse_offset(copy + length, ret_second);
	}
	*ret_base = HOUR_CLOCK;
	return time_parse_hour(copy, ret_second) == 0;
}

int32_t hour_nominal(int32_t second, enum hour_base base)
{
	return second + (base == HOUR_SUNRISE ? 6 * 3600 : base == HOUR_SUNSET ? 18 * 3600 : 0);
}

bool hour_check_place(struct check *check, const struct site *site, struct node *node, enum hour_base base)
{
	if (base == HOUR_CLOCK || !site || site->placed)
		return true;
	diag_error(check->diags, node->where,
		"the sun's hours need the site's coordinates: write `latitude` and `longitude` in the group "
		"`site` of its configuration, as latitude = 10.535; longitude = 106.413");
	return false;
}

/* ".." divides, or, between two hours of the clock, "-". */
static bool split_window(const char *text, struct hours *ret)
{
	const char *points = strstr(text, ".."), *dash = strchr(text, '-');
	const char *divider = points ? points : dash;
	if (!divider || !hour_parse(text, (size_t)(divider - text), &ret->start, &ret->start_base))
		return false;
	divider += points ? 2 : 1;
	return hour_parse(divider, strlen(divider), &ret->end, &ret->end_base);
}

static bool by_the_sun(struct hours hours)
{
	return hours.start_base != HOUR_CLOCK || hours.end_base != HOUR_CLOCK;
}

/* As on an equinox. */
static struct hours nominal(struct hours hours)
{
	int32_t next_day = hours.crosses ? DAY_SECONDS : 0;
	return (struct hours){.start = hour_nominal(hours.start, hours.start_base),
		.end = hour_nominal(hours.end, hours.end_base) + next_day};
}

static void cross_midnight(
	struct check *check, const struct node *node, const char *what, struct hours *hours)
{
	int32_t length = nominal(*hours).end - nominal(*hours).start + DAY_SECONDS;
	if (by_the_sun(*hours))
		hours->crosses = true;
	else
		hours->end += DAY_SECONDS;
	if (length > LONG_CROSSING + (by_the_sun(*hours) ? 2 * 3600 : 0))
		diag_warning(check->diags, node->where,
			"`%s`: the window `%s` crosses midnight and lasts %d h; are its two hours exchanged?",
			what, check_excerpt(node->text), length / 3600);
}

static bool read_window(
	struct check *check, const struct site *site, struct node *node, const char *what, struct hours *ret)
{
	struct hours hours = {0};
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	if (!split_window(node->text, &hours)) {
		check_refuse(check, node, what, form);
		return false;
	}
	if (!hour_check_place(check, site, node, hours.start_base) ||
		!hour_check_place(check, site, node, hours.end_base))
		return false;
	if (nominal(hours).start == nominal(hours).end ||
		(!by_the_sun(hours) && hours.start == DAY_SECONDS)) {
		diag_error(check->diags, node->where,
			"`%s`: the window `%s` is empty; the whole day is \"00:00-24:00\"", what,
			check_excerpt(node->text));
		return false;
	}
	if (nominal(hours).end < nominal(hours).start)
		cross_midnight(check, node, what, &hours);
	*ret = hours;
	return true;
}

static bool meet(struct hours a, struct hours b)
{
	return a.start < b.end && b.start < a.end;
}

/* Windows that the sun moves may meet on some days: they are one then. */
static bool overlap(struct hours a, struct hours b, bool next_day)
{
	if (by_the_sun(a) || by_the_sun(b))
		return false;
	struct hours a_later = {.start = a.start + DAY_SECONDS, .end = a.end + DAY_SECONDS};
	struct hours b_later = {.start = b.start + DAY_SECONDS, .end = b.end + DAY_SECONDS};
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
	struct hours x = nominal(*(const struct hours *)a), y = nominal(*(const struct hours *)b);
	return x.start < y.start ? -1 : x.start > y.start;
}

bool hours_read_nodes(struct check *check, struct arena *arena, const struct site *site,
	struct node *const *nodes, size_t count, const char *key, bool next_day, struct hours **ret_hours)
{
	enum { WINDOWS_MOST = 48 };
	if (count > WINDOWS_MOST) {
		diag_error(check->diags, nodes[WINDOWS_MOST]->where, "`%s` has more than %d windows", key,
			WINDOWS_MOST);
		return false;
	}
	struct hours *hours = arena_alloc(arena, count * sizeof *hours);
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good &= read_window(check, site, nodes[i], key, &hours[i]);
	if (!good || !check_overlaps(check, nodes, hours, count, key, next_day))
		return false;
	qsort(hours, count, sizeof *hours, compare);
	*ret_hours = hours;
	return true;
}

bool hours_read(struct check *check, struct arena *arena, const struct site *site, struct node *map,
	const char *key, bool next_day, struct hours **ret_hours, size_t *ret_count)
{
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, key, CHECK_OPTIONAL, &single, &nodes, &count) ||
		!hours_read_nodes(check, arena, site, nodes, count, key, next_day, ret_hours))
		return false;
	*ret_count = count;
	return true;
}
