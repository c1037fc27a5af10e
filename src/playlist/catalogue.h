/* The catalogue: every unit's messages, styles, playlists and schedule entries, resolved and immutable.
 *
 * Made from playlist files (format: bangtin-playlist(5), tools/man) in one go or not at all. Names are scoped by unit.
 * Reference-counted; any thread may read it.
 */
#ifndef PLAYLIST_CATALOGUE_H
#define PLAYLIST_CATALOGUE_H

#include "base/diag.h"
#include "base/digest.h"
#include "base/time.h"
#include "calendar/days.h"
#include "calendar/recurrence.h"
#include "frame/image_header.h"
#include "playlist/layout.h"
#include "site/site.h"

enum align { ALIGN_START, ALIGN_CENTRE, ALIGN_END };
enum motion {
	MOTION_STILL,	    /* the text stands; it is wrapped, and what does not fit is paged */
	MOTION_SCROLL_LEFT, /* one line runs in from the right and out at the left */
	MOTION_SCROLL_UP,   /* wrapped text runs in from below and out at the top */
	MOTION_PAGE,	    /* wrapped text, page after page */
};

/* How an item's picture takes the place of the one before, which stands still meanwhile. */
enum transition {
	TRANSITION_CUT,	 /* at once */
	TRANSITION_FADE, /* one blends into the other */
	/* the new one pushes the old one out, in that direction */
	TRANSITION_PUSH_LEFT,
	TRANSITION_PUSH_RIGHT,
	TRANSITION_PUSH_UP,
	TRANSITION_PUSH_DOWN,
	/* an edge runs over the display in that direction, the new one behind it */
	TRANSITION_WIPE_LEFT,
	TRANSITION_WIPE_RIGHT,
	TRANSITION_WIPE_UP,
	TRANSITION_WIPE_DOWN,
};
#define TRANSITION_MOST (2 * NS_PER_SEC)

struct style { /* after `based-on`: every member is set */
	const char *name;
	const char *font; /* family, or "" = the display's own choice by its height */
	int size;	  /* pixels of line height; 0 = the largest that fits the display */
	/* The same as a share of the display's height, in hundredths of a percent; 0: size counts. */
	int size_share;
	struct extent least, most; /* bounds of the chosen size; value 0: none */
	bool bold;
	uint32_t colour, background;	 /* 0xRRGGBB */
	bool colour_set, background_set; /* false: the display's */
	enum align align, valign;
	int speed;	   /* pixels a second for scrolling, 1..2000 */
	int64_t page_time; /* ns a page stays, for paging */
	int line_spacing;  /* extra pixels between lines, 0..64 */
};

/* A picture: a file beside the playlists, by its name `anh.png`. Its header is read, its size within the limits. */
struct asset {
	const char *unit, *name;
	const void *data; /* the file's bytes */
	size_t size;
	char digest[65]; /* SHA-256 of them */
	struct image_header header;
};

struct message {
	const char *unit, *name;   /* full name is unit/name */
	const char *text;	   /* NFC, with samples of its fields; never NULL, "" where pages say all */
	const char *const *shorts; /* narrower forms, longest first; the first form that fits is taken */
	size_t short_count;
	const struct words *forms; /* text and shorts with their fields; NULL: none has any */
	const struct page
		*pages; /* the first whose layout suits the display is shown; none: the text alone */
	size_t page_count;
	const char *lang;	   /* BCP 47, default "vi" */
	const char *qr;		   /* NULL: none */
	const struct asset *image; /* NULL: none */
	enum image_fit image_fit;
	const struct style *style;
	int64_t until; /* instant of expiry wherever it is used; TIME_NEVER */
	struct location where, text_where, qr_where, image_where;
	size_t index; /* in catalogue->messages */
};
/* SHA-256 of what it says, for the record: see message_digest.c. Allocates nothing. */
void message_digest(const struct message *message, char ret_hex[DIGEST_HEX]);

struct item {
	const struct message *message;
	enum motion motion;
	int64_t duration; /* ns; 0: natural (one pass of the motion, or reading time for still text) */
	int passes;	  /* natural duration times this; >= 1 */
	enum transition transition;
	int64_t transition_time; /* ns, 0 < it <= TRANSITION_MOST */
	struct location where;
	size_t index; /* in catalogue->items: what sched and render call an item */
};

