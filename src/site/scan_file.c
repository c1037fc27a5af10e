#include "site/scan_file.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"
#include "base/words.h"

enum { BYTES_MOST = 256 * 1024, PIXELS_MOST = 65536, NAMES_MOST = 256, SCAN_MOST = 64 };

static const char ending[] = ".map";

struct reader {
	const char *file, *at, *end, *line_start;
	int line;
	struct arena *arena;
	struct diag_list *diags;
	struct scan_file *to;
	struct location *placed; /* by place of the wire: the token that names it; line 0: none yet */
	uint32_t *wire;
	int rows; /* of the drawing, so far */
};

/* --- lines and words */

static struct location here(const struct reader *r, const char *at)
{
	char *before = xstrndup(r->line_start, (size_t)(at - r->line_start));
	struct location where = {r->file, r->line, 1 + (int)utf8_length(before)};
	free(before);
	return where;
}

/* The next line without its comment and the spaces around it, from *ret_end on another one; false: there is none. */
static bool next_line(struct reader *r, const char **ret_start, const char **ret_end)
{
	if (r->at >= r->end)
		return false;
	const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
	const char *end = newline ? newline : r->end, *start = r->at;
	r->line++;
	r->line_start = start;
	r->at = newline ? newline + 1 : r->end;
	const char *comment = memchr(start, '#', (size_t)(end - start));
	end = comment ? comment : end;
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	*ret_start = start;
	*ret_end = end;
	return true;
}

static bool next_written_line(struct reader *r, const char **ret_start, const char **ret_end)
{
	while (next_line(r, ret_start, ret_end))
		if (*ret_start < *ret_end)
			return true;
	return false;
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end && !isspace((unsigned char)*at))
		at++;
	return at;
}

/* A number of at most six digits. */
static bool take_number(const char **at, const char *end, int *ret)
{
	int number = 0, digits = 0;

	for (; *at < end && isdigit((unsigned char)**at) && digits < 7; ++*at, digits++)
		number = 10 * number + (**at - '0');
	*ret = number;
	return digits > 0 && digits < 7;
}

/* --- the head */

static bool read_size(struct reader *r, const char *at, const char *end, int *ret_width, int *ret_height)
{
	const char *start = at;
	int width, height;

	if (take_number(&at, end, &width) && at < end && *at++ == 'x' && take_number(&at, end, &height) &&
		at == end && width > 0 && height > 0 && (int64_t)width * height <= PIXELS_MOST) {
		*ret_width = width;
		*ret_height = height;
		return true;
	}
	diag_error(r->diags, here(r, start),
		"this must be a width and a height in pixels, as 32x16, of at most %d pixels", PIXELS_MOST);
	return false;
}

static bool read_scan(struct reader *r, const char *at, const char *end)
{
	const char *start = at;
	int scan;

	if (end - at > 2 && memcmp(at, "1/", 2) == 0) {
		at += 2;
		if (take_number(&at, end, &scan) && at == end && scan >= 1 && scan <= SCAN_MOST) {
			r->to->scan = scan;
			return true;
		}
	}
	diag_error(r->diags, here(r, start),
		"this must be the part of the rows that is lit at once, as 1/4, at least 1/%d", SCAN_MOST);
	return false;
}

static bool read_setting(struct reader *r, const char *start, const char *end)
{
	static const char *const words[] = {"title", "module", "wire", "scan", "pixels"};
	const char *after = word_end(start, end), *value = after;
	char *word = xstrndup(start, (size_t)(after - start));
	struct scan_map *map = &r->to->map;
	bool good;

	while (value < end && isspace((unsigned char)*value))
		value++;
	if (strcmp(word, "title") == 0) {
		r->to->title = arena_strndup(r->arena, value, (size_t)(end - value));
		good = true;
	} else if (strcmp(word, "module") == 0) {
		good = read_size(r, value, end, &map->width, &map->height);
	} else if (strcmp(word, "wire") == 0) {
		good = read_size(r, value, end, &map->wire_width, &map->wire_height);
	} else if (strcmp(word, "scan") == 0) {
		good = read_scan(r, value, end);
	} else {
		const char *near = nearest_word(word, words, sizeof words / sizeof *words);
		if (near)
			diag_error(r->diags, here(r, start),
				"a map file has no `%.40s`; write `%s`, or `pixels` before the drawing", word,
				near);
		else
			diag_error(r->diags, here(r, start),
				"a map file has no `%.40s`; write title, module, wire or scan, or `pixels` "
				"before the drawing",
				word);
		good = false;
	}
	free(word);
	return good;
}

