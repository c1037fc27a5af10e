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
	/* what the schedules give it that played in that period, as far as they are known; planned < 0: none is */
	int64_t planned, planned_showings;
	int64_t compared;		     /* ns shown while a schedule played that is known */
	int64_t demanded, demanded_showings; /* by its quotas; 0: none */
	int64_t *owed;			     /* while that is summed: showings, a programme day each */
};

/* Which generation played when, by the record; and whether it can still be asked what it would have shown. */
enum played_state {
	PLAYED_KNOWN,
	PLAYED_NONE,	/* nothing had been loaded, nor shown */
	PLAYED_GONE,	/* it is not kept any more */
	PLAYED_CHANGED, /* what is kept under its number is something else */
	PLAYED_BROKEN,	/* it cannot be read, or does not build any more */
	PLAYED_UNTOLD,	/* the record does not say which: its rows are cut */
};
struct played {
	int64_t from, until;
	int generation;		    /* 0: NONE, UNTOLD */
	char digest[RECORD_DIGEST]; /* as it was loaded; "": not known */
	enum played_state state;
};

struct wording { /* of the message, in a generation that played */
	char *text;
	char digest[RECORD_DIGEST];
};

enum interruption { INTERRUPTION_UNREACHABLE, INTERRUPTION_STOPPED, INTERRUPTION_CRASHED, INTERRUPTION_GAP };
struct gap {
	enum interruption why;
	char display[64]; /* "": all */
	int64_t begin, end;
};

struct certificate {
	const char *site, *unit;  /* names of the site, and of whoever certifies */
	const char *title;	  /* what the message said when it was shown last; NULL: not known */
	const char *item, *entry; /* one of them; the other NULL */
	char *demand;		  /* the quotas in words, Vietnamese; NULL: none */
	struct played *played;	  /* in order, without gaps; to the time of issue at most */
	size_t played_count, played_capacity;
	int64_t missing; /* ns of that without a schedule that is known */
	struct wording *wordings;
	size_t wording_count, wording_capacity;
	bool is_known; /* to a schedule */
	const struct zone *zone;
	int64_t from, until, issued;
	struct posting *postings;
	size_t posting_count;
	struct gap *gaps;
	size_t gap_count, gap_capacity;
	struct record_place head; /* the record's end when it was issued */
	int64_t first, last;	  /* rows that were counted; 0: none */
	int64_t unsealed;	  /* from then on there are rows in progress, which do not count; 0: none */
	char content[RECORD_DIGEST]; /* of what was shown last */
	size_t contents;	     /* wordings it had in that period */
};

/* Which generations played. from, until, issued and head are set; rows beyond head are left out. first: the record's first
 * row. Reported. */
int certificate_played(struct certificate *certificate, struct rows *rows, int64_t first);
const char *played_name(enum played_state state);
/* What they would have shown on the postings' displays, and the words of the message; for those that are still kept. now:
 * the site as it is. Reported. */
int certificate_plan(struct certificate *certificate, const struct common *common, const struct context *now);
/* The words that the message had with that digest, else the last it had; NULL: none are known. */
const char *certificate_wording(const struct certificate *certificate, const char *digest);
/* Counts. from, until, item or entry, head, zone and the postings' displays are set; rows beyond head are left out.
 * After certificate_plan, if at all. Reported. */
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