struct playlist {
	const char *unit, *name;
	const struct item *const *items;
	size_t item_count; /* >= 1 */
	struct location where;
};

struct quota { /* showings that begin; count 0: none is set */
	int count;
	bool a_day; /* in the day's open time, else in an hour */
};

struct entry {
	const char *unit;
	const struct playlist *playlist; /* `play:`; `show:` of one message makes a playlist of one item */
	const char *const *on; /* display names or tags, "*" is every display: see display_matches */
	size_t on_count;
	unsigned weekdays;   /* bit 0 Monday .. bit 6 Sunday; 127 every day */
	struct hours *hours; /* at least one; whole day is 0..86400 */
	size_t hours_count;
	day_t from, until;	  /* inclusive; DAY_NONE: open */
	const struct days *dates; /* it plays on these days only; none: on every day */
	size_t dates_count;
	const struct recurrence *repeat; /* and on days of this rule only; NULL: none */
	const struct days *also;	 /* on these whatever weekdays, dates and repeat say */
	size_t also_count;
	const struct days *except; /* and never on these */
	size_t except_count;
	int priority; /* 0..100, default 10 */
	int share;    /* permille of its open time that it is owed, whatever plays; 0: none */
	struct quota at_least, at_most;
	const struct entry *const *apart; /* it does not begin right after one of these, nor they after it */
	size_t apart_count;
	bool required;
	struct location where;
	size_t index;	/* in catalogue->entries: declaration order over files, the documented tie-break */
	const char *id; /* "unit/name" by its `name:`, else "unit/play#n"; stable for agenda and why */
};

enum day_rule { DAY_PLAYS, DAY_BEFORE, DAY_AFTER, DAY_EXCEPTED, DAY_WEEKDAY, DAY_DATES, DAY_REPEAT };
/* Whether a window of the entry may begin on this local day, or which rule forbids it. Pure. */
enum day_rule entry_day_rule(const struct entry *entry, day_t day);

struct catalogue {
	int references;
	const struct message **messages;
	size_t message_count;
	const struct item **items;
	size_t item_count;
	const struct layout **layouts;
	size_t layout_count;
	const struct entry **entries; /* without the skipped ones */
	size_t entry_count;
	void *storage; /* private */
};

/* One file's bytes: a playlist, or a picture that playlists show. unit is the directory's name; the file says `unit:` too and must agree. */
struct source_file {
	const char *unit;
	const char *name; /* for generations: unit/file.yaml, unit/anh.png, no other slash */
	const char *data;
	size_t size;
	const char *path; /* what diagnostics call it: as it was opened; NULL: name */
};

/* site gives units, grants, displays to check names against; files of units that it does not name are left out. They
 * may come in any order: the catalogue's is that of the site's units, then of the files' names. NULL on any error. One
 * reference. The catalogue keeps nothing of files and site.
 * site NULL (checking without one): every unit has every priority, displays are not checked, and what belongs to a
 * unit without files is taken on trust with a warning, and left out. */
struct catalogue *catalogue_build(
	const struct site *site, const struct source_file *files, size_t count, struct diag_list *diags);
struct catalogue *catalogue_ref(struct catalogue *catalogue);
void catalogue_unref(struct catalogue *catalogue);
/* "unit/name"; NULL: none */
const struct message *catalogue_message(const struct catalogue *catalogue, const char *full_name);

/* Reads playlist files below path within the limits of size, sorted by unit and name: one file (its unit is what it
 * says), a directory of *.yaml and pictures (its own name is the unit's), or a directory of such directories. Regular
 * files only; links are refused, other files and hidden ones are passed over. The caller frees with sources_free. 0, or -EINVAL
 * with everything in diags. */
int sources_read(
	const char *path, struct source_file **ret_files, size_t *ret_count, struct diag_list *diags);
void sources_free(struct source_file *files, size_t count);
bool source_is_picture(const char *name); /* by its end: .png, .jpg, .jpeg */

#define SOURCE_UNIT_MOST (16 * 1024 * 1024) /* bytes of all files of a unit */
#define SOURCE_TEXT_MOST 4000		    /* characters of a message */
#define SOURCE_QR_MOST	 213		    /* bytes of a QR code: version 10, level M */

#endif
