/* Prepared scenes, shared by all displays with equal faces. Within the show room. */
#ifndef SHOW_SCENE_STORE_H
#define SHOW_SCENE_STORE_H

#include "show/show.h"

struct stored { /* a scene in the store; immutable but for its count of users */
	struct stored *next;
	struct face face;
	struct catalogue *catalogue; /* keeps item alive; NULL: a text */
	const struct item *item;
	char *text;
	struct scene *scene;
	int users; /* the store's lock */
};

/* The scene, prepared now if nobody has it. Slow. Give it back with scene_store_release. */
struct stored *scene_store_item(struct scene_store *store, const struct face *face,
	struct catalogue *catalogue, const struct item *item);
/* Still if it fits at once, else running through. */
struct stored *scene_store_text(struct scene_store *store, const struct face *face, const char *text);
void scene_store_release(struct scene_store *store, struct stored *stored); /* NULL is fine */

#endif
