/* Trial: what a set of playlist files would give on this site, before anything is changed. The same function serves
 * the daemon's load, `bangtin check -c` and `bangtin load -c`. Slow; any thread.
 */
#ifndef ENGINE_TRIAL_H
#define ENGINE_TRIAL_H

#include "show/show.h"

/* Parses, resolves and renders everything once on every display that it can reach. NULL on any error (in diags).
 * fonts NULL: no rendering, and no look at the year from now on. */
struct catalogue *trial_build(const struct site *site, const struct source_file *files, size_t count,
	struct fonts *fonts, int64_t now, struct diag_list *diags);

/* Whether one of the files belongs to a unit of this site: others would be kept and never looked at. Else an error in
 * diags. */
bool trial_concerns(const struct site *site, const struct source_file *added, size_t added_count,
	struct diag_list *diags);

/* What the files of a generation become when `added` is loaded over them. Whole units of `added` replace those units;
 * with `single`, one file replaces or joins its unit. The result borrows names and bytes from both; free the array
 * only. */
size_t trial_merge(const struct source_file *current, size_t current_count, const struct source_file *added,
	size_t added_count, bool single, struct source_file **ret_files);

#endif
