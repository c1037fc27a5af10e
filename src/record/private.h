/* What the record's files share. The writer's thread, but for what read.c has of its own. */
#ifndef RECORD_PRIVATE_H
#define RECORD_PRIVATE_H

#include "record/record.h"

struct sqlite3;
struct sqlite3_stmt;

#define RECORD_APPLICATION 0x62746e67 /* "btng" */
#define RECORD_VERSION	   1

struct chain { /* a place in it */
	int64_t number;
	char digest[RECORD_DIGEST];
};

/* -EBADMSG: damaged or no database; -ENOSPC, -EROFS, -EBUSY, -ENOENT, -EIO: as they say. */
int sqlite_errno(int code);

/* --- schema.c: one way from a row's columns to a row and back, for writer and readers */

extern const char schema_text[];
/* The columns of `rows` (and of `open` but for their hash) with their texts, in the order that schema_row expects. */
extern const char schema_rows[];
extern const char schema_open[];
enum { SCHEMA_DIGEST = 21 };
/* Whether each value is of the kind that is written there; to be asked before schema_row, which converts. One that is not
 * may read as what was written, so that the hash agrees, while a query that selects rows by it passes over the row. */
bool schema_is_plain(struct sqlite3_stmt *statement);
/* Texts are the statement's, until its next step. Values that cannot be are left as they are: the hash finds them. */
void schema_row(struct sqlite3_stmt *statement, struct record_row *ret_row);

/* --- database.c: the writer's side. */

struct database;
/* Makes it if absent. */
int database_open(const char *path, int64_t most, struct database **ret_database);
void database_close(struct database *database); /* NULL is fine */
/* base and head as the database says them; the end's row may say otherwise: last. */
const struct chain *database_base(const struct database *database);
const struct chain *database_head(const struct database *database);
int database_last(struct database *database, struct chain *ret_last); /* number 0: no row */
/* A database that goes on where another one ended; before the first row. */
int database_continue(struct database *database, const struct chain *base);
void database_set_head(struct database *database, const struct chain *head);

int database_begin(struct database *database);
int database_commit(struct database *database);
void database_rollback(struct database *database); /* head and base are again what they were */

/* Gives the row its number and appends it. */
int database_append(struct database *database, struct record_row *row);
/* What a display shows, until it is closed: row->end is the last confirmation. */
int database_put_open(struct database *database, const struct record_row *row);
int database_drop_open(struct database *database, const char *display);
int database_clear_open(struct database *database);
/* Every open row, as rows that ended by a crash; to the end, or the first error of visit. */
int database_visit_open(
	struct database *database, int (*visit)(void *data, struct record_row *row), void *data);
int database_note_run(struct database *database, int64_t run, const char *boot);

/* Cuts the oldest rows: those that ended before `before`, at most CUT_MOST; or, where the database is nearly as large as it
 * may be, a tenth. A row `cut` says what. */
#define CUT_MOST 5000
int database_cut(struct database *database, int64_t before, const struct record_row *stamp);

/* --- journal.c: events become rows */

struct journal;
struct journal *journal_create(const struct record_options *options, const char *boot);
void journal_destroy(struct journal *journal);
/* Within a transaction; the journal's own state is kept aside before and put back after one that failed. */
void journal_keep(struct journal *journal);
void journal_restore(struct journal *journal);
/* The next event to come: what the record itself says before it has its time. */
void journal_expect(struct journal *journal, const struct record_event *event);
/* The first thing in a database that was just opened: whether its end is what was noted; and, by the first of a run, what
 * was open when the last run died is closed. */
int journal_begin(struct journal *journal, struct database *database);
/* A new database in place of a damaged one. */
int journal_link(struct journal *journal, struct database *database, const char *note);
int journal_apply(struct journal *journal, struct database *database, const struct record_event *event);
int journal_gap(
	struct journal *journal, struct database *database, int64_t lost, int64_t from, int64_t until);
/* A display was seen to show `number` until then. */
void journal_seen(struct journal *journal, int display, uint64_t number, int64_t wall, int64_t monotonic);
/* What is open is written as far as it was seen; what has been open for long goes on in a new row. */
int journal_keep_open(struct journal *journal, struct database *database);
int journal_cut(struct journal *journal, struct database *database);

#endif
