#include "sched/demand.h"

#include "base/alloc.h"
#include "sched/quota.h"
#include "sched/window.h"

static int64_t open_time(const struct interval_list *windows)
{
	int64_t open = 0;

	for (size_t i = 0; i < windows->count; i++)
		open += windows->items[i].end - windows->items[i].start;
	return open;
}

static int64_t average_length(const struct sched_view *view, const struct entry *entry)
{
	int64_t sum = 0;

	for (size_t i = 0; i < entry->playlist->item_count; i++)
		sum += view->lengths[entry->playlist->items[i]->index] / (int64_t)entry->playlist->item_count;
	return sum;
}

static int demand_within(const struct sched_view *view, const struct entry *entry, int64_t open)
{
	int64_t span = entry->at_least.a_day ? open : NS_PER_HOUR;
	int64_t showings = 0;

	if (entry->at_least.count && span > 0)
		showings = entry->at_least.count * (average_length(view, entry) / NS_PER_MS) * 1000 /
			   (span / NS_PER_MS);
	if (showings > 1000000)
		showings = 1000000;
	return showings > entry->share ? (int)showings : entry->share;
}

int entry_demand(const struct sched_view *view, const struct entry *entry, day_t day)
{
	struct interval_list windows = {0};
	int permille = 0;

	entry_windows(view->site, entry, day, &windows);
	if (windows.count)
		permille = demand_within(view, entry, open_time(&windows));
	free(windows.items);
	return permille;
}

struct step {
	int64_t time;
	int permille; /* added from then on */
	const struct entry *entry;
};

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->permille < y->permille ? -1 : x->permille > y->permille; /* what closes goes first */
}

static struct demand find_most(struct step *steps, size_t count)
{
	struct demand most = {0};
	int sum = 0;

	if (count)
		qsort(steps, count, sizeof *steps, compare_steps);
	for (size_t i = 0; i < count; i++) {
		sum += steps[i].permille;
		if (sum > most.permille)
			most = (struct demand){steps[i].time, sum, steps[i].entry};
	}
	return most;
}

struct demand sched_demand(const struct sched_view *view, day_t day)
{
	struct interval_list windows = {0};
	struct step *steps = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; view->catalogue && i < view->catalogue->entry_count; i++) {
		const struct entry *entry = view->catalogue->entries[i];

		if (!entry_has_quota(entry) || !entry_names_display(entry, view->display))
			continue;
		entry_windows(view->site, entry, day, &windows);
		int permille = demand_within(view, entry, open_time(&windows));
		for (size_t j = 0; j < windows.count; j++) {
			array_reserve_one(steps, count, capacity);
			steps[count++] = (struct step){windows.items[j].start, permille, entry};
			array_reserve_one(steps, count, capacity);
			steps[count++] = (struct step){windows.items[j].end, -permille, entry};
		}
	}
	struct demand most = find_most(steps, count);
	free(steps);
	free(windows.items);
	return most;
}
