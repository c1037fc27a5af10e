/* Private to playlist: the making of a catalogue. Two passes over all files: declare reads what stands for itself
 * (styles, messages, names), resolve follows the names in between. Everything wrong goes to diags; nothing stops. */
#ifndef PLAYLIST_BUILD_H
#define PLAYLIST_BUILD_H

#include "base/arena.h"
#include "base/emphasis.h"
#include "conf/check.h"
#include "playlist/catalogue.h"
#include "playlist/names.h"

struct unit_state {
	const char *name;
	int max_priority;
	size_t rank; /* in the site's order */
	size_t files, bytes;
	bool broken; /* a file of it could not be read to its end: its names are not all known */
};

struct declared_style {
	struct style style;
	struct unit_state *unit;
	struct node *based_on; /* NULL: the built-in one */
	unsigned set;	       /* bits of what it says itself */
	enum { STYLE_NEW, STYLE_BUSY, STYLE_DONE } state;
};

struct declared_asset {
	struct asset asset;
	struct unit_state *unit;
	struct location where; /* the file */
	const char *fault;     /* in words; NULL: none */
	bool used;
};

struct declared_layout {
	struct layout layout;
	struct unit_state *unit;
	struct node *node;
	bool broken; /* what it is based on is not known: nobody can say what it lacks */
	bool used;
	enum { LAYOUT_NEW, LAYOUT_BUSY, LAYOUT_DONE } state;
};

struct declared_message {
	struct message message;
	struct unit_state *unit;
	struct node *style;				/* NULL: the built-in one */
	struct node *text, *title, *qr, *image, *zones; /* what it says, each NULL: nothing */
	struct node *single, *const *layouts;		/* their names */
	size_t layout_count;
	bool used;
};

struct declared_playlist {
	struct playlist playlist;
	struct unit_state *unit;
	struct node *items; /* NULL: one made for an entry's `show` */
	bool used;
};

struct declared_calendar {
	struct calendar calendar;
};

struct followed_rule {
	const char *rule;
	day_t from, until;
	const struct recurrence *recurrence;
};

struct declared_daypart {
	struct node *const *nodes, *single; /* its windows; count 0: they were wrong, and told */
	size_t count;
};

struct declared_entry { /* of `schedule`, read when all names are known */
	struct entry entry;
	struct unit_state *unit;
	struct node *node;			  /* its map; of a `skip`, that key's value */
	struct node *const *apart, *apart_single; /* `not-next-to`, followed when all entries are known */
	size_t apart_count;
	bool skipped;
};

#define ARRAY_OF(type)                                                                                       \
	struct {                                                                                             \
		type **items;                                                                                \
		size_t count, capacity;                                                                      \
	}

struct build {
	struct check check;
	struct arena *arena;	 /* the catalogue's */
	const struct site *site; /* NULL: none */
	const struct zone *zone;
	struct unit_state *units;
	size_t unit_count;
	struct names styles, layouts, messages, playlists, calendars, dayparts, entries, counters, assets;
	ARRAY_OF(struct declared_style) style_list;
	ARRAY_OF(struct declared_asset) asset_list;
	ARRAY_OF(struct declared_layout) layout_list;
	ARRAY_OF(struct declared_message) message_list;
	ARRAY_OF(struct declared_playlist) playlist_list;
	ARRAY_OF(struct declared_entry) entry_list;
	ARRAY_OF(struct item) item_list;
	ARRAY_OF(struct declared_entry) skip_list;
	ARRAY_OF(struct followed_rule) rule_list;
};

#define build_append(build, list, thing)                                                                     \
	do {                                                                                                 \
		array_reserve_one((build)->list.items, (build)->list.count, (build)->list.capacity);         \
		(build)->list.items[(build)->list.count++] = (thing);                                        \
	} while (0)

extern const struct style style_standard;

struct unit_state *build_unit(struct build *build, const char *name); /* NULL: none */

/* declare */
/* Also what is wrong otherwise is declared, so that what refers to it is not reported too. */
void declare_name(struct build *build, struct names *names, struct unit_state *unit, const struct node *node,
	void *thing, const char *what);
void declare_file(struct build *build, struct unit_state *unit, const struct tree *tree);
void declare_style(struct build *build, struct unit_state *unit, struct node *node);
void declare_layout(struct build *build, struct unit_state *unit, struct node *node);
void declare_message(struct build *build, struct unit_state *unit, struct node *node);
void declare_dayparts(struct build *build, struct unit_state *unit, struct node *map);
void declare_calendar(struct build *build, struct unit_state *unit, struct node *node);

