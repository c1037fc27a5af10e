#include <pthread.h>

#include "base/alloc.h"
#include "show/private.h"

struct measures {
	int references;
	pthread_mutex_t lock;
	bool done;
	int64_t *lengths; /* by item index; 0: does not show here */
};

struct measures *measures_create(size_t item_count)
{
	struct measures *measures = xcalloc(1, sizeof *measures);

	measures->references = 1;
	measures->lengths = xcalloc(item_count + 1, sizeof *measures->lengths);
	pthread_mutex_init(&measures->lock, NULL);
	return measures;
}

struct measures *measures_ref(struct measures *measures)
{
	__atomic_add_fetch(&measures->references, 1, __ATOMIC_RELAXED);
	return measures;
}

void measures_unref(struct measures *measures)
{
	if (__atomic_sub_fetch(&measures->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	pthread_mutex_destroy(&measures->lock);
	free(measures->lengths);
	free(measures);
}

const int64_t *measures_lengths(const struct measures *measures)
{
	return measures->lengths;
}

size_t show_items(const struct show *show, const struct item ***ret_items)
{
	const struct catalogue *catalogue = show->catalogue;
	size_t count = 0;

	*ret_items = NULL;
	if (!catalogue)
		return 0;
	bool *seen = xcalloc(catalogue->item_count + 1, sizeof *seen);
	const struct item **items = xcalloc(catalogue->item_count + 1, sizeof(struct item *));
	for (size_t i = 0; i < catalogue->entry_count; i++) {
		const struct entry *entry = catalogue->entries[i];

		if (!entry_names_display(entry, show->view.display))
			continue;
		for (size_t k = 0; k < entry->playlist->item_count; k++) {
			const struct item *item = entry->playlist->items[k];

			if (!seen[item->index])
				items[count++] = item;
			seen[item->index] = true;
		}
	}
	free(seen);
	*ret_items = items;
	return count;
}

struct measuring {
	const struct show *show;
	const struct item **items;
	int64_t *lengths;
};

static void measure_item(void *data, size_t index)
{
	struct measuring *m = data;
	const struct item *item = m->items[index];

	m->lengths[item->index] = scene_length(m->show->fonts, &m->show->face, item);
}

void measures_need(struct measures *measures, const struct show *show)
{
	pthread_mutex_lock(&measures->lock);
	if (!measures->done) {
		struct measuring measuring = {.show = show, .lengths = measures->lengths};
		size_t count = show_items(show, &measuring.items);

		parallel_for(count, measure_item, &measuring);
		free(measuring.items);
		measures->done = true;
	}
	pthread_mutex_unlock(&measures->lock);
}
