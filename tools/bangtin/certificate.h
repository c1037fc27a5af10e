/* The posting certificate: what the record says of one message or entry over a period, on paper and as a file that can be
 * held against the record again. */
#ifndef TOOLS_BANGTIN_CERTIFICATE_H
#define TOOLS_BANGTIN_CERTIFICATE_H

#include "rows.h"

#define CERTIFICATE_DAYS 400
#define DISPLAYS_MOST	 64

struct count {
	int64_t confirmed, sent; /* ns */
	int64_t confirmed_showings, sent_showings;
};

struct posting { /* on one display */
	const char *display;
	struct count all;
	struct count days[CERTIFICATE_DAYS]; /* local days from the certificate's first on */
	int64_t dark; /* ns that it was due and shown with the brightness at nothing: not counted */
	/* what the schedule that plays now gives it in that period; planned < 0: not known */
	int64_t planned, planned_showings;
	int64_t demanded, demanded_showings; /* by its quotas; 0: none */
};

enum interruption { INTERRUPTION_UNREACHABLE, INTERRUPTION_STOPPED, INTERRUPTION_CRASHED, INTERRUPTION_GAP };
struct gap {
	enum interruption why;
	char display[64]; /* "": all */
	int64_t begin, end;
};

struct certificate {
	const char *site, *unit;  /* names of the site, and of whoever certifies */
	const char *title;	  /* what the message says; "" */
	const char *item, *entry; /* one of them; the other NULL */
	char *demand;		  /* the quotas in words, Vietnamese; NULL: none */
	const struct zone *zone;
	int64_t from, until, issued;
	struct posting *postings;
	size_t posting_count;
	struct gap *gaps;
	size_t gap_count, gap_capacity;
	struct record_place head;    /* the record's end when it was issued */
	int64_t first, last;	     /* rows that were counted; 0: none */
	char content[RECORD_DIGEST]; /* of what was shown last */
	size_t contents;	     /* wordings it had in that period */
};

/* Counts. from, until, item or entry, head, zone and the postings' displays are set; rows beyond head are left out.
 * Reported. */
int certificate_tally(struct certificate *certificate, struct rows *rows);
void certificate_finish(struct certificate *certificate);
/* It was issued before the end of its period. */
bool certificate_is_unfinished(const struct certificate *certificate);
const char *interruption_name(enum interruption why);

/* The figures as comma-separated values; the caller frees. */
char *certificate_csv(const struct certificate *certificate);
/* Holds a file that certificate_csv wrote against a record. EXIT_DONE: it is as the record says; reported. */
int certificate_verify(const char *path, struct rows *rows);

/* On paper. 0, -ENOENT: no fonts, -EIO. csv_digest: of the file beside it. */
int certificate_pdf(const struct certificate *certificate, const char *csv_digest, const char *path);

#endif
