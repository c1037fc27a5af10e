#include "engine/proof.h"

#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/text.h"
#include "store/store.h"

#define BEGINNING (2 * NS_PER_SEC) /* a showing is counted if no more of its beginning is missing */

/* What tells one showing from another. Pointers are compared, never followed. */
struct key {
	enum record_source source;
	const void *item; /* the catalogue's, or the pattern */
	int64_t start;
	int generation;
	bool trusted;
	char override[RECORD_OVERRIDE];
};

struct proof {
	struct record *record;
	int display;
	const struct clock *clock;
	const int *generation;
	struct output *output;
	char fallback[RECORD_DIGEST];

	struct key key;
	uint64_t composed_number; /* rises with each key */
	struct record_event composed;
	int64_t item_start, composed_at;
	bool resumes; /* the item was cut before, or its beginning is past */
	int brightness;

	uint64_t handed_number, handed_first; /* whose frames are handed over; sequence of the first */
	struct record_event handed;

	uint64_t shown_number;	     /* 0: nothing is known */
	struct record_event current; /* as it was noted */
	uint64_t count;		     /* of showings */
	bool unsaid;		     /* the queue was full */
	int least;		     /* brightness */
	int64_t seen;
	int64_t unreachable; /* since; TIME_NEVER: it is not */
	bool was_lost;	     /* it was reachable before: every moment of that counts */
};

static int64_t system_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

static int64_t wall_now(const struct clock *clock)
{
	struct instant now = clock_now(clock);

	return now.trusted ? now.time : system_time();
}

static bool is_trusted(const struct clock *clock)
{
	return clock_now(clock).trusted;
}

/* --- what the canvas shows */

static enum record_source source_of(const struct show_state *state)
{
	static const enum record_source sources[] = {[SHOW_SCHEDULE] = RECORD_SCHEDULE,
		[SHOW_ANNOUNCE] = RECORD_ANNOUNCE,
		[SHOW_BLANK] = RECORD_BLANK,
		[SHOW_DEFAULT] = RECORD_DEFAULT,
		[SHOW_OFF] = RECORD_OFF};

	return sources[state->source];
}

static void key_of(const struct proof *proof, const struct show_state *state, const char *pattern,
	struct instant at, struct key *ret_key)
{
	*ret_key = (struct key){.source = pattern ? RECORD_PATTERN : source_of(state),
		.generation = *proof->generation,
		.trusted = at.trusted};
	if (pattern) {
		ret_key->item = pattern;
	} else if (state->source == SHOW_SCHEDULE && state->segment) {
		ret_key->item = state->segment->item;
		ret_key->start = state->segment->item_start;
	} else if (state->override) {
		memcpy(ret_key->override, state->override->id, sizeof ret_key->override);
	}
}

static bool keys_equal(const struct key *a, const struct key *b)
{
	return a->source == b->source && a->item == b->item && a->start == b->start &&
	       a->generation == b->generation && a->trusted == b->trusted &&
	       memcmp(a->override, b->override, sizeof a->override) == 0;
}

static void describe(struct proof *proof, const struct show_state *state, const char *pattern)
{
	struct record_event *event = &proof->composed;

	*event = (struct record_event){.event = RECORD_SHOWS,
		.display = proof->display,
		.kind = RECORD_SHOWN,
		.source = proof->key.source,
		.trusted = proof->key.trusted,
		.generation = proof->key.generation};
	memcpy(event->override, proof->key.override, sizeof event->override);
	proof->resumes = true;
	if (pattern) {
		snprintf(event->item, sizeof event->item, "%s", pattern);
	} else if (proof->key.source == RECORD_SCHEDULE && state->segment && state->segment->item) {
		const struct segment *segment = state->segment;
		const struct message *message = segment->item->message;
		snprintf(event->item, sizeof event->item, "%s/%s", message->unit, message->name);
		snprintf(event->entry, sizeof event->entry, "%s", segment->entry->id);
		message_digest(message, event->content);
		proof->item_start = segment->item_start;
		proof->resumes = segment->item_start != segment->start;
	} else if (proof->key.source == RECORD_DEFAULT) {
		memcpy(event->content, proof->fallback, sizeof event->content);
	}
}

/* An injected clock may run by the minute while one frame is sent: what was composed for is what counts. */
static int64_t seen_now(const struct proof *proof)
{
	struct instant now = clock_now(proof->clock);

	if (!now.trusted)
		return system_time();
	return proof->clock->injected && proof->composed_at < now.time ? proof->composed_at : now.time;
}

/* What is handed over belongs to what was composed last. A picture that waited for its display, or is sent again after the
 * display was lost, was not there before. */
