/* Acceptance: what becomes of files that claim to be signed. The daemon and `bangtin load -c` do the same.
 *
 *   sizes → signatures → scope → expiry → (epoch, sequence) → hashes (src/trust)
 *         → parse and trial render → one commit → [the daemon swaps]
 *
 * The record of what was accepted is a file of the generation, so that words and sequence become current by one rename;
 * the state's note `accepted` is raised after it, and once more before anything else changes the state: killed between
 * any two steps, a site has the old words with the old sequence or the new with the new, and nothing older than what
 * was accepted comes back. A newer root file beside the bundle, or alone, is taken in first.
 * Slow; any thread.
 */
#ifndef ENGINE_ACCEPT_H
#define ENGINE_ACCEPT_H

#include "base/clock.h"
#include "show/show.h"
#include "store/store.h"
#include "trust/bundle.h"

struct acceptance {
	/* given, borrowed */
	const struct site *site;
	struct store *store;
	struct fonts *fonts;
	const struct source_file *added; /* flat: of each the name and the bytes count */
	size_t added_count;
	struct instant now;

	/* made */
	int64_t root_version; /* of the root file that came in; 0: none did */
	bool root_only;	      /* nothing else was there */
	bool blank; /* it orders black everywhere: the caller lays the override, then accept_remember */
	struct catalogue *catalogue;
	struct source_file *merged; /* with `merged_count`: the new generation */
	size_t merged_count;
	struct accepted record;
	struct trust_fault fault;
	void *private;
};

/* Everything up to the commit. -EKEYREJECTED with the fault; -EINVAL with diags: rule content; else the state cannot be
 * read. A new root is durable when this returns. accept_finish in any case. */
int accept_try(struct acceptance *acceptance, struct diag_list *diags);
int accept_commit(
	struct acceptance *acceptance, unsigned uid, const char *user, struct generation *ret_generation);
void accept_finish(struct acceptance *acceptance);

/* Raises the note `accepted`. */
int accept_remember(struct store *store, const struct accepted *record);
/* The same by what the current generation says of itself: before it stops being the current one. */
int accept_settle(struct store *store);

/* Drops and frees what this site does not take: where words must be signed, the files of units that no record in the
 * generation covers. Returns how many are left. */
size_t accept_filter(const struct site *site, struct source_file *files, size_t count);
/* After an unsigned load of files: the record (of the merged generation, borrowed names and bytes) without those units.
 * *ret_text is the file's new bytes, to be freed after the commit; NULL: nothing to do. */
void accept_unsign(struct source_file *merged, size_t merged_count, const struct source_file *added,
	size_t added_count, char **ret_text);
/* Whether the files of a generation may play again: it was accepted before, and nobody's key in it was revoked since. */
int accept_may_return(const struct site *site, struct store *store, const struct source_file *files,
	size_t count, struct trust_fault *fault);
/* Units of a generation that are no unit's directory begin with it; nobody may load such. */
#define ACCEPT_RESERVED '_'

/* No true clock shows less: the build's date, or the last time believed. */
int64_t accept_clock_floor(struct store *store);
int64_t accept_build_date(void);

#endif
