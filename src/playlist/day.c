/* Whether an entry plays on a day: the one place that knows the rules of days. */
#include "playlist/catalogue.h"

enum day_rule entry_day_rule(const struct entry *entry, day_t day)
{
	if (entry->from != DAY_NONE && day < entry->from)
		return DAY_BEFORE;
	if (entry->until != DAY_NONE && day > entry->until)
		return DAY_AFTER;
	if (days_any_contains(entry->except, entry->except_count, day))
		return DAY_EXCEPTED;
	if (days_any_contains(entry->also, entry->also_count, day))
		return DAY_PLAYS;
	if (!(entry->weekdays >> day_weekday(day) & 1))
		return DAY_WEEKDAY;
	if (entry->dates_count && !days_any_contains(entry->dates, entry->dates_count, day))
		return DAY_DATES;
	if (entry->repeat && !recurrence_contains(entry->repeat, day))
		return DAY_REPEAT;
	return DAY_PLAYS;
}
