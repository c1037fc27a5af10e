/* `bangtin help B013`: what a number that check or load gave means. */
#include <stdio.h>
#include <string.h>

#include "base/note.h"
#include "base/words.h"
#include "cli.h"

enum { COLUMNS = 80 };

/* Counts characters, not bytes. */
static int width_of(const char *text, size_t size)
{
	int width = 0;
	for (size_t i = 0; i < size; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

static void print_wrapped(const char *text)
{
	int column = 0;
	while (*text) {
		if (*text == '\n') { /* two end a paragraph */
			fputs("\n\n", stdout);
			column = 0;
			text += strspn(text, "\n");
			continue;
		}
		size_t size = strcspn(text, " \n");
		int width = width_of(text, size);
		bool next = column > 0 && column + 1 + width > COLUMNS;
		printf("%s%.*s", column == 0 ? "" : next ? "\n" : " ", (int)size, text);
		column = column == 0 || next ? width : column + 1 + width;
		text += size;
		text += *text == ' ';
	}
	putchar('\n');
}

static void print_page(const struct note_page *page)
{
	char name[NOTE_NAME_SIZE];
	note_name(page->note, name);
	printf("%s (%s): %s\n\n", name, page->severity == DIAG_ERROR ? _("error") : _("warning"),
		_(page->title));
	print_wrapped(_(page->text));
}

static void print_list(void)
{
	for (size_t i = 0; note_page_at(i); i++) {
		const struct note_page *page = note_page_at(i);
		char name[NOTE_NAME_SIZE];
		note_name(page->note, name);
		const char *severity = page->severity == DIAG_ERROR ? _("error") : _("warning");
		printf("%s  %s%*s  %s\n", name, severity, words_room(severity, 8), "", _(page->title));
	}
	puts(_("\n`bangtin help B013` explains one of them."));
}

static void print_json(const struct note_page *only)
{
	json_t *list = json_array();
	for (size_t i = 0; note_page_at(i); i++) {
		const struct note_page *page = note_page_at(i);
		char name[NOTE_NAME_SIZE];
		note_name(page->note, name);
		if (!only || only == page)
			json_array_append_new(
				list, json_pack("{s:s, s:s, s:s, s:s}", "note", name, "severity",
					      page->severity == DIAG_ERROR ? "error" : "warning", "title",
					      _(page->title), "text", _(page->text)));
	}
	cli_print_json(list);
	json_decref(list);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const struct flag flags[] = {{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 1)
		return cli_usage(command, "one number at a time");
	bool all = operands == 0 || strcmp(argv[0], "notes") == 0;
	const struct note_page *page = all ? NULL : note_page_named(argv[0]);
	if (!all && !page)
		return cli_fail(
			EXIT_USAGE, "there is no note `%s`; `bangtin help notes` lists them", argv[0]);
	if (common.json)
		print_json(page);
	else if (page)
		print_page(page);
	else
		print_list();
	return EXIT_DONE;
}

const struct command command_help = {
	.name = "help",
	.arguments = "[NOTE|notes]",
	.summary = N_("Explains a number that check or load gave, as B013"),
	.help = N_("NOTE is such a number; `notes` lists all of them.\n"),
	.run = run,
};