/* A picture's file; its bytes are copied. */
void declare_asset(struct build *build, struct unit_state *unit, const struct source_file *file);

/* resolve */
void resolve_styles(struct build *build);
void resolve_layouts(struct build *build);
void resolve_messages(struct build *build);
void resolve_playlists(struct build *build);
void resolve_schedule(struct build *build);

/* Follows `name` or `unit/name` at node. what is the kind in words, "message". NULL: reported, unless the unit is
 * broken. */
void *resolve_name(struct build *build, const struct names *names, struct unit_state *unit, struct node *node,
	const char *what);
const struct style *resolve_style(struct build *build, struct unit_state *unit, struct node *node);

/* The picture that node names, `anh.png` or `unit/anh.png`. NULL: reported; node NULL: NULL. */
const struct asset *resolve_asset(struct build *build, struct unit_state *unit, struct node *node);
/* The key `image-fit` of map. */
enum image_fit read_image_fit(struct build *build, struct node *map);
/* Pictures that nothing shows: a warning each, an error if broken. */
void check_assets(struct build *build);

/* Emphasis in a text (base/emphasis.h): `{bold:…}`, `{red:…}`, `{#ff8000:…}`; and `{~}`, a no-break space. */
enum { EMPHASIS_MARK_MOST = 16 };
struct emphasis_reading { /* starts as {0} */
	const char *open[EMPHASIS_DEPTH_MOST];
	int depth;
	bool bad; /* something was reported */
};
/* At any character of the text, not a doubled brace: if it begins or ends emphasis, what stands for it, and how many
 * bytes of the text it took; else 0. */
size_t read_emphasis(struct build *build, const struct node *node, const char *at,
	struct emphasis_reading *reading, char ret_mark[EMPHASIS_MARK_MOST]);
/* At the end of the text: reports what is still open. */
void end_emphasis(struct build *build, const struct node *node, struct emphasis_reading *reading);

/* A text: trimmed, its braces read, its length checked. False: reported. */
bool read_words(
	struct build *build, struct node *node, const char *what, const char *lang, struct words *ret);
/* The field at an unescaped opening brace of node's text. *ret_size is how far it reaches, also on an error. */
bool read_field(struct build *build, const struct node *node, const char *brace, bool english,
	struct field *ret_field, size_t *ret_size);
const char *read_language(struct build *build, struct node *map);
/* What a QR code says. NULL: reported. */
const char *read_qr_text(struct build *build, struct node *node);
/* `12` or `12.5%`. False: reported. */
bool read_extent(struct build *build, struct node *node, const char *what, struct extent *ret);
bool read_extent_key(struct build *build, struct node *map, const char *key, struct extent *ret);
/* The key `background` of map; untouched if absent or wrong. */
void read_paint(struct build *build, struct unit_state *unit, struct node *map, struct paint *paint);
/* A layout's zone. *zone holds what it is based on, or zeros with a name; what map says replaces it. *hidden: it is left
 * out. */
void read_layout_zone(struct build *build, struct unit_state *unit, struct node *map,
	struct layout_zone *zone, bool *hidden);
/* What the message says to its layouts' zones. */
void fill_pages(struct build *build, struct declared_message *declared);
/* Once all playlists are read: whether what zones play can be shown in them. */
void check_zone_playlists(struct build *build);

/* The keys `show`, `for`, `enter`, `passes`, `transition`, `transition-time` of map: an element of a playlist or an entry. NULL: reported. */
struct item *read_item(struct build *build, struct unit_state *unit, struct node *map);

void read_quotas(struct build *build, struct node *map, struct declared_entry *declared);
void resolve_neighbours(struct build *build, struct declared_entry *declared);

/* When: each reads one key of an entry. */
unsigned read_days(struct build *build, struct node *map); /* bits; every day if absent or wrong */
void read_period(struct build *build, struct unit_state *unit, struct node *map, struct entry *entry);
/* `hours`: windows, and dayparts by name. False if absent or wrong (reported). */
bool read_hours(struct build *build, struct unit_state *unit, struct node *map, bool next_day,
	struct hours **ret_hours, size_t *ret_count);
/* The days that a key lists, in arena; returns their count. */
size_t read_dates(struct build *build, struct unit_state *unit, struct node *map, const char *key,
	const struct days **ret_days);

#endif
