/* meta.json: what a generation says about itself. The order of its files is kept: it decides between schedule entries
 * of one priority. */
#include "store/private.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#define META_MOST (8 << 20)

const char *source_base(const struct source_file *file)
{
	const char *slash = strrchr(file->name, '/');

	return slash ? slash + 1 : file->name;
}

void sources_digest(const struct source_file *files, size_t count, char ret_hex[65])
{
	char *text = NULL, hex[DIGEST_HEX];
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	for (size_t i = 0; i < count; i++) {
		digest_sha256(files[i].data, files[i].size, hex);
		fprintf(to, "%s/%s %zu %s\n", files[i].unit, source_base(&files[i]), files[i].size, hex);
	}
	if (fclose(to) != 0)
		abort();
	digest_sha256(text, size, ret_hex);
	free(text);
}

char *meta_text(const struct generation *generation, const struct source_file *files, size_t count)
{
	json_t *names = json_array();
	json_t *meta = json_pack("{s:i, s:I, s:s, s:I, s:s, s:o}", "number", generation->number, "uid",
		(json_int_t)generation->uid, "user", generation->user, "time", (json_int_t)generation->time,
		"digest", generation->digest, "files", names);
	char *text;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(names, json_sprintf("%s/%s", files[i].unit, source_base(&files[i])));
	text = meta && json_array_size(names) == count ? json_dumps(meta, JSON_INDENT(1)) : NULL;
	json_decref(meta);
	return text;
}

void names_free(char **names, size_t count)
{
	for (size_t i = 0; names && i < count; i++)
		free(names[i]);
	free(names);
}

/* -EBADMSG: not what meta_text writes. */
static int parse(const json_t *meta, int number, struct generation *ret_generation)
{
	const char *user, *digest;
	json_int_t said, uid, time;
	json_t *files;

	if (json_unpack((json_t *)meta, "{s:I, s:I, s:s, s:I, s:s, s:o}", "number", &said, "uid", &uid,
		    "user", &user, "time", &time, "digest", &digest, "files", &files) < 0)
		return -EBADMSG;
	if (said != number || strlen(digest) != 64 || json_array_size(files) == 0)
		return -EBADMSG;
	*ret_generation = (struct generation){
		.number = number, .uid = (unsigned)uid, .time = time, .file_count = json_array_size(files)};
	snprintf(ret_generation->user, sizeof ret_generation->user, "%s", user);
	snprintf(ret_generation->digest, sizeof ret_generation->digest, "%s", digest);
	return 0;
}

static int take_names(const json_t *files, char ***ret_names)
{
	size_t count = json_array_size(files);
	char **names = xcalloc(count, sizeof *names);

	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(files, i));
		const char *slash = name ? strchr(name, '/') : NULL;

		if (!slash || slash == name || strstr(name, "..") || strchr(slash + 1, '/')) {
			names_free(names, count);
			return -EBADMSG;
		}
		names[i] = xstrdup(name);
	}
	*ret_names = names;
	return 0;
}

int meta_read(const struct store *store, int number, struct generation *ret_generation, char ***ret_names)
{
	char *path = generation_path(store, number, "/meta.json");
	struct generation generation;
	json_t *meta;
	size_t size;
	char *text;
	int error = file_read(path, META_MOST, &text, &size);

	free(path);
	if (error)
		return error;
	meta = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	error = meta ? parse(meta, number, &generation) : -EBADMSG;
	if (!error && ret_names)
		error = take_names(json_object_get(meta, "files"), ret_names);
	json_decref(meta);
	if (error)
		return error;
	generation.current = current_number(store) == number;
	*ret_generation = generation;
	return 0;
}
