/* The timeline: what one display shows over one programme day, as a pure function of (catalogue, display, day).
 *
 * Reads no clock, lays out no text. Segments are gapless over [start, end) of the day; a segment without an entry is
 * a gap (the display's default shows). The rules, each with a test, are in bangtin-playlist(5), section SCHEDULE.
 */
#ifndef SCHED_TIMELINE_H
#define SCHED_TIMELINE_H

#include "playlist/catalogue.h"

enum reason {
	REASON_NOTHING,	 /* no window is open: the display's default */
	REASON_ONLY,	 /* the only entry open */
	REASON_PRIORITY, /* others were open, with lower priority */
	REASON_TURN,	 /* its turn among entries of the same priority */
	REASON_QUOTA,	 /* it was owed a showing, whatever the priorities */
};

struct segment {
	int64_t start, end;	   /* ns, half-open */
	const struct entry *entry; /* NULL: gap */
	const struct item *item;   /* NULL: gap */
	int64_t item_start; /* the instant at which the item's elapsed time was 0: elapsed = t - item_start. An item that
			     * was cut and resumes keeps its place, so item_start may lie before start */
	int64_t item_length; /* ns, the item's whole length on this display */
	enum reason reason;
};

struct timeline {
	day_t day;
	int64_t start, end; /* of the programme day, or of the part that was asked for */
	struct segment *segments;
	size_t count; /* >= 1 */
};

/* What sched must know of a display, and how long each of the catalogue's items lasts there (from render). */
struct sched_view {
	const struct site *site;
	const struct catalogue *catalogue;
	const struct display *display;
	const int64_t *lengths; /* ns an item index; > 0 for every item that can show on this display */
};

day_t sched_programme_day(const struct site *site, int64_t time); /* the day whose programme contains time */
void sched_day_bounds(const struct site *site, day_t day, int64_t *ret_start, int64_t *ret_end);

struct timeline *timeline_build(const struct sched_view *view, day_t day);
/* The part of it that [from, until) touches: whole segments, and start and end are theirs. As fast as the walk up to
 * until, and no larger than what is asked for. */
struct timeline *timeline_build_between(
	const struct sched_view *view, day_t day, int64_t from, int64_t until);
void timeline_destroy(struct timeline *timeline);
/* The segment that contains time, which must lie in [start, end). O(log n), allocates nothing. */
const struct segment *timeline_at(const struct timeline *timeline, int64_t time);

/* Why: every entry that names this display, and what became of it at an instant. */
enum verdict {
	VERDICT_WINS,
	VERDICT_OTHERS_TURN, /* same priority, another's turn */
	VERDICT_LOWER_PRIORITY,
	VERDICT_QUOTA,	/* another was owed a showing */
	VERDICT_CAPPED, /* it has had its at-most, or may not follow the one before */
	VERDICT_HOURS,	/* not in these hours */
	VERDICT_WEEKDAY,
	VERDICT_NOT_YET, /* before from */
	VERDICT_OVER,	 /* after until */
	VERDICT_EXCEPTED,
	VERDICT_DATES,	 /* not one of its dates */
	VERDICT_REPEAT,	 /* its rule of recurrence leaves the day out */
	VERDICT_EXPIRED, /* every message of it is past its own until */
};
struct candidate {
	const struct entry *entry;
	enum verdict verdict;
};
/* Candidates in catalogue order into a malloc'ed array; returns their count. */
size_t sched_why(const struct sched_view *view, int64_t time, struct candidate **ret_candidates);
const char *reason_name(enum reason reason); /* stable word for JSON: "only", … */
const char *verdict_name(enum verdict verdict);

#endif