static void take_composed(struct proof *proof, int64_t instant, uint64_t frame)
{
	proof->handed_number = proof->composed_number;
	proof->handed = proof->composed;
	struct record_event *event = &proof->handed;
	int64_t now = seen_now(proof);
	event->begin = !event->trusted || now - instant > BEGINNING ? now : instant;
	event->monotonic = clock_monotonic();
	event->brightness = proof->brightness;
	event->begins = !proof->resumes && event->trusted && event->begin - proof->item_start <= BEGINNING;
	event->frame = frame;
}

/* How the showing before ended is part of the event that a new one begins. */
static void begin(struct proof *proof, enum record_how how, int64_t end)
{
	proof->current.number = ++proof->count;
	proof->current.how = how;
	proof->current.end = end;
	proof->current.least_brightness = proof->least;
	proof->least = proof->current.brightness;
	proof->seen = proof->current.begin;
	proof->unsaid = !record_note(proof->record, &proof->current, proof->current.begin);
}

/* The item before left the very picture that this one has: no frame is sent for it. */
static void take_over(struct proof *proof, int64_t instant)
{
	bool on = proof->shown_number && proof->shown_number == proof->handed_number;

	if (proof->handed_number + 1 != proof->composed_number)
		return; /* a frame is owed, and it will be this one's */
	take_composed(proof, instant, proof->handed.frame);
	if (!on)
		return;
	bool confirmed = proof->current.confirmed;
	proof->shown_number = proof->handed_number;
	proof->current = proof->handed;
	proof->current.confirmed = confirmed;
	begin(proof, RECORD_NEXT, proof->current.begin);
}

void proof_composed(struct proof *proof, const struct show_state *state, const char *pattern,
	struct instant at, int permille, bool same)
{
	struct key key;
	bool changes;

	if (!proof)
		return;
	key_of(proof, state, pattern, at, &key);
	changes = proof->composed_number == 0 || !keys_equal(&key, &proof->key);
	if (changes) {
		proof->key = key;
		proof->composed_number++;
		describe(proof, state, pattern);
	}
	proof->composed_at = at.time;
	proof->brightness = permille < 0 ? 1000 : permille;
	if (changes && same)
		take_over(proof, at.time);
	if (proof->brightness < proof->least)
		proof->least = proof->brightness;
}

void proof_blanked(struct proof *proof, const char *order, struct instant at, bool same)
{
	struct override blank = {.kind = OVERRIDE_BLANK};
	const struct show_state state = {.source = SHOW_BLANK, .override = &blank};

	snprintf(blank.id, sizeof blank.id, "%s", order);
	if (proof)
		proof_composed(proof, &state, NULL, at, proof->brightness, same);
}

/* --- what the output says of its frames */

static void handed(void *data, uint64_t sequence, int64_t instant)
{
	struct proof *proof = data;

	if (proof->handed_number == proof->composed_number)
		return;
	proof->handed_first = sequence;
	take_composed(proof, instant, output_frame_digest(proof->output));
}

/* A loss is told however short it was, from the last frame that was shown: it costs a row, like the showing that it cut. How
 * long opening takes when the daemon starts is told only where it takes long. */
static void note_unreachable(struct proof *proof, int64_t until, bool trusted)
{
	int64_t least = proof->was_lost ? 0 : BEGINNING;

	if (proof->unreachable == TIME_NEVER || until - proof->unreachable <= least) {
		proof->unreachable = TIME_NEVER;
		return;
	}
	struct record_event event = {.event = RECORD_NOTES,
		.display = proof->display,
		.kind = RECORD_UNREACHABLE,
		.begin = proof->unreachable,
		.until = until,
		.monotonic = clock_monotonic(),
		.trusted = trusted};
	record_note(proof->record, &event, until);
	proof->unreachable = TIME_NEVER;
}

static void shown(void *data, uint64_t sequence, bool confirmed)
{
	struct proof *proof = data;

	if (proof->shown_number != proof->handed_number && sequence >= proof->handed_first) {
		note_unreachable(proof, proof->handed.begin, proof->handed.trusted);
		proof->shown_number = proof->handed_number;
		proof->current = proof->handed;
		proof->current.confirmed = confirmed;
		begin(proof, RECORD_NEXT, proof->current.begin);
	} else if (proof->unsaid) {
		proof->unsaid = !record_note(proof->record, &proof->current, proof->current.begin);
	}
	if (proof->shown_number == 0)
		return;
	int64_t seen = seen_now(proof);
	proof->seen = seen > proof->seen ? seen : proof->seen;
	record_seen(proof->record, proof->display, proof->count, proof->seen, clock_monotonic());
}

