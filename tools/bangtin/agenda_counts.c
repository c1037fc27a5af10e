#include <stdio.h>

#include "agenda.h"
#include "base/alloc.h"
#include "base/words.h"
#include "sched/window.h"
#include "walk.h"

struct tally {
	int64_t shown, open; /* ns */
	int64_t showings;    /* that begin in the span */
};

static void count_segment(void *data, day_t day, const struct segment *segment)
{
	struct tally *tallies = data;

	if (!segment->entry)
		return;
	tallies[segment->entry->index].shown += segment->end - segment->start;
	tallies[segment->entry->index].showings += segment->item_start == segment->start;
}

int64_t agenda_open_time(
	const struct context *context, int64_t from, int64_t until, const struct entry *entry, int *ret_days)
{
	struct interval_list list = {0};
	int64_t open = 0;
	int days = 0;
	day_t last = sched_programme_day(context->site, until - 1);

	for (day_t day = sched_programme_day(context->site, from); day <= last; day++) {
		int64_t of_day = 0;
		entry_windows(context->site, entry, day, &list);
		for (size_t i = 0; i < list.count; i++) {
			int64_t start = list.items[i].start > from ? list.items[i].start : from;
			int64_t end = list.items[i].end < until ? list.items[i].end : until;
			of_day += end > start ? end - start : 0;
		}
		open += of_day;
		days += of_day > 0;
	}
	free(list.items);
	if (ret_days)
		*ret_days = days;
	return open;
}

static double share(const struct tally *tally)
{
	return tally->open > 0 ? 100.0 * (double)tally->shown / (double)tally->open : 0;
}

static void print_quota(FILE *to, const char *name, const struct quota *quota)
{
	if (quota->count)
		fprintf(to, " %s %d/%s", name, quota->count, quota->a_day ? "d" : "h");
}

static char *asked(const struct entry *entry)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (entry->share)
		fprintf(to, " share %.4g%%", entry->share / 10.0);
	print_quota(to, "at-least", &entry->at_least);
	print_quota(to, "at-most", &entry->at_most);
	fclose(to);
	return text;
}

static void print(const struct entry *entry, const struct tally *tally)
{
	char *quotas = asked(entry);

	printf("%10.1f %10.1f %6.1f%% %9lld %4d  %s%s%s%s\n", (double)tally->shown / NS_PER_MIN,
		(double)tally->open / NS_PER_MIN, share(tally), (long long)tally->showings, entry->priority,
		entry->id, *quotas ? "  [" : "", *quotas ? quotas + 1 : "", *quotas ? "]" : "");
	free(quotas);
}

static json_t *tally_json(const struct entry *entry, const struct tally *tally)
{
	char *quotas = asked(entry);
	json_t *json = json_pack("{s:s, s:i, s:f, s:f, s:f, s:I, s:s}", "entry", entry->id, "priority",
		entry->priority, "minutes", (double)tally->shown / NS_PER_MIN, "open_minutes",
		(double)tally->open / NS_PER_MIN, "share", share(tally) / 100, "showings",
		(json_int_t)tally->showings, "quotas", *quotas ? quotas + 1 : "");
	free(quotas);
	return json;
}

void agenda_counts(struct context *context, int64_t from, int64_t until, bool json)
{
	const struct catalogue *catalogue = context->catalogue;
	size_t count = catalogue ? catalogue->entry_count : 0;
	struct tally *tallies = xcalloc(count + 1, sizeof *tallies);
	json_t *list = json ? json_array() : NULL;

	walk_run(&(struct walk){context, from, until, false, count_segment, tallies});
	if (!list)
		fputs(_("   minutes       open   share  showings prio  entry\n"), stdout);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = catalogue->entries[i];
		if (!entry_names_display(entry, show_view(context->show)->display))
			continue;
		tallies[i].open = agenda_open_time(context, from, until, entry, NULL);
		if (list)
			json_array_append_new(list, tally_json(entry, &tallies[i]));
		else
			print(entry, &tallies[i]);
	}
	if (list)
		cli_print_json(list);
	json_decref(list);
	free(tallies);
}
