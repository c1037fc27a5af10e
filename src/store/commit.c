/* Writing generations. The order of the steps is what survives power failing between any two of them: everything that
 * a name will reach is on disk before the name is. */
#include "store/private.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/event.h"
#include "base/text.h"
#include "base/words.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A plain file name: it cannot leave its directory, nor hide, nor forge a line of meta.json's digest. */
static bool is_plain_name(const char *name)
{
	if (name[0] == '\0' || name[0] == '.' || strlen(name) > 200)
		return false;
	for (; *name; name++) {
		if (*name == '/' || (unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	}
	return true;
}

static int check_names(const struct source_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_plain_name(files[i].unit) || !is_plain_name(source_base(&files[i])) ||
			files[i].size > STORE_FILE_MOST)
			return -EINVAL;
	}
	return count ? 0 : -EINVAL;
}

static int stage_file(const char *files_directory, const struct source_file *file)
{
	char *unit = path_join(files_directory, file->unit);
	char *path = path_join(unit, source_base(file));
	int error = 0;

	if (mkdir(unit, STORE_DIRECTORY_MODE) < 0 && errno != EEXIST)
		error = -errno;
	if (!error)
		error = file_write_new(path, file->data, file->size, STORE_FILE_MODE);
	free(path);
	free(unit);
	return error;
}

/* Each unit's directory once, though files of units may come in any order. */
static int sync_units(const char *files_directory, const struct source_file *files, size_t count)
{
	int error = 0;

	for (size_t i = 0; !error && i < count; i++) {
		bool seen = false;
		char *unit;

		for (size_t j = 0; j < i && !seen; j++)
			seen = strcmp(files[i].unit, files[j].unit) == 0;
		if (seen)
			continue;
		unit = path_join(files_directory, files[i].unit);
		error = file_sync_directory(unit);
		free(unit);
	}
	return error;
}

static int stage_files(const char *stage, const struct source_file *files, size_t count)
{
	char *directory = path_join(stage, "files");
	int error = mkdir(directory, STORE_DIRECTORY_MODE) < 0 ? -errno : 0;

	for (size_t i = 0; !error && i < count; i++)
		error = stage_file(directory, &files[i]);
	if (!error)
		error = sync_units(directory, files, count);
	if (!error)
		error = file_sync_directory(directory);
	free(directory);
	return error;
}

static int stage_meta(
	const char *stage, const struct generation *generation, const struct source_file *files, size_t count)
{
	char *path = path_join(stage, "meta.json");
	char *text = meta_text(generation, files, count);
	int error = text ? file_write_new(path, text, strlen(text), STORE_FILE_MODE) : -EINVAL;

	free(text);
	free(path);
	return error;
}

/* The whole generation under a name that nobody reads, then under its own. */
static int write_generation(const struct store *store, const struct generation *generation,
	const struct source_file *files, size_t count)
{
	char *stage = generation_path(store, generation->number, STAGE_SUFFIX);
	char *path = generation_path(store, generation->number, "");
	int error = mkdir(stage, STORE_DIRECTORY_MODE) < 0 ? -errno : 0;

	if (!error)
		error = stage_files(stage, files, count);
	if (!error)
		error = stage_meta(stage, generation, files, count);
	if (!error)
		error = file_sync_directory(stage);
	if (!error && rename(stage, path) < 0)
		error = -errno;
	if (error)
		file_remove_tree(stage);
	else
		error = file_sync_directory(store->generations);
	free(path);
	free(stage);
	return error;
}

static int replace_link(const struct store *store, int number)
{
	char *target = xasprintf("generations/%06d", number);
	char *fresh = store_path(store, NEW_LINK);
	char *link = store_path(store, "current");
	int error = 0;

	if ((unlink(fresh) < 0 && errno != ENOENT) || symlink(target, fresh) < 0 || rename(fresh, link) < 0)
		error = -errno;
	free(link);
	free(fresh);
	free(target);
	return error;
}

