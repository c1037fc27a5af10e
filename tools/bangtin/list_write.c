/* A list as a playlist: a message and an entry of the schedule for each announcement. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "fold.h"
#include "lists.h"
#include "playlist/catalogue.h"

enum { NAME_MOST = 40, NAME_TRIES = 10000 };

struct writer {
	struct list *list;
	const struct list_writing *how;
	FILE *to;
	int line; /* the one that is written */
	char **names;
	bool *repeats;			  /* the message is written already */
	int *message_lines, *entry_lines; /* where each begins */
};

struct announcement *list_add(struct list *list, int row, int column)
{
	struct announcement *made = arena_alloc(&list->arena, sizeof *made);
	made->row = row;
	made->column = column;
	array_reserve_one(list->items, list->count, list->capacity);
	list->items[list->count++] = made;
	return made;
}

struct location list_place(const struct list *list, int row, int column)
{
	return (struct location){list->file, row, column};
}

/* --- YAML */

static void put(struct writer *writer, const char *text)
{
	fputs(text, writer->to);
	for (; *text; text++)
		writer->line += *text == '\n';
}

/* A text with braces doubled, as they are no fields: in quotes if YAML could take it for something else. */
static char *quoted(const char *text, bool braces)
{
	GString *made = g_string_new("\"");
	for (const char *at = text; *at; at++) {
		if (*at == '"' || *at == '\\')
			g_string_append_c(made, '\\');
		if (*at == '\n')
			g_string_append(made, "\\n");
		else if (*at != '\r')
			g_string_append_c(made, *at);
		if (braces && (*at == '{' || *at == '}'))
			g_string_append_c(made, *at);
	}
	g_string_append_c(made, '"');
	return g_string_free(made, FALSE);
}

/* Begins with a letter or digit, and holds nothing that means something to YAML. */
static bool is_plain(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	size_t length = strlen(text);
	bool letter = g_ascii_isalnum(text[0]) || (first >= 0xc3 && first <= 0xe1 && first != 0xe0);
	return letter && !strpbrk(text, "\n\r\"\\{}[]#\t") && !strstr(text, ": ") &&
	       !strstr(text, ":\xc2\xa0") && text[length - 1] != ':' && text[length - 1] != ' ';
}

static void put_text(struct writer *writer, const char *key, const char *text, bool braces)
{
	char *made = is_plain(text) ? g_strdup(text) : quoted(text, braces);
	put(writer, "    ");
	put(writer, key);
	put(writer, ": ");
	put(writer, made);
	put(writer, "\n");
	g_free(made);
}

static void put_value(struct writer *writer, const char *key, const char *value)
{
	if (!value)
		return;
	char *line = xasprintf("    %s: %s\n", key, value);
	put(writer, line);
	free(line);
}

static void put_comment(struct writer *writer, const char *notes)
{
	char **lines = g_strsplit(notes ? notes : "", "\n", -1);
	for (int i = 0; lines[i]; i++) {
		char *text = g_strstrip(lines[i]);
		if (!*text)
			continue;
		put(writer, "  # ");
		put(writer, text);
		put(writer, "\n");
	}
	g_strfreev(lines);
}

/* --- names */

/* The first words of what it is called after: [a-z0-9-], not longer than NAME_MOST. */
static char *short_name(const char *text)
{
	char *folded = fold(text);
	GString *name = g_string_new(NULL);
	for (const char *at = folded; *at && name->len < NAME_MOST; at++) {
		if (g_ascii_isalnum(*at))
			g_string_append_c(name, *at);
		else if ((unsigned char)*at < 0x80 && name->len > 0 && name->str[name->len - 1] != '-')
			g_string_append_c(name, '-');
	}
	/* not in the middle of a word */
	if (name->len == NAME_MOST && strchr(name->str, '-'))
		g_string_truncate(name, (gsize)(strrchr(name->str, '-') - name->str));
	while (name->len > 0 && name->str[name->len - 1] == '-')
		g_string_truncate(name, name->len - 1);
	g_free(folded);
	if (name->len == 0)
		g_string_append(name, "thong-bao");
	return g_string_free(name, FALSE);
}

static char *tried_name(GHashTable *taken, const char *wanted)
{
	char *name = short_name(wanted), *tried = g_strdup(name);
	for (int n = 2; g_hash_table_contains(taken, tried) && n < NAME_TRIES; n++) {
		g_free(tried);
		tried = g_strdup_printf("%s-%d", name, n);
	}
	g_free(name);
	return tried;
}

