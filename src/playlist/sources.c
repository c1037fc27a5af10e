/* Finding playlist files and the pictures beside them. Only regular files of flat names are opened; a link could lead anywhere. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "conf/check.h"
#include "playlist/catalogue.h"

enum { UNIT_NAME_MOST = 63, FILES_MOST = 20000 };

struct collector {
	struct diag_list *diags;
	struct source_file *files;
	size_t count, capacity;
};

static void report(struct collector *collector, const char *path, const char *message)
{
	diag_error(collector->diags, (struct location){path, 0, 0}, "%s", _(message));
}

static bool is_unit_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length <= UNIT_NAME_MOST &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool is_playlist(const char *name)
{
	size_t length = strlen(name);
	return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

static bool is_source(const char *name)
{
	return is_playlist(name) || source_is_picture(name);
}

/* What somebody may have meant to be read. */
static void warn_passed_over(struct collector *collector, const char *name, const char *path)
{
	static const struct {
		const char *end, *words;
	} ends[] = {
		{".yml", N_("passed over: playlist files are named .yaml")},
		{".gif", N_("passed over: a GIF cannot be shown; save it as PNG")},
		{".webp", N_("passed over: a WebP picture cannot be shown; save it as PNG or JPEG")},
		{".svg", N_("passed over: a drawing cannot be shown; export it as PNG in the size of the "
			    "display")},
		{".bmp", N_("passed over: a BMP cannot be shown; save it as PNG")},
		{".png", N_("passed over: a picture's name ends in small letters, .png")},
		{".jpg", N_("passed over: a picture's name ends in small letters, .jpg")},
		{".jpeg", N_("passed over: a picture's name ends in small letters, .jpeg")},
	};
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t end = strlen(ends[i].end);
		if (length > end && strcasecmp(name + length - end, ends[i].end) == 0)
			diag_warning(collector->diags, (struct location){path, 0, 0}, "%s", _(ends[i].words));
	}
}

/* O_NONBLOCK: opening a named pipe must not wait for its writer. */
static int open_file(
	struct collector *collector, int directory, const char *name, const char *path, size_t *ret_size)
{
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	if (fd < 0) {
		report(collector, path,
			errno == ELOOP ? _("a symbolic link is not read; put the file itself here")
				       : words_error(errno));
		return -1;
	}
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		report(collector, path, "this is not a regular file");
		close(fd);
		return -1;
	}
	/* The reader says the same with the limit's words; here it only keeps memory bounded. */
	*ret_size = status.st_size > SOURCE_UNIT_MOST ? SOURCE_UNIT_MOST : (size_t)status.st_size;
	return fd;
}

