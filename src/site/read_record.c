/* The group `record`. */
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "site/keys.h"

#define DAY	   (24 * NS_PER_HOUR)
#define KEEP_LEAST DAY
#define KEEP_MOST  (20 * 366 * DAY)
#define SIZE_LEAST (INT64_C(1) << 20)
#define SIZE_MOST  (INT64_C(1) << 40)

struct measure {
	const char *name;
	int64_t value;
};

/* "13 months": a whole number and one of the measures, a space between them or none. */
static bool parse(const char *text, const struct measure *measures, int64_t least, int64_t most, int64_t *ret)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || number < 1)
		return false;
	end += strspn(end, " ");
	for (; measures->name; measures++) {
		if (strcmp(end, measures->name) != 0)
			continue;
		if (number > most / measures->value || number * measures->value < least)
			return false;
		*ret = number * measures->value;
		return true;
	}
	return false;
}

static void read_measure(struct site_reader *reader, struct node *map, const char *key,
	const struct measure *measures, int64_t least, int64_t most, const char *form, int64_t *ret)
{
	struct node *node = check_any(&reader->check, map, key, CHECK_OPTIONAL);

	if (node && check_node_kind(&reader->check, node, key, NODE_SCALAR) &&
		!parse(node->text, measures, least, most, ret))
		check_refuse(&reader->check, node, key, form);
}

void site_read_record(struct site_reader *reader, struct node *root, struct site *site)
{
	static const struct measure times[] = {{"days", DAY}, {"day", DAY}, {"weeks", 7 * DAY},
		{"week", 7 * DAY}, {"months", 31 * DAY}, {"month", 31 * DAY}, {"years", 366 * DAY},
		{"year", 366 * DAY}, {NULL, 0}};
	static const struct measure sizes[] = {{"MB", INT64_C(1) << 20}, {"GB", INT64_C(1) << 30}, {NULL, 0}};
	struct record_rules *rules = &site->record;

	*rules = (struct record_rules){true, 13 * 31 * DAY, INT64_C(1) << 30};
	struct node *map = check_map(&reader->check, root, "record", CHECK_OPTIONAL);
	if (!map)
		return;
	check_bool(&reader->check, map, "kept", CHECK_OPTIONAL, &rules->kept);
	read_measure(reader, map, "keep", times, KEEP_LEAST, KEEP_MOST,
		_("1 day to 20 years, as \"13 months\""), &rules->keep);
	read_measure(reader, map, "max-size", sizes, SIZE_LEAST, SIZE_MOST, _("1 MB to 1024 GB, as \"1 GB\""),
		&rules->most);
	check_done(&reader->check, map, "`record`");
}