/* Up to the line `pixels`. */
static bool read_head(struct reader *r)
{
	static const char first[] = "bangtin-map 1";
	const char *start, *end;
	struct scan_map *map = &r->to->map;
	bool good = true;

	if (!next_written_line(r, &start, &end) || (size_t)(end - start) != strlen(first) ||
		memcmp(start, first, strlen(first)) != 0) {
		diag_error(r->diags, (struct location){r->file, r->line > 0 ? r->line : 1, 1},
			"this is no map file; its first line must be `%s`", first);
		return false;
	}
	for (;;) {
		if (!next_written_line(r, &start, &end)) {
			diag_error(r->diags, (struct location){r->file, r->line, 1},
				"the drawing is missing; write `pixels` and a line for each row of the "
				"module");
			return false;
		}
		if (end - start == 6 && memcmp(start, "pixels", 6) == 0)
			break;
		good = read_setting(r, start, end) && good;
	}
	if (!good)
		return false;
	if (map->width == 0) {
		diag_error(r->diags, here(r, start),
			"how large is the module? write `module 32x16` above the drawing");
		return false;
	}
	if (map->wire_width == 0) {
		map->wire_width = map->width;
		map->wire_height = map->height;
	}
	if (map->wire_width * map->wire_height == map->width * map->height)
		return true;
	diag_error(r->diags, here(r, start),
		"the module has %d pixels, but its wire %dx%d has %d; they must be as many",
		map->width * map->height, map->wire_width, map->wire_height,
		map->wire_width * map->wire_height);
	return false;
}

/* --- the drawing */

static bool place(struct reader *r, int column, int number, const char *word)
{
	const struct scan_map *map = &r->to->map;
	int count = map->width * map->height;
	struct location where = here(r, word);

	if (number >= count) {
		diag_error(r->diags, where, "%d is no place of the wire: they count from 0 to %d", number,
			count - 1);
		return false;
	}
	if (r->placed[number].line) {
		diag_error(r->diags, where, "place %d of the wire is given twice; the first is in %d:%d",
			number, r->placed[number].line, r->placed[number].column);
		return false;
	}
	r->placed[number] = where;
	r->wire[r->rows * map->width + column] = (uint32_t)number;
	return true;
}

/* "17" or "8..15" or "15..8": as many pixels from column on; false when it is wrong. */
static bool read_item(struct reader *r, const char *word, const char *end, int *column)
{
	const char *at = word;
	int width = r->to->map.width, first, last;
	bool good = take_number(&at, end, &first);

	last = first;
	if (good && end - at > 2 && at[0] == '.' && at[1] == '.') {
		at += 2;
		good = take_number(&at, end, &last);
	}
	if (!good || at != end) {
		diag_error(r->diags, here(r, word),
			"`%.*s` is no place of the wire; write a number, or a row of them as 8..15 or 15..8",
			end - word > 40 ? 40 : (int)(end - word), word);
		return false;
	}
	int step = first <= last ? 1 : -1;
	for (int number = first;; number += step) {
		if (*column >= width) {
			diag_error(r->diags, here(r, word),
				"this row is longer than the module, which is %d pixels wide", width);
			return false;
		}
		if (!place(r, *column, number, word))
			return false;
		++*column;
		if (number == last)
			return true;
	}
}

static bool read_row(struct reader *r, const char *at, const char *end)
{
	int column = 0;

	if (r->rows >= r->to->map.height) {
		diag_error(r->diags, here(r, at), "this is one row too many: the module is %d pixels high",
			r->to->map.height);
		return false;
	}
	while (at < end) {
		const char *after = word_end(at, end);
		if (!read_item(r, at, after, &column))
			return false;
		for (at = after; at < end && isspace((unsigned char)*at);)
			at++;
	}
	if (column < r->to->map.width) {
		diag_error(r->diags, here(r, end), "this row has %d pixels; the module is %d wide", column,
			r->to->map.width);
		return false;
	}
	r->rows++;
	return true;
}

