/* `bangtin import`: lists that offices keep become playlists; with --usb, bundles are taken off a stick. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "cli.h"
#include "lists.h"
#include "usb.h"

enum { LIST_MOST = 8 << 20, NAME_MOST = 63 };

struct options {
	const char *unit, *on, *output, *encoding, *separator, *zone;
	bool partial;
};

static bool begins_calendar(const char *text)
{
	return strncasecmp(text + strspn(text, " \t\r\n"), "BEGIN:VCALENDAR", 15) == 0;
}

static char separator_of(const char *name)
{
	return !name ? '\0' : strcmp(name, "tab") == 0 ? '\t' : name[0];
}

static int read_input(const char *path, char **ret_data, size_t *ret_size)
{
	if (strcmp(path, "-") != 0) {
		int error = file_read(path, LIST_MOST, ret_data, ret_size);
		const char *why = error == -EINVAL ? _("this is not a regular file") : words_error(error);
		return error < 0 ? cli_fail(EXIT_INPUT, "%s: %s", path, why) : EXIT_DONE;
	}
	char *data = xmalloc(LIST_MOST + 1);
	*ret_size = fread(data, 1, LIST_MOST, stdin);
	data[*ret_size] = '\0';
	*ret_data = data;
	return EXIT_DONE;
}

/* What was refused is named in the playlist too, and its announcements are taken out. */
static void leave_out(struct list *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		bool refused = false;
		for (size_t k = 0; k < list->diags->count; k++)
			refused |= list->diags->items[k].severity == DIAG_ERROR &&
				   list->diags->items[k].where.line == list->items[i]->row;
		if (!refused)
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static char *write_list(struct list *list, const struct options *options)
{
	char *source = xasprintf(_("Taken from %s by `bangtin import`."), list->file);
	const struct list_writing how = {options->unit ? options->unit : "don-vi",
		options->on ? value_targets(&list->arena, options->on) : "all", source};
	char *text = list_write(list, &how);
	/* Without the faulty ones the rest can be taken. */
	if (options->partial && list->diags->errors > 0 && !list->diags->truncated) {
		size_t errors = list->diags->errors;
		free(text);
		leave_out(list);
		text = list_write(list, &how);
		if (list->diags->errors != errors || list->count == 0) {
			free(text);
			text = NULL;
		}
	}
	free(source);
	return text;
}

static int give_out(const char *text, const struct options *options, size_t count)
{
	if (!options->output || strcmp(options->output, "-") == 0) {
		fputs(text, stdout);
		return EXIT_DONE;
	}
	int error = file_write_new(options->output, text, strlen(text), 0644);
	if (error == -EEXIST)
		return cli_fail(EXIT_INPUT, "%s is there already; nothing was written", options->output);
	if (error < 0)
		return cli_fail(EXIT_INPUT, "%s: %s", options->output, words_error(error));
	printf(words_n("%s: %zu announcement\n", "%s: %zu announcements\n", count), options->output, count);
	return EXIT_DONE;
}

static void print(const struct diag_list *diags, bool json)
{
	if (json)
		diag_print_json(diags, stderr);
	else
		diag_print(diags, stderr);
}

static int import_text(struct list *list, const char *text, const struct options *options, bool json)
{
	if (begins_calendar(text))
		list_read_ics(list, text);
	else
		list_read_csv(list, text, separator_of(options->separator));
	if (list->count == 0 && list->diags->errors == 0)
		diag_error(list->diags, (struct location){list->file, 0, 0}, "the list is empty");
	char *made = list->count > 0 ? write_list(list, options) : NULL;
	bool good = made && (list->diags->errors == 0 || options->partial);
	diag_sort(list->diags);
	print(list->diags, json);
	int code = good ? give_out(made, options, list->count) : EXIT_INPUT;
	free(made);
	return code;
}

static int import_list(const char *path, const struct options *options, const struct common *common)
{
	struct diag_list diags;
	struct zone *own = NULL;
	struct site *site = NULL;
	char *data = NULL, *text = NULL;
	size_t size;
	int code = read_input(path, &data, &size);
	if (code != EXIT_DONE)
		return code;
	diag_init(&diags);
	struct list list = {.file = path, .diags = &diags};
	arena_init(&list.arena);
	if (common->configuration && !(site = site_read(common->configuration, &diags)))
		diag_print(&diags, stderr);
	else if (!site && zone_create(options->zone ? options->zone : "Asia/Ho_Chi_Minh", &own) < 0)
		cli_fail(EXIT_INPUT, "there is no time zone `%s`", options->zone);
	list.zone = site ? site->zone : own;
	code = EXIT_INPUT;
	if (list.zone && (text = list_decode(&list, data, size, options->encoding)))
		code = import_text(&list, text, options, common->json);
	else if (list.zone)
		print(&diags, common->json);
	zone_destroy(own);
	site_destroy(site);
	free(text);
	free(data);
	free(list.items);
	arena_finish(&list.arena);
	diag_finish(&diags);
	return code;
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static int check_options(const struct command *command, const struct options *options)
{
	static const char *const encodings[] = {
		"auto", "utf-8", "utf-16", "tcvn3", "vni", "viscii", "windows-1258"};
	static const char *const separators[] = {",", ";", "tab"};
	struct arena arena;
	if (options->unit && (strlen(options->unit) == 0 || strlen(options->unit) > NAME_MOST ||
				     strspn(options->unit, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
					     strlen(options->unit)))
		return cli_usage(command, "a unit's name is made of 1 to 63 of a-z, 0-9 and `-`");
	if (options->encoding && !is_one_of(options->encoding, encodings, 7))
		return cli_usage(
			command, "--encoding wants auto, utf-8, utf-16, tcvn3, vni, viscii or windows-1258");
	if (options->separator && !is_one_of(options->separator, separators, 3))
		return cli_usage(command, "--separator wants , or ; or tab");
	arena_init(&arena);
	bool good = !options->on || value_targets(&arena, options->on);
	arena_finish(&arena);
	return good ? EXIT_DONE
		    : cli_usage(command, "--on wants names or tags of displays with commas between");
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct options options = {0};
	const char *mount = NULL;
	const struct flag flags[] = {{"usb", 0, FLAG_VALUE, &mount}, {"unit", 0, FLAG_VALUE, &options.unit},
		{"on", 0, FLAG_VALUE, &options.on}, {"output", 'o', FLAG_VALUE, &options.output},
		{"encoding", 0, FLAG_VALUE, &options.encoding},
		{"separator", 0, FLAG_VALUE, &options.separator}, {"zone", 0, FLAG_VALUE, &options.zone},
		{"partial", 0, FLAG_SET, &options.partial}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (mount)
		return operands > 0
			       ? cli_usage(command, "all that the stick has is taken in; it takes no names")
			       : usb_import(&common, mount);
	if (operands != 1)
		return cli_usage(
			command, "one list at a time, a CSV or iCalendar file; or --usb MOUNT for a stick");
	code = check_options(command, &options);
	return code == EXIT_DONE ? import_list(argv[0], &options, &common) : code;
}

const struct command command_import = {
	.name = "import",
	.arguments = "FILE [-o PLAYLIST] | --usb MOUNT [-c FILE]",
	.summary = N_("Makes a playlist of a table (CSV) or a calendar; or takes in every bundle of a stick"),
	.help = N_("A row or event that cannot be taken is named with the reason, and then nothing is "
		   "written.\n\n"
		   "  -o, --output PLAYLIST     where to; else the standard output\n"
		   "      --unit NAME           whose it is; don-vi if not said\n"
		   "      --on NAMES            displays, where the list names none; all if not said\n"
		   "      --encoding NAME       utf-8, utf-16, tcvn3, vni, viscii or windows-1258; else "
		   "found out\n"
		   "      --separator CHARACTER of a table: , or ; or tab; else found out\n"
		   "      --zone NAME           of the clock, without -c; Asia/Ho_Chi_Minh if not said\n"
		   "      --partial             leave out what cannot be taken, and write the rest\n"
		   "      --usb MOUNT           where the stick is mounted: its root files first; each "
		   "bundle is "
		   "accepted\n"
		   "                            whole or refused\n"),
	.run = run,
};
