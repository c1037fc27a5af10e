/* `alarm`: who is told when something is wrong. */
#include "site/keys.h"

void site_read_alarm(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	struct node *node = check_map(check, map, "alarm", CHECK_OPTIONAL);
	if (!node)
		return;
	const char *path;
	if (check_text(check, node, "program", CHECK_REQUIRED, &path))
		site->alarm.program =
			path[0] == '/' ? path : arena_printf(reader->arena, "%s/%s", reader->directory, path);
	check_duration(check, node, "after", CHECK_OPTIONAL, 0, NS_PER_HOUR, &site->alarm.after);
	check_duration(
		check, node, "timeout", CHECK_OPTIONAL, NS_PER_SEC, 10 * NS_PER_MIN, &site->alarm.timeout);
	check_done(check, node, "`alarm`");
}
