/* What plays, found out in the most naive way: the day is walked in equal steps, and everybody counts what it has
 * played. No events, no intervals, no instants of windows: at each step the clock on the wall is read and compared with
 * the hours. Shares nothing with src/sched. Exact when every length and border is a multiple of the step. */
#ifndef SCHED_ORACLE_H
#define SCHED_ORACLE_H

#include "base/alloc.h"
#include "sched/timeline.h"

struct oracle_place {
	size_t item;
	int64_t played;
};

struct oracle {
	const struct sched_view *view;
	int64_t step, time;
	day_t reading_day; /* the latest reading that the clock on the wall has shown, which a step back does not undo: */
	int32_t reading_second;	     /* a reading that occurs twice counts the first time */
	struct oracle_place *places; /* by entry */
	size_t turns[101];	     /* by priority: the entry at which to look for the next turn */
	long playing;		     /* entry; -1: nobody */
};

static inline void oracle_read_wall(struct oracle *oracle)
{
	struct civil civil;
	day_t day;
	int32_t second;

	zone_civil(oracle->view->site->zone, oracle->time, &civil);
	day = day_from_date(civil.year, civil.month, civil.day);
	second = civil.hour * 3600 + civil.minute * 60 + civil.second;
	if (day > oracle->reading_day || (day == oracle->reading_day && second > oracle->reading_second)) {
		oracle->reading_day = day;
		oracle->reading_second = second;
	}
}

/* At the beginning of a programme day, `start`. */
static inline struct oracle oracle_begin(const struct sched_view *view, int64_t start, int64_t step)
{
	struct oracle oracle = {.view = view, .step = step, .reading_day = DAY_NONE, .playing = -1};

	oracle.places = xcalloc(view->catalogue->entry_count + 1, sizeof *oracle.places);
	for (oracle.time = start - 4 * NS_PER_HOUR; oracle.time < start; oracle.time += step)
		oracle_read_wall(&oracle);
	oracle.time = start;
	return oracle;
}

static inline void oracle_end(struct oracle *oracle)
{
	free(oracle->places);
}

static inline bool oracle_day_good(const struct entry *entry, day_t day)
{
	bool named = false;

	if ((entry->from != DAY_NONE && day < entry->from) ||
		(entry->until != DAY_NONE && day > entry->until))
		return false;
	for (size_t i = 0; i < entry->except_count; i++)
		if (entry->except[i].first <= day && day <= entry->except[i].last) /* dates only */
			return false;
	for (size_t i = 0; i < entry->also_count; i++)
		if (entry->also[i].first <= day && day <= entry->also[i].last)
			return true;
	for (size_t i = 0; i < entry->dates_count; i++)
		named |= entry->dates[i].first <= day && day <= entry->dates[i].last;
	if (entry->dates_count && !named)
		return false;
	return entry->weekdays & 1u << ((day % 7 + 7 + 3) % 7); /* 1970-01-01 was a Thursday */
}

static inline bool oracle_open(const struct oracle *oracle, const struct entry *entry)
{
	bool named = false, fresh = false, hours = false;

	for (size_t i = 0; i < entry->on_count; i++)
		named |= display_matches(oracle->view->display, entry->on[i]);
	for (size_t i = 0; i < entry->playlist->item_count; i++)
		fresh |= oracle->time < entry->playlist->items[i]->message->until;
	for (size_t i = 0; i < entry->hours_count && named && fresh; i++) {
		const struct hours *window = &entry->hours[i];
		int32_t today = oracle->reading_second, yesterday = today + 86400;

		if (today >= window->start && today < window->end)
			hours |= oracle_day_good(entry, oracle->reading_day);
		if (yesterday >= window->start && yesterday < window->end)
			hours |= oracle_day_good(entry, oracle->reading_day - 1);
	}
	return hours;
}

static inline bool oracle_expired(const struct oracle *oracle, size_t entry)
{
	const struct playlist *playlist = oracle->view->catalogue->entries[entry]->playlist;

	return playlist->items[oracle->places[entry].item]->message->until <= oracle->time;
}

static inline void oracle_next_item(struct oracle *oracle, size_t entry)
{
	struct oracle_place *place = &oracle->places[entry];

	place->item = (place->item + 1) % oracle->view->catalogue->entries[entry]->playlist->item_count;
	place->played = 0;
}

static inline const struct item *oracle_item(const struct oracle *oracle, size_t entry)
{
	return oracle->view->catalogue->entries[entry]->playlist->items[oracle->places[entry].item];
}

static inline void oracle_finish_item(struct oracle *oracle)
{
	size_t entry = (size_t)oracle->playing;
	int64_t length = oracle->view->lengths[oracle_item(oracle, entry)->index];

	if (oracle->places[entry].played < length && !oracle_expired(oracle, entry))
		return;
	oracle_next_item(oracle, entry);
	oracle->turns[oracle->view->catalogue->entries[entry]->priority] = entry + 1;
	oracle->playing = -1;
}

static inline void oracle_take_turn(struct oracle *oracle, int top)
{
	size_t count = oracle->view->catalogue->entry_count;

	for (size_t i = 0; i < count; i++) {
		size_t entry = (oracle->turns[top] + i) % count;
		const struct entry *candidate = oracle->view->catalogue->entries[entry];

		if (candidate->priority != top || !oracle_open(oracle, candidate))
			continue;
		oracle->playing = (long)entry;
		oracle->turns[top] = entry;
		while (oracle_expired(oracle, entry))
			oracle_next_item(oracle, entry);
		return;
	}
}

/* What plays from now on for one step (NULL: nothing), and time goes on by that step. */
static inline const struct item *oracle_step(struct oracle *oracle, const struct entry **ret_entry)
{
	const struct catalogue *catalogue = oracle->view->catalogue;
	const struct item *item = NULL;
	int top = -1;

	oracle_read_wall(oracle);
	for (size_t i = 0; i < catalogue->entry_count; i++)
		if (catalogue->entries[i]->priority > top && oracle_open(oracle, catalogue->entries[i]))
			top = catalogue->entries[i]->priority;
	if (oracle->playing >= 0)
		oracle_finish_item(oracle);
	if (oracle->playing >= 0 && (catalogue->entries[oracle->playing]->priority != top ||
					    !oracle_open(oracle, catalogue->entries[oracle->playing])))
		oracle->playing = -1;
	if (oracle->playing < 0 && top >= 0)
		oracle_take_turn(oracle, top);
	*ret_entry = NULL;
	if (oracle->playing >= 0) {
		*ret_entry = catalogue->entries[oracle->playing];
		item = oracle_item(oracle, (size_t)oracle->playing);
		oracle->places[oracle->playing].played += oracle->step;
	}
	oracle->time += oracle->step;
	return item;
}

#endif
