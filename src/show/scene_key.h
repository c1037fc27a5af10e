/* What a prepared scene is known by: a digest of all that preparing reads. What it learns to read must be added to
 * scene_key.c. Private to show. */
#ifndef SHOW_SCENE_KEY_H
#define SHOW_SCENE_KEY_H

#include "base/digest.h"
#include "show/scene_store.h"

struct scene_request {
	const struct face *face;
	const struct item *item; /* or: */
	const struct words *words;
	enum text_use use;
};

void scene_key(const struct scene_request *request, char ret_key[DIGEST_HEX]);

#endif
