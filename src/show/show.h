/* frame = f(catalogue, display, instant): the one function that the daemon, preview and the tests share.
 *
 * A show is one display's view of one catalogue generation plus overrides. Planning and preparing are slow and run on
 * a worker; composing runs on the frame path and neither allocates, lays out, locks nor reads a clock.
 */
#ifndef SHOW_SHOW_H
#define SHOW_SHOW_H

#include "base/clock.h"
#include "render/render.h"
#include "sched/timeline.h"
#include "store/override.h"

/* Prepared scenes by face and content: displays with equal faces share them, and a reload finds again what did not
 * change. Thread-safe (a mutex around the table only, never held while preparing). Scenes that nobody holds are kept up
 * to a fixed size; scene_store_trim drops them. */
struct scene_store;
struct scene_store *scene_store_create(struct fonts *fonts);
void scene_store_destroy(struct scene_store *store);
void scene_store_trim(struct scene_store *store);

struct show;

/* What shows, the strongest first: a blank, an announcement (also outside on_hours: somebody wants it seen), black
 * outside on_hours, the schedule, the display's default. While the clock is not trusted: the default alone, its time
 * counted from the program's start; over it what was announced, as long as it has still to go; and what is blanked stays
 * dark, whatever its hours. */
enum show_source { SHOW_SCHEDULE, SHOW_ANNOUNCE, SHOW_BLANK, SHOW_DEFAULT, SHOW_OFF /* outside on_hours */ };

struct show_state { /* what shows at an instant, for status, why and trace */
	enum show_source source;
	const struct segment
		*segment; /* SHOW_SCHEDULE, and the gap of a SHOW_DEFAULT; from show_compose: valid
					* until the frame path's next call; from show_state_at: as show_timeline's */
	const struct override *override; /* SHOW_ANNOUNCE, SHOW_BLANK */
	bool late;			 /* the scene due was not ready: the one before stays */
};

/* Which picture shows. Equal values are equal pixels on displays of one size, whichever show they are of: they hold no
 * pointers, and outlive it. */
struct show_picture {
	uint64_t scene; /* scene_serial; 0: black */
	struct moment at;
	/* of a transition under way */
	enum transition transition;
	int64_t into, time; /* ns; time 0: none */
	uint64_t old;	    /* what gives way; 0: black */
	struct moment old_at;
};
bool show_picture_equal(const struct show_picture *a, const struct show_picture *b);
/* The same picture, perhaps at two instants of its motion. */
bool show_picture_goes_on(const struct show_picture *a, const struct show_picture *b);

/* catalogue may be NULL (nothing loaded: the default shows). Takes a reference. overrides are copied. Renders the
 * default and the announcements (slow; any thread). The lengths of the items are measured when first needed. */
struct show *show_create(const struct site *site, const struct display *display, struct catalogue *catalogue,
	const struct override *overrides, size_t override_count, struct fonts *fonts,
	struct scene_store *store);
/* The same show under other overrides: what was measured is shared. Any thread, while old lives. Somebody waits for it: of
 * an announcement that counts down its first show_prepare makes ready some seconds only, as show_ready_until says. */
struct show *show_derive(const struct show *old, const struct override *overrides, size_t override_count);
/* The clock was set: what has begun of the overrides is moved (overrides_move). Frame path's thread; between two frames. */
void show_move(struct show *show, struct instant from, struct instant to);
/* The data that fields show; a reference is taken. Before the first show_prepare. A derived show has its parent's. */
void show_set_data(struct show *show, struct data *data);
void show_destroy(struct show *show); /* NULL is fine; not while anybody works on it */

/* Trial render of everything that can show on this display: faults to diags at the messages' places; and whether its
 * shares and quotas can be given in the year from now on. Slow. */
void show_check(struct show *show, int64_t now, struct diag_list *diags);

/* Slow; a worker. Makes ready all that shows within [from, until): timelines and scenes. After it, show_compose for
 * these instants is never late. Idempotent. Not concurrently with itself on one show; concurrently with show_compose. */
void show_prepare(struct show *show, int64_t from, int64_t until);
/* The same as far as `most` new pictures of each text with fields reach, if that is less: show_ready_until says how far. */
void show_prepare_some(struct show *show, int64_t from, int64_t until, size_t most);
/* The instant up to which show_prepare has made all ready; TIME_ALWAYS before it did, and once show_compose was asked
 * for an instant that is not ready. */
int64_t show_ready_until(const struct show *show);

/* Frame path. Which picture shows at the instant. False: it is not ready, *ret_picture is untouched. */
bool show_look(struct show *show, struct instant now, struct show_picture *ret_picture,
	struct show_state *ret_state);
/* Frame path. Paints what the last show_look found, and it was ready. before: what frame shows, whoever painted it; NULL:
 * unknown. damage gets what changed. */
void show_paint(
	struct show *show, const struct show_picture *before, struct frame *frame, struct region *damage);
/* Both in one. Frame path. Paints what shows at the instant into frame. previous is the instant that frame's content is of
 * (TIME_ALWAYS: unknown, paint all); damage gets what changed. */
void show_compose(struct show *show, struct instant previous, struct instant now, struct frame *frame,
	struct region *damage, struct show_state *ret_state);
/* Least time > now.time at which the picture may change. */
int64_t show_next_change(struct show *show, struct instant now);
/* Without painting: may build a timeline (slow path: tools). */
void show_state_at(struct show *show, struct instant now, struct show_state *ret_state);
/* Slow path: tools. Owned by the show; valid until the fourth other day is asked for. */
const struct timeline *show_timeline(struct show *show, day_t day);
const struct sched_view *show_view(const struct show *show);

#endif
