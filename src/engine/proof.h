/* What the engine tells the record (record/record.h): per display, which showing the frames that were handed over and
 * shown belong to; and what happens to all of them. Loop thread. On the frame path nothing here allocates or waits.
 *
 * A showing begins at the instant of its first frame that was shown; it ends where the next one begins, or, where the
 * display was lost, at its last frame that was. Where the clock is not trusted, times are the system clock's and marked. */
#ifndef ENGINE_PROOF_H
#define ENGINE_PROOF_H

#include "base/clock.h"
#include "output/output.h"
#include "record/record.h"
#include "show/show.h"

struct proof; /* of one display */

/* record, clock and generation (the number that plays) outlive it. display: its index in the record. It observes output
 * from here on. */
struct proof *proof_create(struct record *record, int display, const struct clock *clock,
	const int *generation, const struct display *of, struct output *output);
/* The showing ends: the daemon does, or the output is about to go. NULL is fine. */
void proof_destroy(struct proof *proof);
/* The canvas shows this from here on. pattern: lent to it; NULL: the schedule. permille: brightness. same: nothing of the
 * picture changed, and nothing will be pushed: what is shown already is this as well. */
void proof_composed(struct proof *proof, const struct show_state *state, const char *pattern,
	struct instant at, int permille, bool same);
/* The same of a canvas that an order makes black. */
void proof_blanked(struct proof *proof, const char *order, struct instant at, bool same);
/* The wall clock was set. */
void proof_stepped(struct proof *proof);

/* Rows of their own. */
struct generation;
void proof_started(struct record *record, const struct clock *clock);
void proof_stopped(struct record *record, const struct clock *clock);
void proof_clock_set(struct record *record, const struct clock *clock);
void proof_loaded(struct record *record, const struct clock *clock, const struct generation *generation);
/* What the new list has that the old has not, and the other way round. */
void proof_orders(struct record *record, const struct clock *clock, const struct override *old,
	size_t old_count, const struct override *new, size_t new_count);

#endif
