/* Shares and quotas that ask for more than there is: told at load, with the numbers. */
#include "sched/demand.h"
#include "sched/quota.h"
#include "show/private.h"

#include "base/alloc.h"

enum { YEAR = 371, WEEK = 7 };

static bool anybody_is_owed(const struct show *show)
{
	const struct catalogue *catalogue = show->catalogue;

	for (size_t i = 0; catalogue && i < catalogue->entry_count; i++)
		if (entry_has_quota(catalogue->entries[i]) &&
			entry_names_display(catalogue->entries[i], show->view.display))
			return true;
	return false;
}

/* "province/a 60%, tan-an/b 70%" */
static char *name_them(const struct show *show, const struct demand *demand, day_t day)
{
	const struct catalogue *catalogue = show->catalogue;
	char *names = xstrdup("");

	for (size_t i = 0; i < catalogue->entry_count; i++) {
		const struct entry *entry = catalogue->entries[i];
		int permille;

		if (!entry_has_quota(entry) || !entry_names_display(entry, show->view.display) ||
			!entry_hours_contain(show->view.site, entry, day, demand->time))
			continue;
		permille = entry_demand(&show->view, entry, day);
		if (permille == 0)
			continue;
		char *longer = xasprintf(
			"%s%s%s %d.%d%%", names, *names ? ", " : "", entry->id, permille / 10, permille % 10);
		free(names);
		names = longer;
	}
	return names;
}

static bool report_day(const struct show *show, day_t day, struct diag_list *diags)
{
	struct demand demand = sched_demand(&show->view, day);
	char when[48], *names;

	if (demand.permille <= 1000)
		return false;
	time_format(show->view.site->zone, demand.time, when, sizeof when);
	names = name_them(show, &demand, day);
	diag_error(diags, demand.entry->where,
		"display `%s`: from %.16s on, shares and quotas ask for %d.%d%% of the time: %s; lower them "
		"or shorten "
		"their messages",
		show->view.display->name, when, demand.permille / 10, demand.permille % 10, names);
	free(names);
	return true;
}

static bool report_days(const struct show *show, day_t first, int count, struct diag_list *diags)
{
	for (day_t day = first; day < first + count; day++)
		if (report_day(show, day, diags))
			return true;
	return false;
}

/* The coming year, and the week from which each of them first plays. */
void show_check_quotas(const struct show *show, day_t today, struct diag_list *diags)
{
	const struct catalogue *catalogue = show->catalogue;

	if (!anybody_is_owed(show))
		return;
	measures_need(show->measures, show);
	if (report_days(show, today, YEAR, diags))
		return;
	for (size_t i = 0; i < catalogue->entry_count; i++) {
		const struct entry *entry = catalogue->entries[i];

		if (entry_has_quota(entry) && entry->from != DAY_NONE && entry->from > today + YEAR &&
			report_days(show, entry->from, WEEK, diags))
			return;
	}
}
