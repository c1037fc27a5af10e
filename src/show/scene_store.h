/* Prepared scenes by what they show: displays with equal faces share them, and so do two generations of a catalogue
 * that say the same. Private to show. */
#ifndef SHOW_SCENE_STORE_H
#define SHOW_SCENE_STORE_H

#include "show/show.h"

struct stored {
	struct scene *scene;	   /* immutable; NULL only for a face out of range */
	struct store_entry *entry; /* the store's */
};

enum text_use {
	TEXT_DEFAULT,  /* still, in pages if it must be: the first one shows at once */
	TEXT_ANNOUNCE, /* still if it fits as a whole, else running through */
};

/* The scene, prepared now if it is not there; who asks for one that another thread is preparing waits for that. Slow.
 * Give it back with scene_store_release. Never NULL. */
const struct stored *scene_store_item(
	struct scene_store *store, const struct face *face, const struct item *item);
const struct stored *scene_store_text(
	struct scene_store *store, const struct face *face, const struct words *words, enum text_use use);
void scene_store_release(struct scene_store *store, const struct stored *stored); /* NULL is fine */

#endif