/* What says the same is one message; two others of one name are told apart by their number. */
static void name_all(struct writer *writer)
{
	struct list *list = writer->list;
	GHashTable *taken = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTable *said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	writer->names = xcalloc(list->count + 1, sizeof *writer->names);
	writer->repeats = xcalloc(list->count + 1, sizeof *writer->repeats);
	for (size_t i = 0; i < list->count; i++) {
		const struct announcement *item = list->items[i];
		char *all = g_strdup_printf("%s\1%s\1%s\1%s", item->text, item->qr ? item->qr : "",
			item->name ? item->name : "", item->notes ? item->notes : "");
		const char *known = g_hash_table_lookup(said, all);
		writer->repeats[i] = known != NULL;
		writer->names[i] =
			known ? g_strdup(known) : tried_name(taken, item->name ? item->name : item->text);
		if (known) {
			g_free(all);
		} else {
			g_hash_table_insert(said, all, writer->names[i]);
			g_hash_table_add(taken, writer->names[i]);
		}
	}
	g_hash_table_destroy(said);
	g_hash_table_destroy(taken);
}

/* --- the file */

static void put_head(struct writer *writer)
{
	char *head = xasprintf(
		"# %s\nbangtin: 1\nunit: %s\n\nmessages:\n", writer->how->source, writer->how->unit);
	put(writer, head);
	free(head);
}

static void put_message(struct writer *writer, size_t i)
{
	const struct announcement *item = writer->list->items[i];
	writer->message_lines[i] = writer->line;
	if (writer->repeats[i])
		return;
	put_comment(writer, item->notes);
	put(writer, "  ");
	put(writer, writer->names[i]);
	put(writer, ":\n");
	put_text(writer, "text", item->text, true);
	if (item->qr)
		put_text(writer, "qr", item->qr, false);
}

static void put_entry(struct writer *writer, size_t i)
{
	const struct announcement *item = writer->list->items[i];
	writer->entry_lines[i] = writer->line;
	put(writer, "  - show: ");
	put(writer, writer->names[i]);
	put(writer, "\n");
	put_value(writer, "on", item->on ? item->on : writer->how->on);
	put_value(writer, "for", item->duration);
	put_value(writer, "days", item->days);
	put_value(writer, "hours", item->hours);
	put_value(writer, "from", item->from);
	put_value(writer, "until", item->until);
	put_value(writer, "repeat", item->repeat);
	put_value(writer, "also", item->also);
	put_value(writer, "except", item->except);
	put_value(writer, "priority", item->priority);
}

/* The announcement that wrote that line. */
static const struct announcement *origin(const struct writer *writer, int line)
{
	const struct announcement *found = NULL;
	const int *const tables[] = {writer->message_lines, writer->entry_lines};
	for (size_t t = 0; t < 2; t++)
		for (size_t i = 0; i < writer->list->count && tables[t][i] <= line; i++)
			if (t == 1 || !writer->repeats[i])
				found = writer->list->items[i];
	return found;
}

/* The loader is asked; it knows what texts can be shown, and which rules of recurrence. */
static void check(struct writer *writer, const char *text, size_t size)
{
	struct list *list = writer->list;
	struct source_file file = {.unit = writer->how->unit, .data = text, .size = size};
	struct diag_list diags;
	char *name = xasprintf("%s/list.yaml", writer->how->unit);
	diag_init(&diags);
	file.name = name;
	catalogue_unref(catalogue_build(NULL, &file, 1, &diags));
	for (size_t i = 0; i < diags.count; i++) {
		const struct diag *diag = &diags.items[i];
		const struct announcement *from = origin(writer, diag->where.line);
		if (diag->severity == DIAG_ERROR)
			diag_error(list->diags,
				list_place(list, from ? from->row : 0, from ? from->column : 0), "%s",
				diag->message);
	}
	diag_finish(&diags);
	free(name);
}

char *list_write(struct list *list, const struct list_writing *how)
{
	struct writer writer = {.list = list, .how = how, .line = 1};
	char *text = NULL;
	size_t size;
	writer.to = open_memstream(&text, &size);
	if (!writer.to)
		abort();
	writer.message_lines = xcalloc(list->count + 1, sizeof *writer.message_lines);
	writer.entry_lines = xcalloc(list->count + 1, sizeof *writer.entry_lines);
	name_all(&writer);
	put_head(&writer);
	for (size_t i = 0; i < list->count; i++)
		put_message(&writer, i);
	put(&writer, "\nschedule:\n");
	for (size_t i = 0; i < list->count; i++)
		put_entry(&writer, i);
	if (fclose(writer.to) != 0)
		abort();
	check(&writer, text, size);
	for (size_t i = 0; i < list->count; i++)
		g_free(writer.names[i]);
	free(writer.names);
	free(writer.repeats);
	free(writer.message_lines);
	free(writer.entry_lines);
	return text;
}
