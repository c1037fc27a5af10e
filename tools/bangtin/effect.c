#include "effect.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/words.h"
#include "walk.h"

#define PAUSE_SLOTS	(60 / SLOT_MINUTES) /* that belong to the hours around them */
#define TOLERANCE_SLOTS (15 / SLOT_MINUTES) /* by which turns shift without a message having moved */
#define GAIN_LEAST	(NS_PER_MIN / 2)    /* less is no minute */

/* --- one side */

struct survey {
	const struct context *context;
	day_t first;
	struct spread *spreads;
	size_t nothing;
};

static void mark_slots(const struct survey *survey, struct spread *spread, const struct segment *segment)
{
	int64_t offset = zone_offset(survey->context->site->zone, segment->start) * NS_PER_SEC;
	int64_t slot = (segment->start + offset) / (SLOT_MINUTES * NS_PER_MIN);
	int64_t last = (segment->end - 1 + offset) / (SLOT_MINUTES * NS_PER_MIN);

	for (; slot <= last; slot++)
		spread->slots[day_weekday((day_t)(slot / SLOTS))][slot % SLOTS] = true;
}

/* Where the picture says most: what runs is in the middle; what is paged is at its first page; transitions are over. */
static int64_t best_instant(const struct segment *segment)
{
	int64_t half = (segment->end - segment->start) / 2;
	bool runs = segment->item && (segment->item->motion == MOTION_SCROLL_LEFT ||
					     segment->item->motion == MOTION_SCROLL_UP);

	return segment->start + (runs || half < 3 * NS_PER_SEC ? half : 3 * NS_PER_SEC);
}

static void survey_segment(void *data, day_t day, const struct segment *segment)
{
	struct survey *survey = data;
	size_t index = segment->item ? segment->item->message->index : survey->nothing;
	struct spread *spread = &survey->spreads[index];

	if (spread->total == 0) {
		spread->message = segment->item ? segment->item->message : NULL;
		spread->best = best_instant(segment);
	}
	spread->total += segment->end - segment->start;
	spread->showings += segment->item_start == segment->start;
	spread->days[day - survey->first] = true;
	mark_slots(survey, spread, segment);
}

static struct spread *survey_span(
	const struct context *context, int64_t from, int64_t until, size_t *ret_count)
{
	struct survey survey = {.context = context, .first = sched_programme_day(context->site, from)};
	struct walk walk = {context, from, until, true, survey_segment, &survey};

	survey.nothing = context->catalogue ? context->catalogue->message_count : 0;
	survey.spreads = xcalloc(survey.nothing + 1, sizeof *survey.spreads);
	walk_run(&walk);
	*ret_count = survey.nothing + 1;
	return survey.spreads;
}

/* --- hours and days in words */

void spread_fill(const struct spread *spread, bool ret_slots[7][SLOTS])
{
	memcpy(ret_slots, spread->slots, sizeof spread->slots);
	for (int day = 0; day < 7; day++) {
		int last = -PAUSE_SLOTS - 2;
		for (int slot = 0; slot < SLOTS; slot++) {
			if (!spread->slots[day][slot])
				continue;
			for (int k = last + 1; k < slot && slot - last - 1 <= PAUSE_SLOTS; k++)
				ret_slots[day][k] = true;
			last = slot;
		}
	}
}

static void print_spans(FILE *to, const bool *slots)
{
	const char *between = " ";

	for (int slot = 0; slot < SLOTS; slot++) {
		int start = slot;
		while (slot < SLOTS && slots[slot])
			slot++;
		if (slot == start)
			continue;
		fprintf(to, "%s%02d:%02d-%02d:%02d", between, start * SLOT_MINUTES / 60,
			start * SLOT_MINUTES % 60, slot * SLOT_MINUTES / 60, slot * SLOT_MINUTES % 60);
		between = ", ";
	}
}

char *spread_hours(const struct spread *spread)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	static const bool none[SLOTS];
	bool slots[7][SLOTS];
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	spread_fill(spread, slots);
	for (int day = 0, next; day < 7; day = next) {
		for (next = day + 1; next < 7 && memcmp(slots[day], slots[next], sizeof *slots) == 0;)
			next++;
		if (memcmp(slots[day], none, sizeof none) == 0)
			continue;
		fprintf(to, "%s%s", ftell(to) ? "; " : "", names[day]);
		if (next > day + 1)
			fprintf(to, "..%s", names[next - 1]);
		print_spans(to, slots[day]);
	}
	fclose(to);
	return text;
}

char *spread_days(const struct effect *effect, const struct spread *spread)
{
	char first[16] = "", last[16] = "";
	int count = 0;

	for (int i = 0; i < effect->days; i++) {
		if (!spread->days[i])
			continue;
		if (count++ == 0)
			time_format_date(effect->first + i, first, sizeof first);
		time_format_date(effect->first + i, last, sizeof last);
	}
	if (count == 1)
		return xasprintf(_("%s (1 day)"), first);
	return xasprintf(_("%s..%s (%d days)"), first, last, count);
}

