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
	/* of this day: */
	int64_t open, shown, begun; /* ns open and shown so far; when it last began, 0: never */
	int count;
	bool was_open, open_now;
	int64_t day_open; /* ns it will have been open by the end of the day */
};

struct oracle {
	const struct sched_view *view;
	int64_t step, time;
	day_t reading_day; /* the latest reading that the clock on the wall has shown, which a step back does not undo: */
	int32_t reading_second;	     /* a reading that occurs twice counts the first time */
	struct oracle_place *places; /* by entry */
	size_t turns[101];	     /* by priority: the entry at which to look for the next turn */
	long playing;		     /* entry; -1: nobody */
	bool owed;		     /* it plays by its quota */
	bool between;		     /* it plays between two that clash */
	long before;		     /* who played last; -1: nobody */
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
	struct oracle oracle = {
		.view = view, .step = step, .reading_day = DAY_NONE, .playing = -1, .before = -1};

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
	if ((entry->from != DAY_NONE && day < entry->from) ||
		(entry->until != DAY_NONE && day > entry->until))
		return false;
	/* Which days these name is not sched's: test_calendar. */
	if (days_any_contains(entry->except, entry->except_count, day))
		return false;
	if (days_any_contains(entry->also, entry->also_count, day))
		return true;
	if (entry->dates_count && !days_any_contains(entry->dates, entry->dates_count, day))
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
	if (!oracle->owed && !oracle->between)
		oracle->turns[oracle->view->catalogue->entries[entry]->priority] = entry + 1;
	oracle->playing = -1;
}

static inline bool oracle_names(const struct entry *entry, const struct entry *other)
{
	bool names = false;

	for (size_t i = 0; i < entry->apart_count; i++)
		names |= entry->apart[i] == other;
	return names;
}

static inline bool oracle_goes_on(const struct oracle *oracle, size_t index)
{
	return oracle->places[index].played > 0 && !oracle_expired(oracle, index);
}

static inline bool oracle_had_enough(const struct oracle *oracle, size_t index)
{
	const struct entry *entry = oracle->view->catalogue->entries[index];
	const struct oracle_place *place = &oracle->places[index];

	if (oracle_goes_on(oracle, index) || !entry->at_most.count)
		return false;
	if (entry->at_most.a_day)
		return place->count >= entry->at_most.count;
	return place->begun && oracle->time - place->begun < NS_PER_HOUR / entry->at_most.count;
}

static inline bool oracle_clashes(const struct oracle *oracle, size_t index)
{
	const struct entry *const *entries = oracle->view->catalogue->entries;

	if (oracle->before < 0 || (oracle->before == (long)index && oracle_goes_on(oracle, index)))
		return false;
	return oracle_names(entries[index], entries[oracle->before]) ||
	       oracle_names(entries[oracle->before], entries[index]);
}

/* Somebody of the highest priority that is open can show, is another than the last, and clashes with nobody. */
static inline bool oracle_has_other(const struct oracle *oracle)
{
	const struct catalogue *catalogue = oracle->view->catalogue;
	int top = -1;
	bool other = false;

	for (size_t i = 0; i < catalogue->entry_count; i++)
		if (oracle->places[i].open_now && catalogue->entries[i]->priority > top)
			top = catalogue->entries[i]->priority;
	for (size_t i = 0; i < catalogue->entry_count; i++)
		other |= oracle->places[i].open_now && catalogue->entries[i]->priority == top &&
			 (long)i != oracle->before && !oracle_had_enough(oracle, i) &&
			 !oracle_clashes(oracle, i);
	return other;
}

static inline bool oracle_is_due(const struct oracle *oracle, size_t index)
{
	const struct entry *entry = oracle->view->catalogue->entries[index];
	const struct oracle_place *place = &oracle->places[index];
	int64_t span = entry->at_least.a_day ? place->day_open : NS_PER_HOUR;

	return (entry->share > 0 && place->shown <= place->open / 1000 * entry->share) ||
	       (entry->at_least.count > 0 && place->open >= place->count * (span / entry->at_least.count));
}

static inline void oracle_begin_item(struct oracle *oracle, size_t entry, bool owed)
{
	oracle->playing = (long)entry;
	oracle->owed = owed;
	while (oracle_expired(oracle, entry))
		oracle_next_item(oracle, entry);
	if (oracle->places[entry].played == 0) {
		oracle->places[entry].count++;
		oracle->places[entry].begun = oracle->time;
	}
}