int switch_current(const struct store *store, int number)
{
	int before = current_number(store);
	int error = replace_link(store, number);

	if (error)
		return error;
	error = file_sync_directory(store->directory);
	/* nobody knows whether it would survive: what is said to have failed shall not be what plays after a restart */
	if (error && before)
		replace_link(store, before);
	return error;
}

/* A new name first, durably: half a generation must not be found under its own. */
static int remove_generation(const struct store *store, int number)
{
	char *path = generation_path(store, number, "");
	char *doomed = generation_path(store, number, REMOVED_SUFFIX);
	int error = rename(path, doomed) < 0 ? -errno : 0;

	if (!error)
		error = file_sync_directory(store->generations);
	if (!error)
		error = file_remove_tree(doomed);
	free(doomed);
	free(path);
	return error;
}

void prune(const struct store *store, int keep)
{
	int current = current_number(store);
	size_t count;
	int *numbers;
	int error = list_numbers(store, &numbers, &count);

	if (error)
		return;
	if (!current) /* it cannot be told which one must stay */
		count = 0;
	for (size_t i = keep > 0 ? (size_t)keep : 1; !error && i < count; i++) {
		if (numbers[i] != current)
			error = remove_generation(store, numbers[i]);
	}
	if (error)
		log_event(EVENT_OLD_GENERATION, "store: an old generation could not be removed: %s",
			words_error(error));
	free(numbers);
}

static int next_number(const struct store *store)
{
	size_t count;
	int *numbers;
	int next, error = list_numbers(store, &numbers, &count);

	if (error)
		return error;
	next = count ? numbers[0] + 1 : 1;
	free(numbers);
	return next;
}

/* A clock that is wrong does not date it before the one before it, nor before the last time known. */
static int64_t never_before(const struct store *store, int number, int64_t time)
{
	struct generation before;
	int64_t known = store_read_time((struct store *)store);

	if (known > time)
		time = known;
	if (meta_read(store, number - 1, &before, NULL) == 0 && before.time > time)
		time = before.time;
	return time;
}

int store_commit(struct store *store, const struct source_file *files, size_t count, unsigned uid,
	const char *user, int64_t time, int keep, struct generation *ret_generation)
{
	struct generation generation = {.uid = uid, .time = time, .file_count = count, .current = true};
	int error = store->lock < 0 ? -EROFS : check_names(files, count);

	if (error)
		return error;
	generation.number = next_number(store);
	if (generation.number < 0)
		return generation.number;
	generation.time = never_before(store, generation.number, time);
	snprintf(generation.user, sizeof generation.user, "%s", user ? user : "");
	generation.user[utf8_valid_prefix(generation.user, strlen(generation.user))] =
		'\0'; /* not cut in a letter */
	sources_digest(files, count, generation.digest);
	error = write_generation(store, &generation, files, count);
	if (!error)
		error = switch_current(store, generation.number);
	if (error) {
		if (error != -ENOTEMPTY && error != -EEXIST) /* else that number is another's, and stays */
			remove_generation(store, generation.number);
		return error;
	}
	prune(store, keep);
	*ret_generation = generation;
	return 0;
}

int store_previous(const struct store *store)
{
	int current = current_number(store), number = -ENOENT;
	size_t count;
	int *numbers;
	int error = list_numbers(store, &numbers, &count);

	if (error)
		return error;
	for (size_t i = count; i-- > 0 && numbers[i] < current;)
		number = numbers[i];
	free(numbers);
	return number;
}

int store_rollback(struct store *store, int number, struct generation *ret_generation)
{
	struct generation generation;
	struct source_file *files;
	size_t count;
	int error;

	if (store->lock < 0)
		return -EROFS;
	if (number == 0)
		number = store_previous(store);
	if (number < 0)
		return number;
	error = store_read(store, number, &files, &count, &generation);
	if (error)
		return error;
	sources_free(files, count);
	error = switch_current(store, number);
	if (error)
		return error;
	generation.current = true;
	*ret_generation = generation;
	return 0;
}