/* --- the difference */

static bool near_slot(const bool *slots, int slot)
{
	for (int k = slot - TOLERANCE_SLOTS; k <= slot + TOLERANCE_SLOTS; k++)
		if (k >= 0 && k < SLOTS && slots[k])
			return true;
	return false;
}

static bool leaves(bool slots[7][SLOTS], bool others[7][SLOTS])
{
	for (int day = 0; day < 7; day++)
		for (int slot = 0; slot < SLOTS; slot++)
			if (slots[day][slot] && !near_slot(others[day], slot))
				return true;
	return false;
}

static bool moves(const struct spread *before, const struct spread *after)
{
	bool old[7][SLOTS], new[7][SLOTS], raw_old[7][SLOTS], raw_new[7][SLOTS];

	if (memcmp(before->days, after->days, sizeof before->days) != 0)
		return true;
	spread_fill(before, old);
	spread_fill(after, new);
	memcpy(raw_old, before->slots, sizeof raw_old);
	memcpy(raw_new, after->slots, sizeof raw_new);
	return leaves(raw_old, new) || leaves(raw_new, old);
}

static bool reworded(const struct message *old, const struct message *new)
{
	if (strcmp(old->text, new->text) != 0 || !text_equal(old->qr, new->qr) ||
		old->short_count != new->short_count || !old->image != !new->image)
		return true;
	for (size_t i = 0; i < old->short_count; i++)
		if (strcmp(old->shorts[i], new->shorts[i]) != 0)
			return true;
	return old->image && strcmp(old->image->digest, new->image->digest) != 0;
}

static enum change judge(const struct effect_row *row)
{
	if (!row->before)
		return CHANGE_APPEARS;
	if (!row->after)
		return CHANGE_VANISHES;
	if (moves(row->before, row->after))
		return CHANGE_MOVES;
	if (row->reworded)
		return CHANGE_REWORDED;
	if (row->gain >= GAIN_LEAST)
		return CHANGE_GAINS;
	return row->gain <= -GAIN_LEAST ? CHANGE_LOSES : CHANGE_NONE;
}

static const struct spread *find(const struct spread *spreads, size_t count, const struct message *message)
{
	for (size_t i = 0; i + 1 < count; i++)
		if (spreads[i].message && strcmp(spreads[i].message->name, message->name) == 0 &&
			strcmp(spreads[i].message->unit, message->unit) == 0)
			return &spreads[i];
	return NULL;
}

static void add_row(struct effect *effect, const struct spread *before, const struct spread *after)
{
	struct effect_row row = {.before = before, .after = after};

	row.gain = (after ? after->total : 0) - (before ? before->total : 0);
	row.reworded = before && after && reworded(before->message, after->message);
	row.change = judge(&row);
	if (row.change == CHANGE_NONE)
		effect->unchanged++;
	else
		effect->rows[effect->count++] = row;
}

static int compare_rows(const void *a, const void *b)
{
	const struct effect_row *left = a, *right = b;
	int64_t by = llabs(left->gain), other = llabs(right->gain);

	if (left->change != right->change)
		return left->change < right->change ? -1 : 1;
	if (by != other)
		return by > other ? -1 : 1;
	int unit = strcmp(row_message(left)->unit, row_message(right)->unit);
	return unit ? unit : strcmp(row_message(left)->name, row_message(right)->name);
}

void effect_find(const struct context *before, const struct context *after, int64_t from, int64_t until,
	struct effect *ret_effect)
{
	struct effect *effect = ret_effect;

	*effect = (struct effect){
		.display = show_view(after->show)->display, .first = sched_programme_day(after->site, from)};
	effect->days = sched_programme_day(after->site, until - 1) - effect->first + 1;
	effect->before = survey_span(before, from, until, &effect->before_count);
	effect->after = survey_span(after, from, until, &effect->after_count);
	effect->nothing_before = effect->before[effect->before_count - 1].total;
	effect->nothing_after = effect->after[effect->after_count - 1].total;
	effect->rows = xcalloc(effect->before_count + effect->after_count, sizeof *effect->rows);
	for (size_t i = 0; i + 1 < effect->after_count; i++)
		if (effect->after[i].message)
			add_row(effect, find(effect->before, effect->before_count, effect->after[i].message),
				&effect->after[i]);
	for (size_t i = 0; i + 1 < effect->before_count; i++)
		if (effect->before[i].message &&
			!find(effect->after, effect->after_count, effect->before[i].message))
			add_row(effect, &effect->before[i], NULL);
	qsort(effect->rows, effect->count, sizeof *effect->rows, compare_rows);
}

void effect_finish(struct effect *effect)
{
	free(effect->before);
	free(effect->after);
	free(effect->rows);
}

const char *change_name(enum change change)
{
	static const char *const names[] = {N_("appears"), N_("vanishes"), N_("moves"), N_("reworded"),
		N_("gains"), N_("loses"), N_("same")};

	return names[change];
}
