/* Reading a record, and proving it. Any process that may read the file, while the daemon writes or not: nothing is
 * changed. One thread a reader.
 */
#ifndef RECORD_READ_H
#define RECORD_READ_H

#include "record/row.h"

struct record_reader;

/* -ENOENT: there is none; -EACCES; -EBADMSG: that is no record, or damaged. */
int record_reader_open(const char *path, struct record_reader **ret_reader);
void record_reader_close(struct record_reader *reader); /* NULL is fine */

struct record_query { /* zeroes and NULL: all */
	const char *display, *item, *entry;
	bool events;	     /* only what is no showing, and showings that ended by a crash */
	int64_t from, until; /* rows that touch [from, until), wall clock; until 0: to the end */
	int64_t after;	     /* rows beyond this number */
	bool open; /* then what the displays show now: rows without a number (0), not yet in the chain */
};
/* In the order of their numbers, until visit says false. */
int record_read(struct record_reader *reader, const struct record_query *query,
	bool (*visit)(void *data, const struct record_row *row), void *data);

struct record_place {
	int64_t number;
	char digest[RECORD_DIGEST];
};
int record_head(struct record_reader *reader, struct record_place *ret_head); /* number 0: no row */

/* A whole copy as it is at this moment, in one file, while the daemon writes on. to must not exist. ret_head: its end. */
int record_copy(const char *from, const char *to, struct record_place *ret_head);

struct record_verdict {
	int64_t rows, first, last;  /* their count and numbers; 0: none */
	char digest[RECORD_DIGEST]; /* the last row's */
	int64_t bad;		    /* the first row that is not as it was written; 0: none */
	const char *why;	    /* what is wrong; NULL: all is well. Static */
	int64_t missing;	    /* rows `link` that tell of missing rows or damage before them */
	int64_t open;		    /* rows in progress: not in the chain yet, so nothing proves them */
	int64_t open_from;	    /* their earliest begin; 0: none */
};
/* The whole chain. known: places that were noted elsewhere (a certificate, an export), as many as count: each must be in
 * it, unless it was cut by age. 0 whatever the verdict is, or -errno. */
int record_verify(struct record_reader *reader, const struct record_place *known, size_t count,
	struct record_verdict *ret_verdict);

#endif
