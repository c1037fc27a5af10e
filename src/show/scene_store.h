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
/* What is stored, dated for [from, until) as scene_dated does, at what its displays have in common: the time since an
 * announcement began. They share it: it may end before `until`, but not before `enough`, or after `most` new pictures. A new
 * reference. Slow. */
struct scene *scene_store_dated(struct scene_store *store, const struct stored *stored,
	const struct asking *asking, int64_t from, int64_t enough, int64_t until, size_t most);
void scene_store_release(struct scene_store *store, const struct stored *stored); /* NULL is fine */

#endif
