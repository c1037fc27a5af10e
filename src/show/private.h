/* Private to show: what a show is made of. */
#ifndef SHOW_PRIVATE_H
#define SHOW_PRIVATE_H

#include "show/plan.h"

#define TOOL_DAYS 4

/* What is due at an instant: a picture of `origin`, so many ns on. */
struct due {
	enum show_source source;
	const struct segment *segment;
	const struct override *override;
	const struct stored *text;	  /* DEFAULT, ANNOUNCE; NULL: black */
	const struct announced *counting; /* ANNOUNCE: it says how long it still has to go; else NULL */
	int64_t origin;
	bool known; /* false: the day is not planned */
};

/* What was found to show at an instant. */
struct found {
	struct instant at;
	bool ready;
	struct due due;
	struct show_picture picture; /* if ready, as all below */
	const struct scene *scene;   /* NULL: black */
	const struct scene *old;     /* of a transition */
};

/* An announcement laid out. What says how long it still has to go is dated by the time since it began: that goes on
 * whatever becomes of the clock. */
struct announced {
	const struct stored *stored; /* NULL for a blank */
	bool counts;
	size_t index;	       /* among the show's */
	int64_t start, length; /* start: atomic; the clock may be set while a worker dates it */
};

struct measures; /* how long each item lasts on this display: slow to measure, the same under all overrides */

struct show {
	struct catalogue *catalogue;	 /* NULL: nothing is loaded */
	struct data *data;		 /* NULL: none */
	struct override *overrides;	 /* those on this display */
	struct announced *announcements; /* as many */
	size_t override_count;
	struct fonts *fonts;
	struct scene_store *store;
	struct face face;
	struct measures *measures;
	struct sched_view view;
	const struct stored *fallback; /* NULL: black */
	/* Where the frame path paints the picture that gives way; NULL until something planned has a transition. */
	struct frame *scratch;

	/* The preparing thread publishes plans; the frame path marks the one it reads. A plan is freed by the next
	 * preparation that finds it neither published nor in use: the frame path frees nothing and waits for nobody. */
	struct plan *published, *in_use;
	int64_t ready_until;
	bool derived;	    /* its first plan is wanted soon */
	struct found found; /* the frame path's last look; its scenes are the held plan's */

	struct day *tool_days[TOOL_DAYS]; /* the last ones that tools asked for */
	size_t next_tool_day;
};

/* Allocates nothing, reads no clock. day is the one that contains the instant; NULL: not planned. */
void show_due(const struct show *show, const struct day *day, struct instant at, struct due *ret_due);

/* The same without overrides: what the schedule shows. */
void show_due_planned(const struct show *show, const struct day *day, int64_t time, struct due *ret_due);
/* How long a segment's transition takes on this face, 0: a cut. It ends with the segment at the latest. */
int64_t segment_transition(const struct face *face, const struct segment *segment);

/* Lays out an announcement, or takes a blank. Its scene is given back with scene_store_release. */
void announced_take(struct show *show, const struct override *override, struct announced *ret);
/* The clock was set, and the override moved. Frame path's thread. */
void announced_move(struct announced *announced, const struct override *override);
/* A worker. Dates for [from, until) what counts, or hurried for some seconds of it: the plan ends with what is dated. */
void announced_date(
	const struct show *show, bool hurried, int64_t from, int64_t until, size_t most, struct plan *plan);

/* What was measured. One reference more, or less. */
struct measures *measures_create(size_t item_count);
struct measures *measures_ref(struct measures *measures);
void measures_unref(struct measures *measures);
const int64_t *measures_lengths(const struct measures *measures);
/* Measures if nobody did yet; another thread that measures the same is waited for. */
void measures_need(struct measures *measures, const struct show *show);

/* Every item that can show here, once, into a malloc'ed array; returns their count. */
size_t show_items(const struct show *show, const struct item ***ret_items);

/* Reports shares and quotas that cannot be given, over the year from today on. Measures the lengths if there are any. */
void show_check_quotas(const struct show *show, day_t today, struct diag_list *diags);

/* Calls work(data, 0 .. count - 1), spread over the processors; returns when all are done. */
void parallel_for(size_t count, void (*work)(void *data, size_t index), void *data);

#endif
