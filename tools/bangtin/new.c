/* `bangtin new`: a file to begin with. It asks nothing, and never writes over what is there. */
#include "new.h"

#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "cli.h"

#define UNIT_OTHERWISE "don-vi"
#define SCHEMA_PATH    BANGTIN_PREFIX "/share/bangtin/bangtin-playlist.schema.json"

enum { NAME_MOST = 63 };

static bool is_unit_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length <= NAME_MOST &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* The directory that the file will be in is a unit's, if its name can be one's. The caller frees. */
static char *unit_of(const char *path)
{
	char *directory = path_directory(path);
	char *real = realpath(directory, NULL);
	const char *name = real ? strrchr(real, '/') + 1 : "";
	char *unit = xstrdup(is_unit_name(name) ? name : UNIT_OTHERWISE);
	free(real);
	free(directory);
	return unit;
}

static void put_piece(FILE *to, const char *text, const char *unit)
{
	static const char unit_place[] = "@UNIT@", schema_place[] = "@SCHEMA@";
	for (const char *at; (at = strchr(text, '@'));) {
		fwrite(text, 1, (size_t)(at - text), to);
		if (strncmp(at, unit_place, strlen(unit_place)) == 0) {
			fputs(unit, to);
			text = at + strlen(unit_place);
		} else if (strncmp(at, schema_place, strlen(schema_place)) == 0) {
			fputs(SCHEMA_PATH, to);
			text = at + strlen(schema_place);
		} else {
			fputc('@', to);
			text = at + 1;
		}
	}
	fputs(text, to);
}

static char *write_starter(const struct starter *starter, const char *unit, bool english)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	if (!to)
		abort();
	for (const struct starter_piece *piece = starter->pieces; piece->vi; piece++)
		put_piece(to, english && piece->en ? piece->en : piece->vi, unit);
	if (fclose(to) != 0)
		abort();
	return text;
}

static int make(const struct starter *starter, const char *path, const char *unit, bool english)
{
	char *own_unit = unit ? xstrdup(unit) : unit_of(path);
	char *text = write_starter(starter, own_unit, english);
	int error = 0, code = EXIT_DONE;
	if (strcmp(path, "-") == 0)
		fputs(text, stdout);
	else
		error = file_write_new(path, text, strlen(text), 0644);
	if (error == -EEXIST)
		code = cli_fail(EXIT_INPUT, "%s is there already; nothing was written", path);
	else if (error < 0)
		code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	else if (strcmp(path, "-") != 0)
		printf(_("%s is written; when it says what you want: bangtin check %s\n"), path, path);
	free(text);
	free(own_unit);
	return code;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), size = strlen(end);
	return length > size && strcmp(text + length - size, end) == 0;
}

/* For Vietnamese offices, unless somebody says otherwise; what is printed stays in the language that it is in. */
static bool wants_english(void)
{
	enum language spoken = words_spoken();
	words_settle(LANGUAGE_VIETNAMESE);
	bool english = words_own() == LANGUAGE_ENGLISH;
	words_settle(spoken);
	return english;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *unit = NULL;
	const struct flag flags[] = {{"unit", 0, FLAG_VALUE, &unit}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	const struct starter *starter = starters;
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	while (operands > 0 && starter->kind && strcmp(starter->kind, argv[0]) != 0)
		starter++;
	if (!starter->kind)
		return cli_usage(command, "`%s` cannot be made; there are playlist, page and site", argv[0]);
	if (operands > 2)
		return cli_usage(command, "one file at a time");
	if (unit && !is_unit_name(unit))
		return cli_usage(command, "a unit's name is made of 1 to 63 of a-z, 0-9 and `-`");
	const char *path = operands == 2 ? argv[1] : starter->name;
	if (strcmp(path, "-") != 0 && !ends_with(path, starter->end))
		return cli_usage(command, "%s: the file's name must end in %s", path, starter->end);
	return make(starter, path, unit, wants_english());
}

const struct command command_new = {
	.name = "new",
	.arguments = "[playlist | page | site] [FILE]",
	.summary = N_("Writes a file to begin with, its comments in Vietnamese"),
	.help = N_(
		"playlist (thong-bao.yaml): messages and when they play; page (trang.yaml): a layout for "
		"screens;\n"
		"site (bangtind.conf): a site and its displays. With --lang en its comments are in English. "
		"FILE `-`\n"
		"is the standard output; a file that is there already is left alone.\n\n"
		"      --unit NAME           whose it is; else the name of the file's directory\n"),
	.run = run,
};