static inline void oracle_pay(struct oracle *oracle)
{
	const struct catalogue *catalogue = oracle->view->catalogue;

	for (int priority = 100; priority >= 0 && oracle->playing < 0; priority--)
		for (size_t i = 0; i < catalogue->entry_count && oracle->playing < 0; i++)
			if (catalogue->entries[i]->priority == priority && oracle->places[i].open_now &&
				oracle_is_due(oracle, i) && !oracle_had_enough(oracle, i) &&
				!(oracle_clashes(oracle, i) && oracle_has_other(oracle)))
				oracle_begin_item(oracle, i, true), oracle->between = false;
}

/* The order of turns at a priority, without those that cannot show; returns their count. */
static inline size_t oracle_queue(const struct oracle *oracle, int priority, size_t *queue)
{
	size_t count = oracle->view->catalogue->entry_count, waiting = 0;

	for (size_t i = 0; i < count; i++) {
		size_t entry = (oracle->turns[priority] + i) % count;

		if (oracle->view->catalogue->entries[entry]->priority == priority &&
			oracle->places[entry].open_now && !oracle_had_enough(oracle, entry))
			queue[waiting++] = entry;
	}
	return waiting;
}

static inline void oracle_take_turn(struct oracle *oracle)
{
	size_t queue[64], waiting = 0, chosen = 0;
	int priority = 101;

	while (waiting == 0 && priority-- > 0)
		waiting = oracle_queue(oracle, priority, queue);
	if (waiting == 0)
		return;
	if (oracle_clashes(oracle, queue[0]))
		for (size_t i = 1; i < waiting && chosen == 0; i++)
			if (!oracle_clashes(oracle, queue[i]) && (long)queue[i] != oracle->before)
				chosen = i;
	oracle->turns[priority] = queue[0];
	oracle_begin_item(oracle, queue[chosen], false);
	oracle->between = chosen > 0;
}

/* Its window is over, or one of a higher priority opens, which an owed showing does not mind. */
static inline bool oracle_is_cut(const struct oracle *oracle)
{
	const struct catalogue *catalogue = oracle->view->catalogue;
	bool cut = !oracle->places[oracle->playing].open_now;

	for (size_t i = 0; i < catalogue->entry_count; i++)
		cut |= !oracle->owed && oracle->places[i].open_now && !oracle->places[i].was_open &&
		       catalogue->entries[i]->priority > catalogue->entries[oracle->playing]->priority;
	return cut;
}

static inline void oracle_look_who_is_open(struct oracle *oracle)
{
	for (size_t i = 0; i < oracle->view->catalogue->entry_count; i++) {
		oracle->places[i].was_open = oracle->places[i].open_now;
		oracle->places[i].open_now = oracle_open(oracle, oracle->view->catalogue->entries[i]);
	}
}

/* How long each will be open on this day: a walk of its own, before the other. end is the day's. */
static inline void oracle_look_ahead(struct oracle *oracle, int64_t end)
{
	struct oracle ahead = *oracle;
	bool asked = false;

	for (size_t i = 0; i < oracle->view->catalogue->entry_count; i++)
		asked |= oracle->view->catalogue->entries[i]->at_least.a_day;
	for (; asked && ahead.time < end; ahead.time += ahead.step) {
		oracle_read_wall(&ahead);
		for (size_t i = 0; i < ahead.view->catalogue->entry_count; i++)
			if (oracle_open(&ahead, ahead.view->catalogue->entries[i]))
				oracle->places[i].day_open += ahead.step;
	}
}

/* What plays from now on for one step (NULL: nothing), and time goes on by that step. */
static inline const struct item *oracle_step(struct oracle *oracle, const struct entry **ret_entry)
{
	const struct catalogue *catalogue = oracle->view->catalogue;
	const struct item *item = NULL;

	oracle_read_wall(oracle);
	oracle_look_who_is_open(oracle);
	if (oracle->playing >= 0)
		oracle_finish_item(oracle);
	if (oracle->playing >= 0 && oracle_is_cut(oracle))
		oracle->playing = -1;
	if (oracle->playing < 0)
		oracle_pay(oracle);
	if (oracle->playing < 0)
		oracle_take_turn(oracle);
	oracle->before = oracle->playing;
	*ret_entry = NULL;
	for (size_t i = 0; i < catalogue->entry_count; i++)
		oracle->places[i].open += oracle->places[i].open_now ? oracle->step : 0;
	if (oracle->playing >= 0) {
		*ret_entry = catalogue->entries[oracle->playing];
		item = oracle_item(oracle, (size_t)oracle->playing);
		oracle->places[oracle->playing].played += oracle->step;
		oracle->places[oracle->playing].shown += oracle->step;
	}
	oracle->time += oracle->step;
	return item;
}

#endif
