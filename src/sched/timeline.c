/* The walk over a programme day: from one event to the next, never from one second to the next. */
#include "sched/active.h"
#include "sched/quota.h"
#include "sched/window.h"

#include "base/alloc.h"

/* Shorter lengths are refused when a playlist is loaded; here they would only make the timeline endless. */
#define SHORTEST_ITEM (100 * NS_PER_MS)

/* A level is the entries of one priority; they are neighbours in rank. */
struct level {
	size_t first, end; /* ranks [first, end) */
	size_t turn; /* the rank whose turn it is, or, if that one is not open, the next open one after it */
};

/* An entry that is open at some time of this day, and its place in its playlist. */
struct player {
	const struct entry *entry;
	size_t level;
	size_t place;	/* item of the playlist that plays, was cut, or comes next */
	int64_t played; /* ns of that item that have been shown */
	struct account account;
};

struct event {
	int64_t time;
	size_t rank;
	bool opens;
};

struct walk {
	const struct sched_view *view;
	struct timeline *timeline;
	size_t segment_capacity;
	int64_t from;		/* what ends before is walked over, not kept */
	struct player *players; /* by rank */
	size_t player_count, player_capacity;
	struct level *levels; /* highest priority first */
	size_t level_count;
	struct event *events; /* by time */
	size_t event_count, event_capacity;
	size_t next_event;
	struct active open;
	struct active owed;	    /* those with a share or an at-least: few, or none */
	bool limited;		    /* anybody has an at-most or a neighbour to keep away from */
	bool in_turn;		    /* what was taken last; else it went between two others */
	const struct entry *before; /* what showed last */
};

