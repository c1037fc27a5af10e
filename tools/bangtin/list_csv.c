/* Tables: values between separators (RFC 4180), as spreadsheets export them, below a row of headers. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "fold.h"
#include "lists.h"

enum { COLUMNS_MOST = 64, HEADER_WITHIN = 20, ROWS_MOST = 5000 };

struct row {
	char *cells[COLUMNS_MOST]; /* without blanks at the ends, from the list's arena */
	int count, number;
	bool wide; /* it has more cells than are read */
};

struct table {
	struct list *list;
	const char *at;
	char separator;
	int number;
	int columns[COLUMNS_MOST]; /* what each says: an index into meanings, -1: nothing that is known */
	int column_count;
	int text_column;
};

/* --- cells */

/* The cell at *at, which is left at what ends it. NULL: a quote is never closed. */
static char *read_cell(struct table *table)
{
	GString *cell = g_string_new(NULL);
	const char *at = table->at + strspn(table->at, table->separator == '\t' ? " " : " \t");
	bool closed = true;
	if (*at == '"') {
		closed = false;
		for (at++; *at; at++) {
			if (*at == '"' && at[1] != '"') {
				closed = true;
				at++;
				break;
			}
			at += *at == '"';
			g_string_append_c(cell, *at);
		}
	}
	for (; *at && *at != table->separator && *at != '\n' && *at != '\r'; at++)
		g_string_append_c(cell, *at);
	table->at = at;
	for (char *tab = cell->str; (tab = strpbrk(tab, "\t\r"));)
		*tab = ' ';
	char *kept = closed ? arena_strdup(&table->list->arena, g_strstrip(cell->str)) : NULL;
	g_string_free(cell, TRUE);
	return kept;
}

/* False at the end, or where it cannot go on. */
static bool read_row(struct table *table, struct row *row)
{
	*row = (struct row){.number = ++table->number};
	if (*table->at == '\0')
		return false;
	for (;;) {
		char *cell = read_cell(table);
		if (!cell) {
			diag_error(table->list->diags, list_place(table->list, row->number, row->count + 1),
				"the quote that begins this cell is never closed");
			return false;
		}
		if (row->count < COLUMNS_MOST)
			row->cells[row->count++] = cell;
		else
			row->wide |= *cell != '\0';
		if (*table->at != table->separator)
			break;
		table->at++;
	}
	table->at += strspn(table->at, "\r");
	table->at += *table->at == '\n';
	return true;
}

static bool is_empty(const struct row *row)
{
	for (int i = 0; i < row->count; i++)
		if (*row->cells[i])
			return false;
	return !row->wide;
}

/* --- columns */

enum meaning {
	TEXT,
	FROM,
	UNTIL,
	HOURS,
	HOUR_FROM,
	HOUR_UNTIL,
	ON,
	DAYS,
	DURATION,
	PRIORITY,
	NAME,
	QR,
	NOTES,
	NUMBER
};

static const struct {
	const char *header; /* folded */
	enum meaning meaning;
} meanings[] = {
	{"noi-dung", TEXT},
	{"noi-dung-thong-bao", TEXT},
	{"noi-dung-hien-thi", TEXT},
	{"thong-bao", TEXT},
	{"text", TEXT},
	{"content", TEXT},
	{"message", TEXT},
	{"tu-ngay", FROM},
	{"ngay-bat-dau", FROM},
	{"bat-dau", FROM},
	{"from", FROM},
	{"start", FROM},
	{"start-date", FROM},
	{"den-ngay", UNTIL},
	{"ngay-ket-thuc", UNTIL},
	{"ket-thuc", UNTIL},
	{"het-han", UNTIL},
	{"until", UNTIL},
	{"to", UNTIL},
	{"end", UNTIL},
	{"end-date", UNTIL},
	{"gio", HOURS},
	{"khung-gio", HOURS},
	{"gio-phat", HOURS},
	{"gio-hien-thi", HOURS},
	{"thoi-gian", HOURS},
	{"hours", HOURS},
	{"tu-gio", HOUR_FROM},
	{"gio-bat-dau", HOUR_FROM},
	{"start-time", HOUR_FROM},
	{"den-gio", HOUR_UNTIL},
	{"gio-ket-thuc", HOUR_UNTIL},
	{"end-time", HOUR_UNTIL},
	{"bang", ON},
	{"man-hinh", ON},
	{"noi-hien-thi", ON},
	{"bang-hien-thi", ON},
	{"on", ON},
	{"display", ON},
	{"displays", ON},
	{"thu", DAYS},
	{"ngay-trong-tuan", DAYS},
	{"cac-thu", DAYS},
	{"days", DAYS},
	{"weekdays", DAYS},
	{"thoi-luong", DURATION},
	{"so-giay", DURATION},
	{"for", DURATION},
	{"duration", DURATION},
	{"seconds", DURATION},
	{"uu-tien", PRIORITY},
	{"muc-uu-tien", PRIORITY},
	{"do-uu-tien", PRIORITY},
	{"priority", PRIORITY},
	{"ten", NAME},
	{"ma", NAME},
	{"name", NAME},
	{"qr", QR},
	{"ma-qr", QR},
	{"lien-ket", QR},
	{"duong-dan", QR},
	{"link", QR},
	{"url", QR},
	{"ghi-chu", NOTES},
	{"notes", NOTES},
	{"note", NOTES},
	{"stt", NUMBER},
	{"tt", NUMBER},
	{"so-tt", NUMBER},
	{"so-thu-tu", NUMBER},
	{"no", NUMBER},
	{"no.", NUMBER},
	{"#", NUMBER},
};
enum { MEANINGS = sizeof meanings / sizeof *meanings };

