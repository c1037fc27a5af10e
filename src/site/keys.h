/* Private to site: the parts of a display's reading. */
#ifndef SITE_KEYS_H
#define SITE_KEYS_H

#include "base/arena.h"
#include "conf/check.h"
#include "site/site.h"

struct site_reader {
	struct check check;
	struct arena *arena;
	const struct site *site; /* what is read of it: the group `site` comes before the displays */
	const char *directory;	 /* of the file: relative paths begin there */
};

/* "64x16"; false when absent or wrong (reported). */
bool site_read_size(struct site_reader *reader, struct node *map, const char *key, int required, int most,
	int *ret_width, int *ret_height);
void site_read_panel(struct site_reader *reader, struct node *map, struct display *display);
/* `map`; rotation is read before. */
void site_read_map(struct site_reader *reader, struct node *map, struct display *display);
void site_read_brightness(struct site_reader *reader, struct node *map, struct display *display);
void site_read_ambient(struct site_reader *reader, struct node *map, struct display *display);
void site_read_on_hours(struct site_reader *reader, struct node *map, struct display *display);
void site_read_driver(struct site_reader *reader, struct node *map, struct display *display);
void site_read_display(struct site_reader *reader, struct node *map, struct display *display);
void site_read_alarm(struct site_reader *reader, struct node *map, struct site *site);
/* `record = { … }`; absent: what is standard */
void site_read_record(struct site_reader *reader, struct node *root, struct site *site);
/* `site = { … }` */
void site_read_general(struct site_reader *reader, struct node *map, struct site *site);

#endif
