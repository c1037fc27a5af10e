/* Proof of play: what each display was confirmed to show, where and when, in a chain that cannot be edited unseen.
 *
 * The frame path notes events; a thread of the record's own writes them into an SQLite database (record/record.db in the
 * state directory; WAL, synchronous=FULL). Noting copies into a bounded queue and a few atomic words: it neither
 * allocates, locks nor touches the disk. A disk that is full, read-only or slow never delays a picture: what does not
 * fit into the queue is counted, and a row `gap` says so as soon as something can be written again. A damaged database
 * is put aside and a new one begun, whose first row says after which row of the old one it goes on.
 *
 * A power cut costs at most RECORD_FLUSH of what was seen: an open row for what a display shows is kept up to date that
 * often. The rows' form and the chain are in record/row.h, reading them in record/read.h.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/row.h"

#define RECORD_FLUSH (10 * INT64_C(1000000000)) /* ns between two writes */
#define RECORD_PORTION                                                                                       \
	(600 * INT64_C(1000000000)) /* ns that a row is open at most: what a chain does not cover yet */
#define RECORD_OPEN_MOST                                                                                     \
	(3600 * INT64_C(1000000000)) /* ns that an open row may claim: the longest that any release wrote */

struct record;

struct record_options {
	const char *directory; /* made if absent */
	const char *const *displays;
	size_t display_count;
	int64_t keep;	   /* ns; rows that ended longer ago are cut */
	int64_t most;	   /* bytes of the database */
	int64_t flush;	   /* ns; 0: RECORD_FLUSH */
	size_t queue_most; /* events; 0: as many as is right for a site; a power of two */
};

/* Starts the thread; nothing is opened yet. options and the names outlive the record. -errno: no thread. */
int record_create(const struct record_options *options, struct record **ret_record);
/* Writes what was noted, waits for the thread some seconds at most, and frees; NULL is fine. False: the disk did not take it
 * in time, and the thread was left to the process's end. */
bool record_destroy(struct record *record);

/* --- noting: one thread (the loop's) */

enum record_event_kind {
	RECORD_SHOWS, /* a display shows something else from `begin` on; the showing before it ended at `end` */
	RECORD_ENDS,  /* the showing ended, and nothing is known to follow */
	RECORD_NOTES, /* a row of its own */
};
struct record_event {
	enum record_event_kind event;
	int display;	       /* index; -1: none (of NOTES) */
	uint64_t number;       /* of the showing: 1.. a display, SHOWS counts on */
	enum record_how how;   /* SHOWS: of the showing before; ENDS */
	int least_brightness;  /* permille; of the showing that ended */
	int64_t end;	       /* of the showing that ended; wall clock, ns */
	enum record_kind kind; /* NOTES; SHOWS: RECORD_SHOWN */
	int64_t begin, until;  /* SHOWS: begin; NOTES: both */
	int64_t monotonic;     /* at begin */
	bool trusted, confirmed, begins;
	int generation;
	int brightness; /* permille */
	uint64_t frame; /* digest; 0: not taken */
	enum record_source source;
	char item[RECORD_ITEM], entry[RECORD_ENTRY], content[RECORD_DIGEST], override[RECORD_OVERRIDE];
	char note[RECORD_NOTE];
};

/* False: the queue is full, and the event is counted as lost. at: wall clock. */
bool record_note(struct record *record, const struct record_event *event, int64_t at);
/* The display was confirmed to show that showing until then. */
void record_seen(struct record *record, int display, uint64_t number, int64_t wall, int64_t monotonic);

struct record_status {
	bool open;    /* there is a database, and the last write went well */
	int64_t lost; /* events that did not fit */
	int64_t failures;
	int64_t head;		    /* the newest row's number; 0: none */
	char digest[RECORD_DIGEST]; /* its hash */
	char why[128];		    /* what went wrong last; "" */
};
/* Any thread. Takes a lock that the writer holds for moments, never around the disk. */
void record_status(struct record *record, struct record_status *ret_status);
/* Waits until what was noted before is written; false: not within timeout (ns). Not the loop's thread. */
bool record_flush(struct record *record, int64_t timeout);
/* The database's path in that directory; the caller frees. */
char *record_path(const char *directory);

#endif
