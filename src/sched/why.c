/* Why an entry shows at an instant, or does not. */
#include "sched/window.h"

#include "base/alloc.h"
#include "base/words.h"

/* Days on which a window that contains the instant may have begun, the likeliest first. */
static const int begun[] = {0, -1};

static bool is_open(const struct site *site, const struct entry *entry, day_t day, int64_t time)
{
	if (time >= entry_expiry(entry))
		return false;
	for (size_t i = 0; i < sizeof begun / sizeof *begun; i++)
		if (entry_judge_day(entry, day + begun[i]) == VERDICT_WINS &&
			entry_hours_contain(site, entry, day + begun[i], time))
			return true;
	return false;
}

/* The rule that keeps an entry from being open. If its hours contain the instant, the day is to blame. */
static enum verdict why_closed(const struct site *site, const struct entry *entry, day_t day, int64_t time)
{
	enum verdict verdict;

	if (time >= entry_expiry(entry))
		return VERDICT_EXPIRED;
	for (size_t i = 0; i < sizeof begun / sizeof *begun; i++)
		if (entry_hours_contain(site, entry, day + begun[i], time))
			return entry_judge_day(entry, day + begun[i]);
	verdict = entry_judge_day(entry, day);
	return verdict == VERDICT_WINS ? VERDICT_HOURS : verdict;
}

static enum verdict judge(const struct sched_view *view, const struct entry *entry,
	const struct entry *winner, enum reason reason, day_t day, int64_t time)
{
	if (entry == winner)
		return VERDICT_WINS;
	if (!is_open(view->site, entry, day, time))
		return why_closed(view->site, entry, day, time);
	if (winner && entry->priority == winner->priority)
		return VERDICT_OTHERS_TURN;
	if (reason == REASON_QUOTA)
		return VERDICT_QUOTA;
	return winner && entry->priority < winner->priority ? VERDICT_LOWER_PRIORITY : VERDICT_CAPPED;
}

size_t sched_why(const struct sched_view *view, int64_t time, struct candidate **ret_candidates)
{
	struct timeline *timeline = timeline_build(view, sched_programme_day(view->site, time));
	const struct segment *segment = timeline_at(timeline, time);
	const struct entry *winner = segment->entry;
	enum reason reason = segment->reason;
	day_t day = zone_day(view->site->zone, time);
	struct candidate *candidates = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; view->catalogue && i < view->catalogue->entry_count; i++) {
		const struct entry *entry = view->catalogue->entries[i];

		if (!entry_names_display(entry, view->display))
			continue;
		array_reserve_one(candidates, count, capacity);
		candidates[count++] =
			(struct candidate){entry, judge(view, entry, winner, reason, day, time)};
	}
	timeline_destroy(timeline);
	*ret_candidates = candidates;
	return count;
}

static const char *const reasons[] = {
	[REASON_NOTHING] = N_("nothing"),
	[REASON_ONLY] = N_("only"),
	[REASON_PRIORITY] = N_("priority"),
	[REASON_TURN] = N_("turn"),
	[REASON_QUOTA] = N_("quota"),
};

const char *reason_name(enum reason reason)
{
	return reasons[reason];
}

static const char *const verdicts[] = {
	[VERDICT_WINS] = "wins",
	[VERDICT_OTHERS_TURN] = "others-turn",
	[VERDICT_LOWER_PRIORITY] = "lower-priority",
	[VERDICT_QUOTA] = "quota",
	[VERDICT_CAPPED] = "capped",
	[VERDICT_HOURS] = "hours",
	[VERDICT_WEEKDAY] = "weekday",
	[VERDICT_NOT_YET] = "not-yet",
	[VERDICT_OVER] = "over",
	[VERDICT_EXCEPTED] = "excepted",
	[VERDICT_DATES] = "dates",
	[VERDICT_REPEAT] = "repeat",
	[VERDICT_EXPIRED] = "expired",
};

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict];
}
