/* `bangtin help B013`: what a number that check, load or the daemon's log gave means. (Of a command main.c tells.) */
#include <stdio.h>
#include <string.h>

#include "base/event.h"
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

/* A note of check and load, or an event of the daemon's log. */
struct help_page {
	char name[NOTE_NAME_SIZE];
	const char *key, *severity; /* as in JSON */
	const char *title, *text;
};

static bool note_at(size_t index, struct help_page *ret_page)
{
	const struct note_page *note = note_page_at(index);
	if (!note)
		return false;
	*ret_page = (struct help_page){.key = "note",
		.severity = note->severity == DIAG_ERROR ? N_("error") : N_("warning"),
		.title = note->title,
		.text = note->text};
	note_name(note->note, ret_page->name);
	return true;
}

static bool event_at(size_t index, struct help_page *ret_page)
{
	const struct event_page *event = event_page_at(index);
	if (!event)
		return false;
	*ret_page = (struct help_page){.key = "event",
		.severity = event_level_name(event->level),
		.title = event->title,
		.text = event->text};
	event_name(event->event, ret_page->name);
	return true;
}

static bool is_named(const char *word, const struct help_page *page)
{
	const struct note_page *note = note_page_named(word);
	const struct event_page *event = event_page_named(word);
	char name[NOTE_NAME_SIZE] = "";
	if (note)
		note_name(note->note, name);
	else if (event)
		event_name(event->event, name);
	return strcmp(name, page->name) == 0;
}

static void print_page(const struct help_page *page)
{
	printf("%s (%s): %s\n\n", page->name, _(page->severity), _(page->title));
	print_wrapped(_(page->text));
}

static void print_row(const struct help_page *page)
{
	const char *severity = _(page->severity);
	printf("%s  %s%*s  %s\n", page->name, severity, words_room(severity, 8), "", _(page->title));
}

static json_t *page_json(const struct help_page *page)
{
	return json_pack("{s:s, s:s, s:s, s:s}", page->key, page->name, "severity", page->severity, "title",
		_(page->title), "text", _(page->text));
}

/* word NULL: all of them. Returns how many there were. */
static size_t print_pages(bool (*at)(size_t, struct help_page *), const char *word, json_t *list)
{
	struct help_page page;
	size_t found = 0;
	for (size_t i = 0; at(i, &page); i++) {
		if (word && !is_named(word, &page))
			continue;
		found++;
		if (list)
			json_array_append_new(list, page_json(&page));
		else if (word)
			print_page(&page);
		else
			print_row(&page);
	}
	return found;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const struct flag flags[] = {{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 1)
		return cli_usage(command, "one command or number at a time");
	const char *word = operands == 1 ? argv[0] : "notes";
	json_t *list = common.json ? json_array() : NULL;
	size_t found;
	if (strcmp(word, "notes") == 0)
		found = print_pages(note_at, NULL, list);
	else if (strcmp(word, "events") == 0)
		found = print_pages(event_at, NULL, list);
	else
		found = print_pages(note_at, word, list) + print_pages(event_at, word, list);
	if (list)
		cli_print_json(list);
	else if (strcmp(word, "notes") == 0)
		puts(_("\n`bangtin help B013` explains one of them."));
	else if (strcmp(word, "events") == 0)
		puts(_("\n`bangtin help E202` explains one of them."));
	json_decref(list);
	if (found == 0)
		return cli_fail(EXIT_USAGE,
			"there is no command or number `%s`; `bangtin --help`, `bangtin help notes` and "
			"`bangtin help events` "
			"list them",
			word);
	return EXIT_DONE;
}

const struct command command_help = {
	.name = "help",
	.arguments = "[COMMAND|NUMBER|notes|events]",
	.summary = N_(
		"Explains a command, or a number that check, load or the daemon's log gave, as B013 or E202"),
	.help = N_("COMMAND is one of `bangtin --help`; NUMBER is such a number; `notes` and `events` list "
		   "all of them.\n"),
	.run = run,
};
