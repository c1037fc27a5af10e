/* The state directory: generations of playlists, overrides, the last trusted time. Durable: what was acknowledged
 * survives power failing between any two system calls; what was not is not half there.
 *
 *   state/
 *     generations/000042/             one load: files/<unit>/<file>.yaml, meta.json (number, who, when, digest, note)
 *     current -> generations/000042   a symbolic link, replaced by rename
 *     overrides.json                  replaced by rename
 *     announcements, announcements.1  what was laid over the schedule, a line of JSON each; the second is the older part
 *     data.json                       the snapshot of data that fields show; replaced by rename
 *     time                            the latest wall-clock instant believed, for clock trust
 *     root                            the newest root file accepted (src/trust), replaced by rename
 *     accepted                        the highest (epoch, sequence) of everything accepted, replaced by rename
 *     format                          how this directory is laid out; older ones are brought up to date (format.c)
 *     lock                            flock: one writer
 *
 * A generation is there whole or not at all; one that was complete when a crash came before `current` was replaced
 * stays in the history, not current. One thread at a time, which may be a worker; -errno.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "playlist/catalogue.h"
#include "store/override.h"

struct store;

struct generation {
	int number;
	unsigned uid;
	char user[64];
	int64_t time;
	char digest[65]; /* SHA-256 over a line "unit/file size SHA-256" for each file, in order */
	size_t file_count;
	bool current;
};

/* Makes the directory if absent; removes what an interrupted load left; brings an older layout up to date. -EBUSY:
 * another process holds the lock. Both: -EPROTONOSUPPORT: a newer bangtin laid it out; -EBADMSG: its `format` is damaged. */
int store_open(const char *directory, struct store **ret_store);
int store_open_read_only(const char *directory, struct store **ret_store); /* no lock, changes nothing */
/* What such an error means, a sentence for people. */
const char *store_error(int error);
void store_close(struct store *store);
const char *store_directory(const struct store *store); /* its path */

/* Writes a new generation and makes it current: stage, fsync files and directories, rename, fsync. On any error the
 * former stays current. Old ones beyond keep are removed after the new one is durable. files are kept in their order; a
 * name's last component names the file. -EINVAL: no files, or a unit or name that is no plain file name; -EEXIST: the
 * same file twice. */
int store_commit(struct store *store, const struct source_file *files, size_t count, unsigned uid,
	const char *user, int64_t time, int keep, struct generation *ret_generation);
/* The number of the generation before the current one; -ENOENT: there is none. */
int store_previous(const struct store *store);
/* number 0: the one before the current. -ENOENT; -EBADMSG: it is damaged (store_read says so too). Nothing changed then. */
int store_rollback(struct store *store, int number, struct generation *ret_generation);
int store_history(
	struct store *store, struct generation **ret_generations, size_t *ret_count); /* newest first */
/* The files of a generation (0: the current). -ENOENT: nothing was ever loaded. Free with sources_free. */
/* ret_generation may be NULL. */
int store_read(struct store *store, int number, struct source_file **ret_files, size_t *ret_count,
	struct generation *ret_generation);

/* What was read is the caller's (overrides_free; generations: free). Never written: none, and 0. -EBADMSG: damaged.
 * With each is written how long it has still to go at `now`; what was read says so (overrides_resume). */
int store_write_overrides(
	struct store *store, const struct override *overrides, size_t count, struct instant now);
int store_read_overrides(struct store *store, struct override **ret_overrides, size_t *ret_count);
/* The log of what was laid over the schedule. Adds whole lines, each of which ends in a newline, durably; past
 * STORE_LOG_MOST bytes the older part is dropped. Reads both parts, the oldest first; *ret_text is the caller's, ""
 * if there is none. A line that power failing cut off is left out. */
#define STORE_LOG_MOST (256 << 10)
int store_log(struct store *store, const char *lines, size_t size);
int store_read_log(struct store *store, char **ret_text);

int store_write_time(struct store *store, int64_t time);
enum store_note { STORE_ROOT, STORE_ACCEPTED };
/* Small files whose meaning is src/trust's. -ENOENT: never written. The caller frees. */
int store_write_note(struct store *store, enum store_note note, const void *data, size_t size);
int store_read_note(struct store *store, enum store_note note, char **ret_data, size_t *ret_size);
int64_t store_read_time(struct store *store); /* 0: none */

#endif
