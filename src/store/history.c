/* Reading generations: which there are, and what is in one. */
#include "store/private.h"

#include "base/alloc.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>

#define READ_ATTEMPTS 3

static int newest_first(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (y > x) - (y < x);
}

int list_numbers(const struct store *store, int **ret_numbers, size_t *ret_count)
{
	DIR *stream = opendir(store->generations);
	size_t count = 0, capacity = 0;
	struct dirent *entry;
	int *numbers = NULL, error;

	if (!stream)
		return -errno;
	/* A list cut short would give a number out twice. */
	while (errno = 0, (entry = readdir(stream))) {
		if (generation_number(entry->d_name) > 0) {
			array_reserve_one(numbers, count, capacity);
			numbers[count++] = generation_number(entry->d_name);
		}
	}
	error = -errno;
	closedir(stream);
	if (error) {
		free(numbers);
		return error;
	}
	if (count)
		qsort(numbers, count, sizeof *numbers, newest_first);
	*ret_numbers = numbers;
	*ret_count = count;
	return 0;
}

int store_history(struct store *store, struct generation **ret_generations, size_t *ret_count)
{
	struct generation *generations;
	size_t number_count = 0, count = 0;
	int *numbers = NULL;
	int error = list_numbers(store, &numbers, &number_count);

	if (error)
		return error;
	generations = xcalloc(number_count, sizeof *generations);
	for (size_t i = 0; i < number_count; i++) {
		/* what cannot be read cannot be gone back to */
		if (meta_read(store, numbers[i], &generations[count], NULL) == 0)
			count++;
	}
	free(numbers);
	*ret_generations = generations;
	*ret_count = count;
	return 0;
}

static int read_one(const struct store *store, int number, const char *name, struct source_file *ret_file)
{
	char *suffix = xasprintf("/files/%s", name);
	char *path = generation_path(store, number, suffix);
	char *data;
	size_t size;
	int error = file_read(path, STORE_FILE_MOST, &data, &size);

	free(suffix);
	free(path);
	if (error)
		return error;
	*ret_file = (struct source_file){.unit = xstrndup(name, strcspn(name, "/")),
		.name = xstrdup(name),
		.data = data,
		.size = size};
	return 0;
}

static int read_generation(const struct store *store, int number, struct source_file **ret_files,
	struct generation *ret_generation)
{
	struct generation generation;
	struct source_file *files;
	size_t count = 0;
	char **names, digest[65];
	int error = meta_read(store, number, &generation, &names);

	if (error)
		return error;
	files = xcalloc(generation.file_count, sizeof *files);
	for (; !error && count < generation.file_count; count += !error)
		error = read_one(store, number, names[count], &files[count]);
	names_free(names, generation.file_count);
	if (!error) {
		sources_digest(files, count, digest);
		error = strcmp(digest, generation.digest) == 0 ? 0 : -EBADMSG;
	}
	if (error) {
		sources_free(files, count);
		return error;
	}
	*ret_files = files;
	*ret_generation = generation;
	return 0;
}

int store_read(struct store *store, int number, struct source_file **ret_files, size_t *ret_count,
	struct generation *ret_generation)
{
	struct generation generation;
	int error = -ENOENT;

	/* without the lock, a daemon may replace and remove the current one between two of our steps */
	for (int i = 0; i < READ_ATTEMPTS && error == -ENOENT; i++) {
		int which = number ? number : current_number(store);

		if (which <= 0)
			return -ENOENT;
		error = read_generation(store, which, ret_files, &generation);
	}
	if (error)
		return error;
	*ret_count = generation.file_count;
	if (ret_generation)
		*ret_generation = generation;
	return 0;
}
