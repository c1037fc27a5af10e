#include "show/scene_store.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "show/scene_key.h"

#define BUCKETS 1024

/* Scenes that nobody holds are kept up to this size: a playlist that comes round finds them again, and a wall of pages
 * does not fill the memory. */
#define UNHELD_MOST ((size_t)16 << 20)

struct store_entry {
	struct stored stored;
	struct store_entry *next;
	char key[DIGEST_HEX];
	bool ready;
	int holders;
	struct scene *
		dated; /* for the last span that was asked for; NULL: none. Under `dating`, or nobody holds it */
	uint64_t released; /* when the last holder left */
	size_t size;
};

struct scene_store {
	struct fonts *fonts;
	pthread_mutex_t lock; /* of all below; never held while preparing */
	pthread_cond_t prepared;
	pthread_mutex_t
		dating; /* held while dating: who waits for it finds what it wants. Taken before `lock`, if both */
	struct store_entry *buckets[BUCKETS];
	uint64_t releases;
	size_t unheld; /* bytes */
};

static struct store_entry **bucket_of(struct scene_store *store, const char *key)
{
	return &store->buckets[strtoul((char[]){key[0], key[1], key[2], '\0'}, NULL, 16) % BUCKETS];
}

/* --- dropping; under the lock */

static void drop(struct scene_store *store, struct store_entry *entry)
{
	struct store_entry **p = bucket_of(store, entry->key);

	while (*p != entry)
		p = &(*p)->next;
	*p = entry->next;
	store->unheld -= entry->size;
	scene_unref(entry->stored.scene);
	free(entry);
}

static struct store_entry *longest_unheld(struct scene_store *store)
{
	struct store_entry *longest = NULL;

	for (int i = 0; i < BUCKETS; i++)
		for (struct store_entry *entry = store->buckets[i]; entry; entry = entry->next)
			if (entry->holders == 0 && (!longest || entry->released < longest->released))
				longest = entry;
	return longest;
}

static void trim_to(struct scene_store *store, size_t most)
{
	while (store->unheld > most)
		drop(store, longest_unheld(store));
}

/* --- taking */

static struct scene *prepare(struct fonts *fonts, const struct scene_request *request)
{
	struct scene *scene;

	if (request->item)
		return scene_prepare(fonts, request->face, request->item, NULL, NULL);
	scene = scene_prepare_words(fonts, request->face, request->words, MOTION_STILL, NULL, NULL);
	if (request->use == TEXT_DEFAULT || !scene ||
		scene_next_change(scene, (struct moment){0, 0}) == TIME_NEVER)
		return scene;
	scene_unref(scene);
	return scene_prepare_words(fonts, request->face, request->words, MOTION_SCROLL_LEFT, NULL, NULL);
}

/* Under the lock. NULL: not there. */
static struct store_entry *find(struct scene_store *store, const char *key)
{
	struct store_entry *entry = *bucket_of(store, key);

	while (entry && strcmp(entry->key, key) != 0)
		entry = entry->next;
	if (!entry)
		return NULL;
	if (entry->holders++ == 0)
		store->unheld -= entry->size;
	while (!entry->ready)
		pthread_cond_wait(&store->prepared, &store->lock);
	return entry;
}

static struct store_entry *insert(struct scene_store *store, const char *key)
{
	struct store_entry **bucket = bucket_of(store, key);
	struct store_entry *entry = xcalloc(1, sizeof *entry);

	memcpy(entry->key, key, DIGEST_HEX);
	entry->stored.entry = entry;
	entry->holders = 1;
	entry->next = *bucket;
	*bucket = entry;
	return entry;
}

static const struct stored *take(struct scene_store *store, const struct scene_request *request)
{
	char key[DIGEST_HEX];
	struct store_entry *entry;
	struct scene *scene;

	scene_key(request, key);
	pthread_mutex_lock(&store->lock);
	entry = find(store, key);
	if (entry) {
		pthread_mutex_unlock(&store->lock);
		return &entry->stored;
	}
	entry = insert(store, key);
	pthread_mutex_unlock(&store->lock);
	scene = prepare(store->fonts, request);
	pthread_mutex_lock(&store->lock);
	entry->stored.scene = scene;
	entry->size = scene ? scene_size(scene) : 0;
	entry->ready = true;
	pthread_cond_broadcast(&store->prepared);
	pthread_mutex_unlock(&store->lock);
	return &entry->stored;
}

/* --- front door */

struct scene_store *scene_store_create(struct fonts *fonts)
{
	struct scene_store *store = xcalloc(1, sizeof *store);

	store->fonts = fonts;
	pthread_mutex_init(&store->lock, NULL);
	pthread_cond_init(&store->prepared, NULL);
	pthread_mutex_init(&store->dating, NULL);
	return store;
}

void scene_store_trim(struct scene_store *store)
{
	struct store_entry *entry;

	pthread_mutex_lock(&store->lock);
	while ((entry = longest_unheld(store)))
		drop(store, entry);
	pthread_mutex_unlock(&store->lock);
}

void scene_store_destroy(struct scene_store *store)
{
	if (!store)
		return;
	scene_store_trim(store);
	pthread_cond_destroy(&store->prepared);
	pthread_mutex_destroy(&store->dating);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

const struct stored *scene_store_item(
	struct scene_store *store, const struct face *face, const struct item *item)
{
	return take(store, &(struct scene_request){.face = face, .item = item});
}

const struct stored *scene_store_text(
	struct scene_store *store, const struct face *face, const struct words *words, enum text_use use)
{
	return take(store, &(struct scene_request){.face = face, .words = words, .use = use});
}

struct scene *scene_store_dated(struct scene_store *store, const struct stored *stored,
	const struct asking *asking, int64_t from, int64_t enough, int64_t until, size_t most)
{
	struct store_entry *entry = stored->entry;
	struct scene *scene, *former;

	pthread_mutex_lock(&store->dating);
	former = entry->dated;
	if (!former || !scene_covers(former, from) || scene_until(former) < enough) {
		entry->dated = scene_dated(store->fonts, stored->scene, asking, former, from, until, most);
		scene_unref(former);
	}
	scene = scene_ref(entry->dated);
	pthread_mutex_unlock(&store->dating);
	return scene;
}

void scene_store_release(struct scene_store *store, const struct stored *stored)
{
	struct store_entry *entry;

	if (!stored)
		return;
	entry = stored->entry;
	pthread_mutex_lock(&store->lock);
	if (--entry->holders == 0) {
		scene_unref(entry->dated);
		entry->dated = NULL;
		entry->released = store->releases++;
		store->unheld += entry->size;
		trim_to(store, UNHELD_MOST);
	}
	pthread_mutex_unlock(&store->lock);
}
