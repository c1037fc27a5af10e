/* Lists that offices keep, tables (CSV) and calendars (iCalendar), as playlists: `bangtin import`.
 *
 * A reader turns each row or event into announcements, whose values are written as a playlist has them; what cannot be
 * taken is reported at its row (or line) and column, and nothing is left out in silence.
 */
#ifndef TOOLS_BANGTIN_LISTS_H
#define TOOLS_BANGTIN_LISTS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/time.h"

/* Each NULL: not said. From the arena of its list. */
struct announcement {
	int row, column; /* where it comes from: of a table row and column, of a calendar the line */
	char *name;	 /* wanted for it */
	char *text;	 /* as it is to be read; not yet with doubled braces */
	char *qr;
	char *notes; /* lines for the person who reads the playlist */
	/* values as a playlist has them */
	char *on, *days, *hours, *from, *until, *repeat, *also, *except, *priority, *duration;
};

struct list {
	struct arena arena;
	const char *file; /* what diagnostics call it */
	const struct zone *zone;
	struct diag_list *diags;
	struct announcement **items;
	size_t count, capacity;
};

/* A new one, of the list. */
struct announcement *list_add(struct list *list, int row, int column);
struct location list_place(const struct list *list, int row, int column);

/* --- reading */

/* UTF-8 of whatever it is; encoding NULL or "auto": found out, and told of (a warning) where it is older than Unicode.
 * The caller frees; NULL: reported. No byte order mark, and it ends in a NUL. */
char *list_decode(struct list *list, const char *data, size_t size, const char *encoding);
/* separator 0: found out. */
void list_read_csv(struct list *list, const char *text, char separator);
void list_read_ics(struct list *list, const char *text);

/* --- values as people write them; NULL: not understood. From arena. */

char *value_date(struct arena *arena, const char *text);     /* 31/12/2026 */
char *value_hours(struct arena *arena, const char *text);    /* 7h30 - 11h; 13:00-17:00 */
char *value_hour(struct arena *arena, const char *text);     /* 7h30 */
char *value_days(struct arena *arena, const char *text);     /* Thứ 2 - Thứ 6, T7, CN */
char *value_duration(struct arena *arena, const char *text); /* 20, 20 giây */
char *value_targets(struct arena *arena, const char *text);  /* a, b; c */
char *value_priority(struct arena *arena, const char *text);

/* --- writing */

struct list_writing {
	const char *unit, *on; /* whose it is; where it shows if the list does not say */
	const char *source;    /* its name, for a comment */
};
/* The playlist, allocated. What the loader has against it is reported at the rows. */
char *list_write(struct list *list, const struct list_writing *how);

#endif
