/* A row of the record, its canonical text, and its place in the chain. Pure; any thread.
 *
 * The canonical text is the row's fields in the order of struct record_row, numbers in decimal, kinds as their words,
 * yes and no as 1 and 0, joined by tabs; tab, newline and backslash in a text are \t, \n and \\. A row's hash is
 * SHA-256 over the hash of the row before it (64 hexadecimal digits), a newline and the canonical text. The first row
 * follows the base: 64 zeros before row 1, else what a row `cut` or `link` of the same record says in item (the number of
 * the row that came before) and content (its hash).
 */
#ifndef RECORD_ROW_H
#define RECORD_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORD_ITEM = 136,
	RECORD_ENTRY = 200,
	RECORD_DIGEST = 65, /* SHA-256 in hexadecimal, with the NUL */
	RECORD_OVERRIDE = 24,
	RECORD_NOTE = 320,
	RECORD_BOOT = 40,
};

enum record_kind {
	RECORD_SHOWN,	    /* a display showed something from begin to end */
	RECORD_START,	    /* the daemon began */
	RECORD_STOP,	    /* it ended as told */
	RECORD_UNREACHABLE, /* nothing is known of a display from begin to end */
	RECORD_LOADED,	    /* a generation plays */
	RECORD_ORDER,	    /* an override was set: its words are in note */
	RECORD_LIFTED,	    /* an override was taken back or ended */
	RECORD_CLOCK,	    /* the wall clock was set */
	RECORD_GAP,	    /* events from begin to end were lost: note says how many */
	RECORD_CUT,	    /* old rows were removed */
	RECORD_LINK,	    /* goes on after a damaged database, or one whose end is missing */
};
enum record_how {	  /* a showing ended */
	RECORD_NEXT,	  /* something else was confirmed */
	RECORD_CONTINUES, /* it goes on in a later row */
	RECORD_LOST,	  /* the display became unreachable: end is the last confirmation */
	RECORD_STEP,	  /* the wall clock was set: the length is by the monotonic clock */
	RECORD_STOPPED,	  /* the daemon ended */
	RECORD_CRASHED,	  /* the daemon or the machine died: end is the last confirmation that was written */
	RECORD_MISSED,	  /* events were lost: end is the last confirmation */
};
enum record_source {
	RECORD_NONE, /* of rows that are no showing */
	RECORD_SCHEDULE,
	RECORD_ANNOUNCE,
	RECORD_BLANK,
	RECORD_DEFAULT, /* the display's default message, or black where it has none */
	RECORD_OFF,	/* outside of its hours */
	RECORD_PATTERN,
};

struct record_row {
	int64_t number; /* 1.. */
	enum record_kind kind;
	const char *display; /* "": none; texts are never NULL */
	enum record_source source;
	const char *item;    /* SCHEDULE: the message, unit/name; PATTERN: its name; "" */
	const char *entry;   /* SCHEDULE: the schedule's entry */
	const char *content; /* SHA-256 of what the item says; "" */
	int64_t generation;
	uint64_t frame;	    /* digest of the first frame that was confirmed (as in --trace); 0: not taken */
	int64_t begin, end; /* wall clock, ns since the epoch */
	int64_t monotonic;  /* at begin, ns since the machine started */
	enum record_how how;
	bool confirmed;	    /* by the device; else sent, and no reply is known */
	bool begins;	    /* a showing begins here: its beginning was seen */
	bool trusted;	    /* the wall clock was */
	int64_t brightness; /* permille, the least during the row */
	const char *override;
	int64_t run;	  /* the number of the row `start` of this run of the daemon */
	const char *boot; /* the kernel's id of this start of the machine */
	const char *note;
};

const char *record_kind_name(enum record_kind kind);
const char *record_how_name(enum record_how how);
const char *record_source_name(enum record_source source);

/* The note of a row `link` that goes on in the same database: rows up to item had been written, and are not all there. */
#define RECORD_END_MISSING "rows before this one are missing"
/* The note of a row `gap` in place of a showing that was in progress when the daemon died, and cannot have been written so. */
#define RECORD_NOT_BELIEVED "a row in progress that claimed more than such a row can"

extern const char record_base[RECORD_DIGEST];	     /* 64 zeros */
char *record_row_text(const struct record_row *row); /* the caller frees */
void record_row_digest(
	const struct record_row *row, const char before[RECORD_DIGEST], char ret_digest[RECORD_DIGEST]);

#endif