static int compare_players(const void *a, const void *b)
{
	const struct entry *left = ((const struct player *)a)->entry,
			   *right = ((const struct player *)b)->entry;

	if (left->priority != right->priority)
		return left->priority > right->priority ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

static int compare_events(const void *a, const void *b)
{
	const struct event *left = a, *right = b;

	return left->time < right->time ? -1 : left->time > right->time;
}

static void add_event(struct walk *walk, int64_t time, size_t rank, bool opens)
{
	array_reserve_one(walk->events, walk->event_count, walk->event_capacity);
	walk->events[walk->event_count++] = (struct event){time, rank, opens};
}

static void gather_players(struct walk *walk)
{
	const struct catalogue *catalogue = walk->view->catalogue;

	for (size_t i = 0; catalogue && i < catalogue->entry_count; i++) {
		const struct entry *entry = catalogue->entries[i];

		if (entry->playlist->item_count == 0 || !entry_names_display(entry, walk->view->display))
			continue;
		array_reserve_one(walk->players, walk->player_count, walk->player_capacity);
		walk->players[walk->player_count++] = (struct player){.entry = entry};
	}
	if (walk->player_count)
		qsort(walk->players, walk->player_count, sizeof *walk->players, compare_players);
}

static int64_t open_time(const struct interval_list *windows)
{
	int64_t open = 0;

	for (size_t i = 0; i < windows->count; i++)
		open += windows->items[i].end - windows->items[i].start;
	return open;
}

/* Keeps the players that are open at some time of the day, in their order. */
static void gather_events(struct walk *walk)
{
	struct interval_list windows = {0};
	size_t kept = 0;

	for (size_t i = 0; i < walk->player_count; i++) {
		entry_windows(walk->view->site, walk->players[i].entry, walk->timeline->day, &windows);
		for (size_t j = 0; j < windows.count; j++) {
			add_event(walk, windows.items[j].start, kept, true);
			add_event(walk, windows.items[j].end, kept, false);
		}
		if (windows.count) {
			walk->players[kept] = walk->players[i];
			account_init(
				&walk->players[kept].account, walk->players[i].entry, open_time(&windows));
			kept++;
		}
	}
	free(windows.items);
	walk->player_count = kept;
	if (walk->event_count)
		qsort(walk->events, walk->event_count, sizeof *walk->events, compare_events);
}

static void make_levels(struct walk *walk)
{
	walk->levels = xcalloc(walk->player_count + 1, sizeof *walk->levels);
	for (size_t i = 0; i < walk->player_count; i++) {
		struct player *player = &walk->players[i];

		if (i == 0 || player->entry->priority != player[-1].entry->priority)
			walk->levels[walk->level_count++] = (struct level){.first = i, .turn = i};
		player->level = walk->level_count - 1;
		walk->levels[player->level].end = i + 1;
	}
}

static void find_quotas(struct walk *walk)
{
	for (size_t i = 0; i < walk->player_count; i++) {
		const struct entry *entry = walk->players[i].entry;

		active_put(&walk->owed, i, entry_has_quota(entry));
		walk->limited |= entry->at_most.count > 0 || entry->apart_count > 0;
	}
}

/* Returns the least rank that opens, ACTIVE_NONE: none does. */
static size_t apply_events(struct walk *walk, int64_t time)
{
	size_t opened = ACTIVE_NONE;

	for (; walk->next_event < walk->event_count; walk->next_event++) {
		const struct event *event = &walk->events[walk->next_event];

		if (event->time > time)
			break;
		active_put(&walk->open, event->rank, event->opens);
		if (event->opens)
			account_opens(&walk->players[event->rank].account, event->time);
		else
			account_closes(&walk->players[event->rank].account, event->time);
		if (event->opens && event->rank < opened)
			opened = event->rank;
	}
	return opened;
}

static int64_t next_event_time(const struct walk *walk)
{
	return walk->next_event < walk->event_count ? walk->events[walk->next_event].time : TIME_NEVER;
}

static void add_segment(struct walk *walk, const struct segment *segment)
{
	struct timeline *timeline = walk->timeline;

	if (segment->end <= walk->from)
		return;
	array_reserve_one(timeline->segments, timeline->count, walk->segment_capacity);
	timeline->segments[timeline->count++] = *segment;
}

/* until: the instant from which somebody may show again. */
static int64_t add_gap(struct walk *walk, int64_t start, int64_t until)
{
	int64_t end = until < walk->timeline->end ? until : walk->timeline->end;

	if (next_event_time(walk) < end)
		end = next_event_time(walk);
	walk->before = NULL;
	add_segment(walk,
		&(struct segment){.start = start, .end = end, .item_start = start, .reason = REASON_NOTHING});
	return end;
}

static bool keeps_apart(const struct entry *entry, const struct entry *other)
{
	for (size_t i = 0; i < entry->apart_count; i++)
		if (entry->apart[i] == other)
			return true;
	return false;
}

static bool resumes(const struct player *player, int64_t time)
{
	return player->played > 0 && player->entry->playlist->items[player->place]->message->until > time;
}

/* It has had its at-most. What was cut goes on all the same. */
static bool is_capped(const struct walk *walk, size_t rank, int64_t time)
{
	const struct player *player = &walk->players[rank];

	return walk->limited && !resumes(player, time) && account_free_from(&player->account) > time;
}

/* It would follow one that it is to be kept apart from. */
static bool is_neighbour(const struct walk *walk, size_t rank, int64_t time)
{
	const struct player *player = &walk->players[rank];
	const struct entry *before = walk->before;

	if (!walk->limited || !before || (before == player->entry && resumes(player, time)))
		return false;
	return keeps_apart(player->entry, before) || keeps_apart(before, player->entry);
}

/* The next open rank of a level in the order of turns, after `rank`; ACTIVE_NONE: once round. */
static size_t next_in_turn(const struct walk *walk, const struct level *level, size_t rank)
{
	size_t next;

	if (rank >= level->turn) {
		next = active_next(&walk->open, rank + 1, level->end);
		return next != ACTIVE_NONE ? next : active_next(&walk->open, level->first, level->turn);
	}
	return active_next(&walk->open, rank + 1, level->turn);
}

static size_t first_in_turn(const struct walk *walk, const struct level *level)
{
	size_t rank = active_next(&walk->open, level->turn, level->end);

	return rank != ACTIVE_NONE ? rank : active_next(&walk->open, level->first, level->turn);
}

/* Whose turn it is on a level; ACTIVE_NONE: all there have had their at-most. Where the one whose turn it is would be a
 * neighbour, another goes between if there is one; the turn waits. */
static size_t take_turn(struct walk *walk, struct level *level, int64_t time)
{
	size_t waits = ACTIVE_NONE, rank = first_in_turn(walk, level);

	for (; rank != ACTIVE_NONE; rank = next_in_turn(walk, level, rank)) {
		bool neighbour = is_neighbour(walk, rank, time);

		if (is_capped(walk, rank, time))
			continue;
		if (waits == ACTIVE_NONE && !neighbour)
			break;
		if (waits == ACTIVE_NONE)
			waits = rank;
		else if (!neighbour && walk->players[rank].entry != walk->before)
			break;
	}
	if (rank == ACTIVE_NONE)
		rank = waits;
	walk->in_turn = waits == ACTIVE_NONE || rank == waits;
	if (rank != ACTIVE_NONE)
		level->turn = walk->in_turn ? rank : waits;
	return rank;
}

/* The turn on the highest level on which anybody may begin. */
static size_t take_highest_turn(struct walk *walk, size_t highest, int64_t time)
{
	while (highest != ACTIVE_NONE) {
		struct level *level = &walk->levels[walk->players[highest].level];
		size_t rank = take_turn(walk, level, time);

		if (rank != ACTIVE_NONE)
			return rank;
		highest = active_next(&walk->open, level->end, walk->player_count);
	}
	return ACTIVE_NONE;
}

/* Whether anything else could go between the one before and one that keeps apart from it. */
static bool something_between(const struct walk *walk, int64_t time)
{
	size_t rank = active_next(&walk->open, 0, walk->player_count);
	size_t end = walk->levels[walk->players[rank].level].end;

	for (; rank != ACTIVE_NONE; rank = active_next(&walk->open, rank + 1, end))
		if (walk->players[rank].entry != walk->before && !is_capped(walk, rank, time) &&
			!is_neighbour(walk, rank, time))
			return true;
	return false;
}

/* Who is owed a showing: the highest priority first, and what is declared first. */
static size_t find_owed(const struct walk *walk, int64_t time)
{
	size_t rank = active_next(&walk->owed, 0, walk->player_count);

	for (; rank != ACTIVE_NONE; rank = active_next(&walk->owed, rank + 1, walk->player_count)) {
		const struct player *player = &walk->players[rank];

		if (active_has(&walk->open, rank) && account_is_due(&player->account, player->entry, time) &&
			!is_capped(walk, rank, time) &&
			!(is_neighbour(walk, rank, time) && something_between(walk, time)))
			break;
	}
	return rank;
}

/* When the first of those that are open, and have had their at-most, may begin again. */
static int64_t next_release(const struct walk *walk)
{
	int64_t least = TIME_NEVER;
	size_t rank = active_next(&walk->open, 0, walk->player_count);

	for (; rank != ACTIVE_NONE; rank = active_next(&walk->open, rank + 1, walk->player_count)) {
		int64_t release = account_free_from(&walk->players[rank].account);

		least = release < least ? release : least;
	}
	return least;
}

static enum reason reason_now(const struct walk *walk, size_t rank)
{
	const struct level *level = &walk->levels[walk->players[rank].level];
	size_t first = active_next(&walk->open, level->first, level->end);

	if (active_next(&walk->open, first + 1, level->end) != ACTIVE_NONE)
		return REASON_TURN;
	if (active_next(&walk->open, level->end, walk->player_count) != ACTIVE_NONE)
		return REASON_PRIORITY;
	return REASON_ONLY;
}

static void advance(struct player *player)
{
	player->place = (player->place + 1) % player->entry->playlist->item_count;
	player->played = 0;
}

/* An open player always has one: its windows end with its last item's expiry. */
static const struct item *unexpired_item(struct player *player, int64_t time)
{
	const struct playlist *playlist = player->entry->playlist;

	while (playlist->items[player->place]->message->until <= time)
		advance(player);
	return playlist->items[player->place];
}

/* Whole milliseconds, rounded down: one frame too many would show the motion's beginning again. */
static int64_t item_length(const struct walk *walk, const struct item *item)
{
	int64_t length = walk->view->lengths[item->index];

	return length < SHORTEST_ITEM ? SHORTEST_ITEM : length - length % NS_PER_MS;
}

/* Plays from `from` towards `to`; stops where an event takes the screen away: its own window closes, or one of a rank
 * less than above opens. Returns the instant reached. */
static int64_t play_until(struct walk *walk, size_t rank, size_t above, int64_t to)
{

	while (next_event_time(walk) < to) {
		int64_t time = next_event_time(walk);

		size_t opened = apply_events(walk, time);

		if (!active_has(&walk->open, rank) || opened < above)
			return time;
	}
	return to;
}

static int64_t play_item(struct walk *walk, size_t rank, bool owed, int64_t start)
{
	struct player *player = &walk->players[rank];
	const struct item *item = unexpired_item(player, start);
	struct segment segment = {
		.start = start,
		.entry = player->entry,
		.item = item,
		.item_start = start - player->played,
		.item_length = item_length(walk, item),
		.reason = owed ? REASON_QUOTA : reason_now(walk, rank),
	};
	int64_t item_end = TIME_NEVER;
	int64_t day_end = walk->timeline->end;
	size_t above = owed ? 0 : walk->levels[player->level].first;

	if (segment.item_start < 0 || segment.item_length < TIME_NEVER - segment.item_start)
		item_end = segment.item_start + segment.item_length;
	if (item_end > item->message->until)
		item_end = item->message->until;
	segment.end = play_until(walk, rank, above, item_end < day_end ? item_end : day_end);
	account_shows(&player->account, start, segment.end, player->played == 0);
	walk->before = player->entry;
	if (segment.end == item_end) {
		advance(player);
		if (!owed && walk->in_turn)
			walk->levels[player->level].turn = rank + 1;
	} else {
		player->played = segment.end - segment.item_start;
	}
	add_segment(walk, &segment);
	return segment.end;
}

static int64_t walk_on(struct walk *walk, int64_t time)
{
	size_t highest = active_next(&walk->open, 0, walk->player_count), rank;

	if (highest == ACTIVE_NONE)
		return add_gap(walk, time, TIME_NEVER);
	rank = find_owed(walk, time);
	if (rank != ACTIVE_NONE)
		return play_item(walk, rank, true, time);
	rank = take_highest_turn(walk, highest, time);
	if (rank != ACTIVE_NONE)
		return play_item(walk, rank, false, time);
	return add_gap(walk, time, next_release(walk));
}

static void walk_day(struct walk *walk, int64_t until)
{
	struct timeline *timeline = walk->timeline;
	int64_t time = timeline->start;

	while (time < timeline->end && time < until) {
		apply_events(walk, time);
		time = walk_on(walk, time);
	}
}

/* Cuts the timeline to what was kept. A day that the zone skips, or one that is not touched, keeps an empty gap. */
static void trim(struct walk *walk)
{
	struct timeline *timeline = walk->timeline;

	if (timeline->count == 0) {
		timeline->end = timeline->start;
		walk->from = TIME_ALWAYS;
		add_segment(walk, &(struct segment){.start = timeline->start, .end = timeline->start});
	}
	timeline->segments = xrealloc(timeline->segments, timeline->count, sizeof *timeline->segments);
	timeline->start = timeline->segments[0].start;
	timeline->end = timeline->segments[timeline->count - 1].end;
}

struct timeline *timeline_build_between(const struct sched_view *view, day_t day, int64_t from, int64_t until)
{
	struct timeline *timeline = xcalloc(1, sizeof *timeline);
	struct walk walk = {.view = view, .timeline = timeline, .from = from};

	timeline->day = day;
	sched_day_bounds(view->site, day, &timeline->start, &timeline->end);
	gather_players(&walk);
	gather_events(&walk);
	make_levels(&walk);
	active_init(&walk.open, walk.player_count);
	active_init(&walk.owed, walk.player_count);
	find_quotas(&walk);
	walk_day(&walk, until);
	trim(&walk);
	active_finish(&walk.open);
	active_finish(&walk.owed);
	free(walk.levels);
	free(walk.events);
	free(walk.players);
	return timeline;
}

struct timeline *timeline_build(const struct sched_view *view, day_t day)
{
	return timeline_build_between(view, day, TIME_ALWAYS, TIME_NEVER);
}

void timeline_destroy(struct timeline *timeline)
{
	if (!timeline)
		return;
	free(timeline->segments);
	free(timeline);
}

const struct segment *timeline_at(const struct timeline *timeline, int64_t time)
{
	size_t low = 0, high = timeline->count;

	while (high - low > 1) { /* segments[low] starts at or before time */
		size_t middle = low + (high - low) / 2;

		if (timeline->segments[middle].start <= time)
			low = middle;
		else
			high = middle;
	}
	return &timeline->segments[low];
}
