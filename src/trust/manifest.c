#include "trust/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/time.h"
#include "base/words.h"
#include "trust/private.h"

static const char *const class_names[] = {
	[BUNDLE_CONTENT] = "content", [BUNDLE_EMERGENCY] = "emergency", [BUNDLE_BLANK] = "blank"};

enum field { FORMAT, SCOPE, CLASS, EPOCH, SEQUENCE, ROOT_VERSION, NOT_BEFORE, EXPIRES, FIELDS };
static const char *const field_names[FIELDS] = {[FORMAT] = "bangtin-manifest",
	[SCOPE] = "scope",
	[CLASS] = "class",
	[EPOCH] = "epoch",
	[SEQUENCE] = "sequence",
	[ROOT_VERSION] = "root-version",
	[NOT_BEFORE] = "not-before",
	[EXPIRES] = "expires"};

struct reader {
	struct manifest *manifest;
	struct zone *zone;
	unsigned seen;
	int line;
	struct trust_fault *fault;
};

const char *bundle_class_name(enum bundle_class class)
{
	return class_names[class];
}

int bundle_class_parse(const char *text, enum bundle_class *ret_class)
{
	for (size_t i = 0; i < sizeof class_names / sizeof *class_names; i++) {
		if (strcmp(text, class_names[i]) == 0) {
			*ret_class = (enum bundle_class)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int refuse(const struct reader *reader, const char *what)
{
	return trust_refuse(reader->fault, RULE_SIGNATURES, "MANIFEST:%d: %s; sign the bundle anew",
		reader->line, _(what));
}

static bool take(struct reader *reader, enum field field, const char *value)
{
	struct manifest *m = reader->manifest;
	switch (field) {
	case FORMAT:
		return strcmp(value, "1") == 0;
	case SCOPE:
		snprintf(m->scope, sizeof m->scope, "%s", value);
		return strcmp(value, "*") == 0 || trust_is_name(value);
	case CLASS:
		return bundle_class_parse(value, &m->class) == 0;
	case EPOCH:
		return trust_number(value, &m->epoch);
	case SEQUENCE:
		return trust_number(value, &m->sequence);
	case ROOT_VERSION:
		return trust_number(value, &m->root_version);
	case NOT_BEFORE:
		return time_parse_instant(reader->zone, value, &m->not_before) == 0;
	case EXPIRES:
		return time_parse_instant(reader->zone, value, &m->expires) == 0;
	case FIELDS:
		break;
	}
	return false;
}

static int parse_field(struct reader *reader, char *line)
{
	char *value = strstr(line, ": ");
	if (!value)
		return refuse(reader, "not a line of the form `# word: value`");
	*value = '\0';
	value += 2;
	for (unsigned i = 0; i < FIELDS; i++) {
		if (strcmp(line, field_names[i]) != 0)
			continue;
		if (reader->seen & 1u << i)
			return refuse(reader, "this is said twice");
		reader->seen |= 1u << i;
		return take(reader, (enum field)i, value) ? 0
							  : refuse(reader, "this value is not understood");
	}
	return refuse(reader, "this word is not known");
}

static void append(struct manifest *manifest, const char *hash, const char *name)
{
	manifest->entries = xrealloc(manifest->entries, manifest->count + 1, sizeof *manifest->entries);
	struct manifest_entry *entry = &manifest->entries[manifest->count++];
	snprintf(entry->hash, sizeof entry->hash, "%.64s", hash);
	entry->name = xstrdup(name);
}

static int parse_entry(struct reader *reader, const char *line, size_t length)
{
	struct manifest *manifest = reader->manifest;
	if (length < 67 || !trust_is_hash(line, 64) || line[64] != ' ' || line[65] != ' ' ||
		!trust_is_file_name(line + 66))
		return refuse(reader, "not a line of sha256sum with a plain file name");
	if (manifest->count == MANIFEST_FILES_MOST)
		return refuse(reader, "too many files");
	for (size_t i = 0; i < manifest->count; i++)
		if (strcmp(manifest->entries[i].name, line + 66) == 0)
			return refuse(reader, "this file is here a second time");
	append(manifest, line, line + 66);
	return 0;
}

static int parse_line(struct reader *reader, char *line, size_t length)
{
	reader->line++;
	if (strlen(line) != length)
		return refuse(reader, "this is no text");
	if (reader->line == 1 && strncmp(line, "# bangtin-manifest: ", 20) != 0)
		return refuse(reader, "it begins with `# bangtin-manifest: 1`");
	if (line[0] == '#' && line[1] == ' ')
		return parse_field(reader, line + 2);
	return parse_entry(reader, line, length);
}

static int check_whole(struct reader *reader)
{
	const struct manifest *manifest = reader->manifest;
	for (unsigned i = 0; i < FIELDS; i++)
		if (!(reader->seen & 1u << i))
			return trust_refuse(reader->fault, RULE_SIGNATURES,
				"MANIFEST does not say its %s; sign the bundle anew", field_names[i]);
	bool blank = manifest->class == BUNDLE_BLANK;
	if (blank != (manifest->count == 0))
		return refuse(reader, blank ? _("an order to blank has no files") : _("it has no files"));
	if (blank != (strcmp(manifest->scope, "*") == 0))
		return refuse(reader,
			blank ? _("the scope of an order to blank is *") : _("the scope is one unit"));
	return 0;
}

int manifest_parse(const char *data, size_t size, struct manifest *ret_manifest, struct trust_fault *fault)
{
	struct manifest manifest = {0};
	struct reader reader = {.manifest = &manifest, .fault = fault};
	struct lines lines = {data, data + size};
	const char *line;
	size_t length;
	int error = zone_create("UTC", &reader.zone);
	while (!error && lines_next(&lines, &line, &length)) {
		char *copy = xstrndup(line, length);
		error = parse_line(&reader, copy, length);
		free(copy);
	}
	if (!error)
		error = check_whole(&reader);
	zone_destroy(reader.zone);
	if (error)
		manifest_finish(&manifest);
	else
		*ret_manifest = manifest;
	return error;
}

void manifest_finish(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		free(manifest->entries[i].name);
	free(manifest->entries);
	*manifest = (struct manifest){0};
}

void manifest_add(struct manifest *manifest, const char *name, const void *data, size_t size)
{
	char hex[DIGEST_HEX];
	digest_sha256(data, size, hex);
	append(manifest, hex, name);
}

char *manifest_text(const struct manifest *manifest)
{
	char *text = NULL, not_before[48], expires[48];
	struct zone *zone;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	if (!to || zone_create("UTC", &zone) < 0)
		abort();
	time_format(zone, manifest->not_before, not_before, sizeof not_before);
	time_format(zone, manifest->expires, expires, sizeof expires);
	zone_destroy(zone);
	fprintf(to,
		"# bangtin-manifest: 1\n# scope: %s\n# class: %s\n# epoch: %lld\n# sequence: %lld\n"
		"# root-version: %lld\n# not-before: %s\n# expires: %s\n",
		manifest->scope, class_names[manifest->class], (long long)manifest->epoch,
		(long long)manifest->sequence, (long long)manifest->root_version, not_before, expires);
	for (size_t i = 0; i < manifest->count; i++)
		fprintf(to, "%s  %s\n", manifest->entries[i].hash, manifest->entries[i].name);
	if (fclose(to) != 0)
		abort();
	return text;
}
