#include "playlist/data.h"

#include "base/alloc.h"

static int compare(const void *a, const void *b)
{
	const struct data_value *first = a, *second = b;
	return strcmp(first->key, second->key);
}

/* Of equal keys the last: sorting must keep their order, which qsort does not promise. */
static void sort_stably(struct data_value *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct data_value value = values[i];
		size_t at = i;
		for (; at > 0 && strcmp(values[at - 1].key, value.key) > 0; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

static void free_value(struct data_value *value)
{
	free(value->key);
	free(value->text);
}

struct data *data_create(int64_t number, struct data_value *values, size_t count)
{
	struct data *data = xcalloc(1, sizeof *data);
	*data = (struct data){.references = 1, .number = number, .values = values};
	sort_stably(values, count);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && strcmp(values[i].key, values[i + 1].key) == 0)
			free_value(&values[i]);
		else
			values[data->count++] = values[i];
	}
	return data;
}

struct data *data_ref(struct data *data)
{
	if (data)
		__atomic_add_fetch(&data->references, 1, __ATOMIC_RELAXED);
	return data;
}

void data_unref(struct data *data)
{
	if (!data || __atomic_sub_fetch(&data->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < data->count; i++)
		free_value(&data->values[i]);
	free(data->values);
	free(data);
}

const char *data_find(const struct data *data, const char *key)
{
	const struct data_value wanted = {.key = (char *)key};
	const struct data_value *found = data && data->count > 0 ? bsearch(&wanted, data->values, data->count,
									   sizeof *data->values, compare)
								 : NULL;
	return found ? found->text : NULL;
}
