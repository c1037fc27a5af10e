#include "base/diag.h"

#include "base/alloc.h"
#include "base/note.h"
#include "base/text.h"
#include "base/words.h"

void diag_init(struct diag_list *list)
{
	*list = (struct diag_list){0};
}

static void forget(struct diag *diag)
{
	free((char *)diag->where.file);
	free(diag->message);
}

void diag_finish(struct diag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		forget(&list->items[i]);
	free(list->items);
	diag_init(list);
}

/* Where the next one goes. A full list gives up its last warning for an error: what made the input be refused must
 * not be hidden by what did not. NULL: no room. */
static struct diag *make_room(struct diag_list *list, enum diag_severity severity)
{
	if (list->count < DIAG_MOST) {
		array_reserve_one(list->items, list->count, list->capacity);
		return &list->items[list->count++];
	}
	list->truncated = true;
	for (size_t i = list->count; severity == DIAG_ERROR && i-- > 0;) {
		if (list->items[i].severity == DIAG_WARNING) {
			forget(&list->items[i]);
			memmove(&list->items[i], &list->items[i + 1],
				(list->count - i - 1) * sizeof *list->items);
			return &list->items[list->count - 1];
		}
	}
	return NULL;
}

static void add(struct diag_list *list, enum diag_severity severity, enum note note, struct location where,
	const char *format, va_list arguments)
{
	struct diag *diag = make_room(list, severity);
	char *message;

	list->errors += severity == DIAG_ERROR;
	if (!diag)
		return;
	if (vasprintf(&message, _(format), arguments) < 0)
		abort();
	where.file = xstrdup(where.file);
	*diag = (struct diag){.severity = severity, .where = where, .message = message, .note = note};
}

void diag_error(struct diag_list *list, struct location where, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(list, DIAG_ERROR, NOTE_NONE, where, format, arguments);
	va_end(arguments);
}

void diag_warning(struct diag_list *list, struct location where, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(list, DIAG_WARNING, NOTE_NONE, where, format, arguments);
	va_end(arguments);
}

void diag_note(struct diag_list *list, enum note note, struct location where, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(list, note_page(note)->severity, note, where, format, arguments);
	va_end(arguments);
}

void diag_repeat(struct diag_list *list, const struct diag *diag, const char *message)
{
	struct diag *repeated = make_room(list, diag->severity);

	list->errors += diag->severity == DIAG_ERROR;
	if (!repeated)
		return;
	*repeated = *diag;
	repeated->where.file = xstrdup(diag->where.file);
	repeated->message = xstrdup(message);
}

static int compare(const struct diag *a, const struct diag *b)
{
	int order = strcmp(a->where.file ? a->where.file : "", b->where.file ? b->where.file : "");

	if (!order)
		order = (a->where.line > b->where.line) - (a->where.line < b->where.line);
	if (!order)
		order = (a->where.column > b->where.column) - (a->where.column < b->where.column);
	return order;
}

/* Insertion: stable, as qsort is not, and the list is short. */
void diag_sort(struct diag_list *list)
{
	for (size_t i = 1; i < list->count; i++) {
		struct diag moving = list->items[i];
		size_t to = i;

		for (; to > 0 && compare(&list->items[to - 1], &moving) > 0; to--)
			list->items[to] = list->items[to - 1];
		list->items[to] = moving;
	}
}

static const char *severity_name(enum diag_severity severity)
{
	return severity == DIAG_ERROR ? N_("error") : N_("warning");
}

static void print_note(int note, FILE *to)
{
	char name[NOTE_NAME_SIZE];

	if (note == NOTE_NONE)
		return;
	note_name((enum note)note, name);
	fprintf(to, " [%s]", name);
}

/* A file may have any name; a terminal is given no controls of it. */
static void print_file(const char *name, FILE *to)
{
	for (size_t valid = 0; *name; name++, valid -= valid > 0) {
		unsigned char c = (unsigned char)*name;

		if (valid == 0)
			valid = utf8_valid_prefix(name, strlen(name));
		if (valid == 0 || c < 0x20 || c == 0x7f)
			fprintf(to, "\\x%02x", c);
		else
			fputc(c, to);
	}
}

void diag_print(const struct diag_list *list, FILE *to)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct diag *diag = &list->items[i];

		if (diag->where.file) {
			print_file(diag->where.file, to);
			fputc(':', to);
		}
		if (diag->where.line > 0)
			fprintf(to, "%d:", diag->where.line);
		if (diag->where.line > 0 && diag->where.column > 0)
			fprintf(to, "%d:", diag->where.column);
		fprintf(to, "%s%s: %s", diag->where.file || diag->where.line > 0 ? " " : "",
			_(severity_name(diag->severity)), diag->message);
		print_note(diag->note, to);
		fputc('\n', to);
	}
	if (list->truncated)
		fprintf(to, _("more than %d were found; correct these and check again\n"), DIAG_MOST);
}

/* JSON is UTF-8; what is not has the replacement character's place. */
static void print_json_string(const char *text, FILE *to)
{
	fputc('"', to);
	for (size_t valid = 0; *text; text++, valid -= valid > 0) {
		unsigned char c = (unsigned char)*text;

		if (valid == 0)
			valid = utf8_valid_prefix(text, strlen(text));
		if (valid == 0)
			fputs("\\ufffd", to);
		else if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void print_json_note(int note, FILE *to)
{
	char name[NOTE_NAME_SIZE];

	note_name((enum note)note, name);
	if (note != NOTE_NONE)
		fprintf(to, ", \"note\": \"%s\"", name);
}

void diag_print_json(const struct diag_list *list, FILE *to)
{
	fputc('[', to);
	for (size_t i = 0; i < list->count; i++) {
		const struct diag *diag = &list->items[i];

		fputs(i ? ",\n {\"file\": " : "{\"file\": ", to);
		if (diag->where.file)
			print_json_string(diag->where.file, to);
		else
			fputs("null", to);
		fprintf(to, ", \"line\": %d, \"column\": %d, \"severity\": \"%s\", \"message\": ",
			diag->where.line, diag->where.column, severity_name(diag->severity));
		print_json_string(diag->message, to);
		print_json_note(diag->note, to);
		fputc('}', to);
	}
	fputs("]\n", to);
}

char *diag_text(const struct diag_list *list)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	diag_print(list, to);
	if (fclose(to) != 0)
		abort();
	return text;
}
