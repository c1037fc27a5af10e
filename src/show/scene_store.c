#include "show/scene_store.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/text.h"

#define BUCKETS 1024

struct scene_store {
	struct fonts *fonts;
	pthread_mutex_t lock; /* of the chains and the users; never held while preparing */
	struct stored *buckets[BUCKETS];
};

struct scene_store *scene_store_create(struct fonts *fonts)
{
	struct scene_store *store = xcalloc(1, sizeof *store);
	store->fonts = fonts;
	pthread_mutex_init(&store->lock, NULL);
	return store;
}

static void stored_destroy(struct stored *stored)
{
	scene_unref(stored->scene);
	catalogue_unref(stored->catalogue);
	free(stored->text);
	free(stored);
}

/* Drops what nobody uses. */
void scene_store_trim(struct scene_store *store)
{
	struct stored *unused = NULL;
	pthread_mutex_lock(&store->lock);
	for (int i = 0; i < BUCKETS; i++)
		for (struct stored **p = &store->buckets[i]; *p;) {
			struct stored *stored = *p;
			if (stored->users > 0) {
				p = &stored->next;
				continue;
			}
			*p = stored->next;
			stored->next = unused;
			unused = stored;
		}
	pthread_mutex_unlock(&store->lock);
	while (unused) {
		struct stored *next = unused->next;
		stored_destroy(unused);
		unused = next;
	}
}

void scene_store_destroy(struct scene_store *store)
{
	if (!store)
		return;
	scene_store_trim(store);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

static size_t bucket_of(const struct item *item, const char *text)
{
	size_t hash = (size_t)item >> 4;
	for (; text && *text; text++)
		hash = hash * 31 + (unsigned char)*text;
	return hash % BUCKETS;
}

/* Under the lock. */
static struct stored *find(
	struct scene_store *store, const struct face *face, const struct item *item, const char *text)
{
	for (struct stored *stored = store->buckets[bucket_of(item, text)]; stored; stored = stored->next)
		if (stored->item == item && face_equal(&stored->face, face) &&
			(item || text_equal(stored->text, text))) {
			stored->users++;
			return stored;
		}
	return NULL;
}

/* Two threads may prepare the same scene at once; the second finds the first's and drops its own. */
static struct stored *insert(struct scene_store *store, struct stored *made)
{
	pthread_mutex_lock(&store->lock);
	struct stored *stored = find(store, &made->face, made->item, made->text);
	if (!stored) {
		size_t bucket = bucket_of(made->item, made->text);
		made->users = 1;
		made->next = store->buckets[bucket];
		store->buckets[bucket] = made;
	}
	pthread_mutex_unlock(&store->lock);
	if (stored)
		stored_destroy(made);
	return stored ? stored : made;
}

static struct stored *look_up(
	struct scene_store *store, const struct face *face, const struct item *item, const char *text)
{
	pthread_mutex_lock(&store->lock);
	struct stored *stored = find(store, face, item, text);
	pthread_mutex_unlock(&store->lock);
	return stored;
}

struct stored *scene_store_item(struct scene_store *store, const struct face *face,
	struct catalogue *catalogue, const struct item *item)
{
	struct stored *stored = look_up(store, face, item, NULL);
	if (stored)
		return stored;
	stored = xcalloc(1, sizeof *stored);
	stored->face = *face;
	stored->catalogue = catalogue_ref(catalogue);
	stored->item = item;
	stored->scene = scene_prepare(store->fonts, face, item, NULL, NULL);
	return insert(store, stored);
}

struct stored *scene_store_text(struct scene_store *store, const struct face *face, const char *text)
{
	struct stored *stored = look_up(store, face, NULL, text);
	if (stored)
		return stored;
	stored = xcalloc(1, sizeof *stored);
	stored->face = *face;
	stored->text = xstrdup(text);
	stored->scene = scene_prepare_text(store->fonts, face, text, MOTION_STILL, NULL, NULL);
	if (scene_next_change(stored->scene, 0) != TIME_NEVER) { /* several pages: let it run through */
		scene_unref(stored->scene);
		stored->scene = scene_prepare_text(store->fonts, face, text, MOTION_SCROLL_LEFT, NULL, NULL);
	}
	return insert(store, stored);
}

void scene_store_release(struct scene_store *store, struct stored *stored)
{
	if (!stored)
		return;
	pthread_mutex_lock(&store->lock);
	stored->users--;
	pthread_mutex_unlock(&store->lock);
}
