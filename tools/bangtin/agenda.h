/* The agenda's other forms. All work on context's show, over [from, until), and print to standard output. */
#ifndef TOOLS_BANGTIN_AGENDA_H
#define TOOLS_BANGTIN_AGENDA_H

#include "cli.h"

#define BLOCK_ENTRIES 16

struct block { /* a span in which the same entries take turns */
	int64_t start, end;
	const struct entry *entries[BLOCK_ENTRIES];
	size_t count;
	bool more;
	int priority; /* of the entries that take turns; others may be let in between by their quota */
	enum reason reason;
};

/* Gives the blocks one after the other; a segment at a time, NULL at the end. */
struct blocks {
	struct block block;
	bool open;
	bool any_reason; /* what entries are beaten does not begin a new one */
	void (*give)(void *data, const struct block *block);
	void *data;
};
void blocks_add(struct blocks *blocks, const struct segment *segment);

/* RFC 5545: an event of each block in which something is scheduled while the display is on. */
void agenda_ics(struct context *context, int64_t from, int64_t until);
/* A chart of seven programme days, half-hour rows, a letter an entry. */
void agenda_week(struct context *context, day_t monday, bool json);
/* How long the entry is open within [from, until), ns; and on how many programme days (may be NULL). */
int64_t agenda_open_time(
	const struct context *context, int64_t from, int64_t until, const struct entry *entry, int *ret_days);
/* Of each entry: minutes, showings, and how much of its open time it had, whether the display is on or not. */
void agenda_counts(struct context *context, int64_t from, int64_t until, bool json);

#endif