static void end(struct proof *proof, int64_t at, enum record_how how)
{
	struct record_event event = {.event = RECORD_ENDS,
		.display = proof->display,
		.number = proof->count,
		.how = how,
		.least_brightness = proof->least,
		.end = at};

	if (proof->shown_number)
		record_note(proof->record, &event, at);
	proof->shown_number = 0;
	proof->handed_number = 0; /* the next frame of it begins anew */
}

static void lost(void *data, const char *why)
{
	struct proof *proof = data;

	(void)why;
	if (proof->unreachable == TIME_NEVER) {
		proof->unreachable = proof->shown_number ? proof->seen : wall_now(proof->clock);
		proof->was_lost = true;
	}
	end(proof, proof->seen, RECORD_LOST);
}

static void slept(void *data)
{
	struct proof *proof = data;

	handed(proof, 0, proof->composed_at);
	shown(proof, 0, false);
}

void proof_stepped(struct proof *proof)
{
	if (!proof || !proof->shown_number)
		return;
	int64_t now = clock_monotonic();
	int64_t was = proof->current.begin + (now - proof->current.monotonic);
	proof->current.begin = wall_now(proof->clock);
	proof->current.trusted = is_trusted(proof->clock);
	proof->current.monotonic = now;
	proof->current.begins = false;
	begin(proof, RECORD_STEP, was);
}

/* --- one display's */

struct proof *proof_create(struct record *record, int display, const struct clock *clock,
	const int *generation, const struct display *of, struct output *output)
{
	static const struct output_observer observer = {handed, shown, lost, slept};
	struct proof *proof = xcalloc(1, sizeof *proof);

	proof->record = record;
	proof->display = display;
	proof->clock = clock;
	proof->generation = generation;
	proof->output = output;
	proof->least = proof->brightness = 1000;
	proof->unreachable = wall_now(clock);
	if (of->fallback_text)
		digest_sha256(of->fallback_text, strlen(of->fallback_text), proof->fallback);
	output_observe(output, &observer, proof);
	return proof;
}

void proof_destroy(struct proof *proof)
{
	if (!proof)
		return;
	int64_t now = wall_now(proof->clock);
	output_observe(proof->output, NULL, NULL);
	note_unreachable(proof, now, is_trusted(proof->clock));
	end(proof, now, RECORD_STOPPED);
	free(proof);
}

/* --- rows of their own */

static struct record_event event_now(const struct clock *clock, enum record_kind kind)
{
	int64_t now = wall_now(clock);

	return (struct record_event){.event = RECORD_NOTES,
		.display = -1,
		.kind = kind,
		.begin = now,
		.until = now,
		.monotonic = clock_monotonic(),
		.trusted = is_trusted(clock)};
}

void proof_started(struct record *record, const struct clock *clock)
{
	struct record_event event = event_now(clock, RECORD_START);

	snprintf(event.note, sizeof event.note, "bangtind " BANGTIN_VERSION "%s",
		clock->injected ? ", injected clock" : "");
	record_note(record, &event, event.begin);
}

void proof_stopped(struct record *record, const struct clock *clock)
{
	struct record_event event = event_now(clock, RECORD_STOP);

	record_note(record, &event, event.begin);
}

void proof_clock_set(struct record *record, const struct clock *clock)
{
	struct record_event event = event_now(clock, RECORD_CLOCK);

	record_note(record, &event, event.begin);
}

void proof_loaded(struct record *record, const struct clock *clock, const struct generation *generation)
{
	struct record_event event = event_now(clock, RECORD_LOADED);

	event.generation = generation->number;
	memcpy(event.content, generation->digest, sizeof event.content);
	snprintf(event.note, sizeof event.note, "%s", generation->user);
	record_note(record, &event, event.begin);
}

static bool has(const struct override *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].id, id) == 0)
			return true;
	return false;
}

static void note_order(
	struct record *record, const struct clock *clock, enum record_kind kind, const struct override *order)
{
	struct record_event event = event_now(clock, kind);

	event.source = order->kind == OVERRIDE_BLANK ? RECORD_BLANK : RECORD_ANNOUNCE;
	memcpy(event.override, order->id, sizeof event.override);
	if (order->text) {
		digest_sha256(order->text, strlen(order->text), event.content);
		utf8_copy(event.note, sizeof event.note, order->text);
	}
	record_note(record, &event, event.begin);
}

void proof_orders(struct record *record, const struct clock *clock, const struct override *old,
	size_t old_count, const struct override *new, size_t new_count)
{
	for (size_t i = 0; i < old_count; i++)
		if (!has(new, new_count, old[i].id))
			note_order(record, clock, RECORD_LIFTED, &old[i]);
	for (size_t i = 0; i < new_count; i++)
		if (!has(old, old_count, new[i].id))
			note_order(record, clock, RECORD_ORDER, &new[i]);
}