static int meaning_of(const char *header)
{
	char *folded = fold(header);
	int found = -1;
	for (int i = 0; i < MEANINGS && found < 0; i++)
		if (strcmp(folded, meanings[i].header) == 0)
			found = (int)meanings[i].meaning;
	g_free(folded);
	return found;
}

static bool take_headers(struct table *table, const struct row *row)
{
	table->text_column = -1;
	for (int i = 0; i < row->count; i++) {
		table->columns[i] = meaning_of(row->cells[i]);
		if (table->columns[i] == TEXT && table->text_column < 0)
			table->text_column = i;
	}
	table->column_count = row->count;
	return table->text_column >= 0;
}

static void report_headers(const struct table *table, const struct row *row)
{
	struct diag_list *diags = table->list->diags;
	for (int i = 0; i < row->count; i++) {
		struct location where = list_place(table->list, row->number, i + 1);
		if (table->columns[i] < 0 && *row->cells[i])
			diag_warning(diags, where,
				"the column `%s` is not taken; known are Nội dung, Từ ngày, Đến ngày, Giờ, "
				"Từ giờ, Đến giờ, "
				"Thứ, Bảng, Thời lượng, Ưu tiên, Tên, Mã QR and Ghi chú",
				row->cells[i]);
		for (int k = 0; k < i; k++)
			if (table->columns[i] >= 0 && table->columns[i] == table->columns[k])
				diag_error(diags, where,
					"the columns `%s` and `%s` say the same; delete one of them",
					row->cells[k], row->cells[i]);
	}
}

/* Titles may stand above the headers. */
static bool find_headers(struct table *table)
{
	struct row row;
	while (table->number < HEADER_WITHIN && read_row(table, &row)) {
		if (take_headers(table, &row)) {
			report_headers(table, &row);
			return true;
		}
		if (!is_empty(&row))
			diag_warning(table->list->diags, list_place(table->list, row.number, 1),
				"this row stands above the headers and is not taken: %s",
				row.cells[0] && *row.cells[0] ? row.cells[0] : "…");
	}
	diag_error(table->list->diags, list_place(table->list, 1, 1),
		"no row of headers is in the first %d rows; name the columns, first of all `Nội dung`",
		HEADER_WITHIN);
	return false;
}

/* --- rows */

struct taking {
	struct table *table;
	struct announcement *made;
	const char *hour_from, *hour_until;
	int hour_column;
};

/* sentence says what cannot be understood, and what to write. */
static void take_value(
	const struct taking *t, int column, const char *cell, char *value, char **ret, const char *sentence)
{
	if (value)
		*ret = value;
	else
		diag_error(t->table->list->diags, list_place(t->table->list, t->made->row, column), sentence,
			cell);
}