/* The file may grow or shrink meanwhile: what is read counts. */
static bool read_all(int fd, char *data, size_t size, size_t *ret_size)
{
	size_t have = 0;
	while (have < size) {
		ssize_t got = read(fd, data + have, size - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*ret_size = have;
	return true;
}

/* Of a file given alone: what it says. Its faults are told when the catalogue is built. */
static char *unit_of(const char *data, size_t size)
{
	struct diag_list diags;
	diag_init(&diags);
	char *unit = NULL;
	struct tree *tree = conf_read_yaml("", data, size, NULL, &diags);
	struct node *root = tree ? tree_root(tree) : NULL;
	for (size_t i = 0; root && i < root->count && !unit; i++) {
		const struct node *node = root->children[i];
		if (strcmp(node->key, "unit") == 0 && node->kind == NODE_SCALAR && is_unit_name(node->text))
			unit = xstrdup(node->text);
	}
	tree_destroy(tree);
	diag_finish(&diags);
	return unit ? unit : xstrdup("unit");
}

/* Of a picture given alone: the name of its directory. */
static char *unit_above(const char *path)
{
	char *real = realpath(path, NULL), *unit = NULL;
	char *slash = real ? strrchr(real, '/') : NULL;
	if (slash && slash > real) {
		*slash = '\0';
		unit = xstrdup(strrchr(real, '/') + 1);
	}
	free(real);
	return unit ? unit : xstrdup("unit");
}

/* unit NULL: what the file says. */
static void add_file(
	struct collector *collector, int directory, const char *name, const char *path, const char *unit)
{
	size_t size;
	int fd = open_file(collector, directory, name, path, &size);
	if (fd < 0)
		return;
	char *data = xmalloc(size + 1);
	if (read_all(fd, data, size, &size)) {
		data[size] = '\0';
		char *own_unit = unit			   ? xstrdup(unit)
				 : source_is_picture(name) ? unit_above(name)
							   : unit_of(data, size);
		array_reserve_one(collector->files, collector->count, collector->capacity);
		collector->files[collector->count++] = (struct source_file){.unit = own_unit,
			.name = xasprintf("%s/%s", own_unit, name),
			.data = data,
			.size = size,
			.path = xstrdup(path)};
	} else {
		report(collector, path, words_error(errno));
		free(data);
	}
	close(fd);
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

struct listing {
	struct dirent **entries;
	int count;
};

static bool list(struct collector *collector, int directory, const char *path, struct listing *ret)
{
	int count = scandirat(directory, ".", &ret->entries, visible, compare_names);
	if (count < 0)
		report(collector, path, words_error(errno));
	ret->count = count;
	return count >= 0;
}

static void free_listing(struct listing *listing)
{
	for (int i = 0; i < listing->count; i++)
		free(listing->entries[i]);
	free(listing->entries);
}

static bool is_directory(int directory, const char *name)
{
	struct stat status;
	return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* A directory of *.yaml. */
static void add_unit(struct collector *collector, int directory, const char *path, const char *unit)
{
	struct listing listing;
	if (!list(collector, directory, path, &listing))
		return;
	for (int i = 0; i < listing.count; i++) {
		const char *name = listing.entries[i]->d_name;
		char *file = xasprintf("%s/%s", path, name);
		if (is_directory(directory, name))
			report(collector, file,
				"a directory within a unit is not read; put its files beside the others");
		else if (is_source(name) && collector->count < FILES_MOST)
			add_file(collector, directory, name, file, unit);
		else if (is_source(name))
			report(collector, file, "too many files");
		else
			warn_passed_over(collector, name, file);
		free(file);
	}
	free_listing(&listing);
}

static void add_unit_below(struct collector *collector, int directory, const char *path, const char *name)
{
	char *below = xasprintf("%s/%s", path, name);
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		report(collector, below, words_error(errno));
	else if (!is_unit_name(name))
		report(collector, below, "a unit's directory is named with a-z, 0-9 and `-`; rename it");
	else
		add_unit(collector, fd, below, name);
	if (fd >= 0)
		close(fd);
	free(below);
}

static void add_tree(
	struct collector *collector, int directory, const char *path, const struct listing *listing)
{
	for (int i = 0; i < listing->count; i++) {
		struct stat status;
		const char *name = listing->entries[i]->d_name;
		if (is_directory(directory, name)) {
			add_unit_below(collector, directory, path, name);
		} else if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			   S_ISLNK(status.st_mode)) {
			char *link = xasprintf("%s/%s", path, name);
			report(collector, link, "a symbolic link is not read; put the directory itself here");
			free(link);
		}
	}
}

/* Directories that hold playlist files are a unit's, others a tree of them. */
static void add_directory(struct collector *collector, int directory, const char *path)
{
	struct listing listing;
	bool has_files = false;
	if (!list(collector, directory, path, &listing))
		return;
	for (int i = 0; i < listing.count; i++)
		has_files |= is_playlist(listing.entries[i]->d_name);
	if (has_files) {
		char *real = realpath(path, NULL);
		const char *unit = real ? strrchr(real, '/') + 1 : "";
		if (is_unit_name(unit))
			add_unit(collector, directory, path, unit);
		else
			report(collector, path,
				"a unit's directory is named with a-z, 0-9 and `-`; rename it");
		free(real);
	} else {
		add_tree(collector, directory, path, &listing);
	}
	free_listing(&listing);
}

/* Without the slashes at the end that completion in a shell leaves. */
static char *trimmed(const char *path)
{
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	return xstrndup(path, length);
}

int sources_read(const char *path, struct source_file **ret_files, size_t *ret_count, struct diag_list *diags)
{
	struct collector collector = {.diags = diags};
	size_t errors = diags->errors;
	char *top = trimmed(path);
	struct stat status;
	if (stat(top, &status) < 0) {
		report(&collector, top, words_error(errno));
	} else if (S_ISDIR(status.st_mode)) {
		int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			report(&collector, top, words_error(errno));
		else
			add_directory(&collector, fd, top);
		if (fd >= 0)
			close(fd);
		if (collector.count == 0 && diags->errors == errors)
			report(&collector, top, "no playlist file (*.yaml) is here");
	} else {
		const char *slash = strrchr(top, '/');
		char *real = realpath(top, NULL);
		add_file(&collector, AT_FDCWD, real ? real : top, top, NULL);
		free(real);
		if (collector.count == 1) {
			free((char *)collector.files[0].name);
			collector.files[0].name =
				xasprintf("%s/%s", collector.files[0].unit, slash ? slash + 1 : top);
		}
	}
	free(top);
	if (diags->errors != errors) {
		sources_free(collector.files, collector.count);
		return -EINVAL;
	}
	*ret_files = collector.files;
	*ret_count = collector.count;
	return 0;
}

void sources_free(struct source_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free((char *)files[i].unit);
		free((char *)files[i].name);
		free((char *)files[i].data);
		free((char *)files[i].path);
	}
	free(files);
}
