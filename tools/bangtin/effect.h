/* The effect of a change on one display: what each message does before and after, and how that differs. */
#ifndef TOOLS_BANGTIN_EFFECT_H
#define TOOLS_BANGTIN_EFFECT_H

#include "cli.h"

#define EFFECT_DAYS_MOST 366
#define SLOT_MINUTES	 5
#define SLOTS		 (24 * 60 / SLOT_MINUTES)

/* How one message shows over the span, while the display is on. */
struct spread {
	const struct message *message; /* NULL: nothing is scheduled, the default shows */
	int64_t total;		       /* ns */
	int64_t showings;
	bool days[EFFECT_DAYS_MOST]; /* on which it shows, from the first programme day on */
	bool slots[7][SLOTS]; /* of weekday and time of day in which it shows, on one of the days at least */
	int64_t best;	      /* an instant at which most of it is seen */
};

enum change {
	CHANGE_APPEARS,
	CHANGE_VANISHES,
	CHANGE_MOVES,
	CHANGE_REWORDED,
	CHANGE_GAINS,
	CHANGE_LOSES,
	CHANGE_NONE
};
const char *change_name(enum change change);

struct effect_row {
	const struct spread *before, *after; /* NULL: does not show */
	enum change change;
	bool reworded; /* its text, code or picture is another; besides what change says */
	int64_t gain;  /* ns */
};

struct effect {
	const struct display *display; /* of the site after */
	day_t first;
	int days;
	struct spread *before, *after; /* by message; the last is of nothing */
	size_t before_count, after_count;
	struct effect_row *rows; /* those that change, as they are to be told */
	size_t count, unchanged;
	int64_t nothing_before, nothing_after; /* ns */
};

/* Both after context_show of the same display; they must outlive the effect. */
void effect_find(const struct context *before, const struct context *after, int64_t from, int64_t until,
	struct effect *ret_effect);
void effect_finish(struct effect *effect);

/* "mon..fri 07:00-11:30, 13:00-17:00; sat 08:00-11:00", to five minutes; pauses of up to an hour belong to it. The
 * caller frees. */
char *spread_hours(const struct spread *spread);
/* "2026-12-01..2026-12-04 (4 days)", the first and the last. The caller frees. */
char *spread_days(const struct effect *effect, const struct spread *spread);
/* The slots with pauses of up to an hour filled. */
void spread_fill(const struct spread *spread, bool ret_slots[7][SLOTS]);
static inline const struct message *row_message(const struct effect_row *row)
{
	return row->after ? row->after->message : row->before->message;
}

/* The sheet of these effects as one file that needs no other. An exit code; reported. */
struct page_side {
	struct context *context;
	const char *name; /* as the user gave it */
};
int effect_write_html(struct page_side before, struct page_side after, int64_t from, int64_t until,
	const struct display *const *displays, size_t count, const char *path);

#endif