static void take_cell(struct taking *t, enum meaning meaning, int column, char *cell)
{
	struct arena *arena = &t->table->list->arena;
	struct announcement *made = t->made;
	switch (meaning) {
	case TEXT:
		made->text = cell;
		made->column = column;
		break;
	case FROM:
		take_value(t, column, cell, value_date(arena, cell), &made->from,
			N_("`%s` is not understood; write a day as 31/12/2026; hours have their own column"));
		break;
	case UNTIL:
		take_value(t, column, cell, value_date(arena, cell), &made->until,
			N_("`%s` is not understood; write a day as 31/12/2026; hours have their own column"));
		break;
	case HOURS:
		take_value(t, column, cell, value_hours(arena, cell), &made->hours,
			N_("`%s` is not understood; write hours as 7h30-11h30; 13h-17h"));
		break;
	case HOUR_FROM:
		take_value(t, column, cell, value_hour(arena, cell), (char **)&t->hour_from,
			N_("`%s` is not understood; write an hour as 7h30"));
		t->hour_column = column;
		break;
	case HOUR_UNTIL:
		take_value(t, column, cell, value_hour(arena, cell), (char **)&t->hour_until,
			N_("`%s` is not understood; write an hour as 17h00"));
		t->hour_column = column;
		break;
	case ON:
		take_value(t, column, cell, value_targets(arena, cell), &made->on,
			N_("`%s` is not understood; write names or tags of displays with commas between"));
		break;
	case DAYS:
		take_value(t, column, cell, value_days(arena, cell), &made->days,
			N_("`%s` is not understood; write days as Thứ 2 - Thứ 6, or T7, CN"));
		break;
	case DURATION:
		take_value(t, column, cell, value_duration(arena, cell), &made->duration,
			N_("`%s` is not understood; write a time as 20 giây or 2 phút"));
		break;
	case PRIORITY:
		take_value(t, column, cell, value_priority(arena, cell), &made->priority,
			N_("`%s` is not understood; write a whole number from 0 to 100"));
		break;
	case NAME:
		made->name = cell;
		break;
	case QR:
		made->qr = cell;
		break;
	case NOTES:
		made->notes = cell;
		break;
	case NUMBER:
		break;
	}
}

static void join_hours(struct taking *t)
{
	struct announcement *made = t->made;
	if (!t->hour_from && !t->hour_until)
		return;
	if (t->hour_from && t->hour_until && !made->hours)
		made->hours = arena_printf(&t->table->list->arena, "\"%s-%s\"", t->hour_from, t->hour_until);
	else
		diag_error(t->table->list->diags, list_place(t->table->list, made->row, t->hour_column),
			"hours want a beginning and an end, in one column `Giờ` or in the two `Từ giờ` and "
			"`Đến giờ`");
}

static void take_row(struct table *table, const struct row *row)
{
	struct list *list = table->list;
	if (table->text_column >= row->count || !*row->cells[table->text_column]) {
		diag_error(list->diags, list_place(list, row->number, table->text_column + 1),
			"this row says nothing to show");
		return;
	}
	struct taking t = {.table = table, .made = list_add(list, row->number, table->text_column + 1)};
	for (int i = 0; i < row->count; i++) {
		bool known = i < table->column_count && table->columns[i] >= 0;
		if (known && *row->cells[i])
			take_cell(&t, (enum meaning)table->columns[i], i + 1, row->cells[i]);
		else if (i >= table->column_count && *row->cells[i])
			diag_error(list->diags, list_place(list, row->number, i + 1),
				"`%s` stands in no column with a header; is there a separator too many "
				"before it?",
				row->cells[i]);
	}
	if (row->wide)
		diag_error(list->diags, list_place(list, row->number, COLUMNS_MOST),
			"at most %d columns are read", COLUMNS_MOST);
	join_hours(&t);
}

/* --- the table */

/* Of those that may be, the one that is most frequent in the first lines, outside of quotes. */
static char find_separator(const char *text)
{
	static const char candidates[] = ",;\t";
	int counts[3] = {0}, lines = 0;
	bool quoted = false;
	for (const char *at = text; *at && lines < 10; at++) {
		const char *found = quoted ? NULL : strchr(candidates, *at);
		quoted ^= *at == '"';
		lines += *at == '\n' && !quoted;
		if (found)
			counts[found - candidates]++;
	}
	int best = 0;
	for (int i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

void list_read_csv(struct list *list, const char *text, char separator)
{
	struct table table = {.list = list, .at = text, .separator = separator};
	struct row row;
	/* What Excel writes for itself. */
	if (strncmp(text, "sep=", 4) == 0 && text[4] && (text[5] == '\n' || text[5] == '\r')) {
		table.separator = separator ? separator : text[4];
		table.at = text + 5 + strspn(text + 5, "\r\n");
		table.number++;
	}
	if (!table.separator)
		table.separator = find_separator(text);
	if (!find_headers(&table))
		return;
	while (read_row(&table, &row)) {
		if (row.number > ROWS_MOST) {
			diag_error(list->diags, list_place(list, row.number, 1),
				"at most %d rows are read; divide the table", ROWS_MOST);
			return;
		}
		if (!is_empty(&row))
			take_row(&table, &row);
	}
}