static bool read_drawing(struct reader *r)
{
	const struct scan_map *map = &r->to->map;
	size_t count = (size_t)map->width * (size_t)map->height;
	const char *start, *end;
	bool good = true;

	r->wire = arena_alloc(r->arena, count * sizeof *r->wire);
	r->placed = xcalloc(count, sizeof *r->placed);
	while (good && next_written_line(r, &start, &end))
		good = read_row(r, start, end);
	if (good && r->rows < map->height) {
		diag_error(r->diags, (struct location){r->file, r->line, 1},
			"the drawing ends after %d rows; the module is %d pixels high", r->rows, map->height);
		good = false;
	}
	free(r->placed);
	r->to->map.wire = r->wire;
	return good; /* every row is full and no place is given twice: all are there */
}

const struct scan_file *scan_file_parse(
	const char *file, const char *data, size_t size, struct arena *arena, struct diag_list *diags)
{
	struct scan_file *to = arena_alloc(arena, sizeof *to);
	struct reader r = {.file = arena_strdup(arena, file),
		.at = data,
		.end = data + size,
		.line_start = data,
		.arena = arena,
		.diags = diags,
		.to = to};
	size_t valid = utf8_valid_prefix(data, size);

	to->title = "";
	if (valid != size) {
		int line = 1;
		for (size_t i = 0; i < valid; i++)
			line += data[i] == '\n';
		diag_error(diags, (struct location){file, line, 0}, "it is not UTF-8; save it as UTF-8");
		return NULL;
	}
	return read_head(&r) && read_drawing(&r) ? to : NULL;
}

/* --- those that come with bangtin */

const char *scan_file_directory(void)
{
	const char *directory = getenv("BANGTIN_MAPS");

	return directory && *directory ? directory : BANGTIN_PREFIX "/share/bangtin/maps";
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t scan_file_names(struct arena *arena, const char *const **ret_names)
{
	DIR *directory = opendir(scan_file_directory());
	const char **names = arena_alloc(arena, NAMES_MOST * sizeof *names);
	size_t count = 0;

	*ret_names = names;
	if (!directory)
		return 0;
	for (const struct dirent *entry; count < NAMES_MOST && (entry = readdir(directory));) {
		size_t length = strlen(entry->d_name);
		if (length > strlen(ending) && strcmp(entry->d_name + length - strlen(ending), ending) == 0)
			names[count++] = arena_strndup(arena, entry->d_name, length - strlen(ending));
	}
	closedir(directory);
	qsort(names, count, sizeof *names, compare);
	return count;
}

static bool is_name(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static void refuse_name(struct arena *arena, const char *name, struct location where, struct diag_list *diags)
{
	const char *const *names;
	size_t count = scan_file_names(arena, &names);
	const char *near = nearest_word(name, names, count);

	if (near)
		diag_error(diags, where, "there is no map `%s` in %s; did you mean `%s`?", name,
			scan_file_directory(), near);
	else
		diag_error(diags, where,
			"there is no map `%s` in %s; `bangtin-testpattern map` lists them; a file of your "
			"own is written with its directory, as \"./%s.map\"",
			name, scan_file_directory(), name);
}

const struct scan_file *scan_file_read(const char *name, const char *directory, struct location where,
	struct arena *arena, struct diag_list *diags)
{
	const char *path = name;
	char *data;
	size_t size;

	if (is_name(name))
		path = arena_printf(arena, "%s/%s%s", scan_file_directory(), name, ending);
	else if (name[0] != '/')
		path = arena_printf(arena, "%s/%s", directory, name);
	int error = file_read(path, BYTES_MOST, &data, &size);
	if (error < 0 && is_name(name)) {
		refuse_name(arena, name, where, diags);
		return NULL;
	}
	if (error < 0) {
		diag_error(diags, where, "the map file %s cannot be read: %s", path, words_error(error));
		return NULL;
	}
	const struct scan_file *file = scan_file_parse(path, data, size, arena, diags);
	free(data);
	return file;
}
