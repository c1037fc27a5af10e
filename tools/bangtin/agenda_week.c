/* The week as a chart: a column a day, a row a half hour; in each cell as much of each letter as its entry has of the
 * half hour. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agenda.h"
#include "base/alloc.h"
#include "base/words.h"
#include "walk.h"

#define ROWS	   48
#define ROW_TIME   (30 * NS_PER_MIN)
#define LABEL	   6
#define CELL_LEAST 2 /* a letter and a space */
#define CELL_MOST  17
#define NOTHING	   0 /* indices of a cell's times; entries come from 1 on */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct chart {
	struct context *context;
	day_t monday;
	size_t kinds;	 /* nothing, and each entry */
	int64_t *times;	 /* ns; [day][row][kind] */
	int64_t *totals; /* ns a kind */
	int cell;	 /* columns of a day */
	bool colour;
};

static int64_t *cell_times(const struct chart *chart, int day, int row)
{
	return &chart->times[((size_t)day * ROWS + (size_t)row) * chart->kinds];
}

static void visit(void *data, day_t day, const struct segment *segment)
{
	struct chart *chart = data;
	const struct site *site = chart->context->site;
	size_t kind = segment->entry ? segment->entry->index + 1 : NOTHING;
	int32_t begins = site->day_starts;

	/* rows are of the clock: a half hour that the zone skips stays empty */
	for (int64_t at = segment->start, next; at < segment->end; at = next) {
		int64_t local = at + zone_offset(site->zone, at) * NS_PER_SEC;
		int64_t rest = ROW_TIME - (local % ROW_TIME + ROW_TIME) % ROW_TIME;
		next = at + rest < segment->end ? at + rest : segment->end;
		int64_t row = (local - day * 24 * NS_PER_HOUR - begins * NS_PER_SEC) / ROW_TIME;
		if (row >= 0 && row < ROWS && day >= chart->monday && day < chart->monday + 7)
			cell_times(chart, day - chart->monday, (int)row)[kind] += next - at;
		chart->totals[kind] += next - at;
	}
}

static int terminal_width(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		width = size.ws_col;
	return width > 0 && width < 10000 ? (int)width : 80;
}

static char letter(size_t kind)
{
	if (kind == NOTHING)
		return '.';
	return kind <= sizeof letters - 1 ? letters[kind - 1] : '#';
}

static const struct entry *entry_of(const struct chart *chart, size_t kind)
{
	return chart->context->catalogue->entries[kind - 1];
}

/* Letters are given to those that show, in their order. */
static size_t letter_index(const struct chart *chart, size_t kind)
{
	size_t index = 0;

	for (size_t i = 1; i <= kind; i++)
		index += chart->totals[i] > 0;
	return kind == NOTHING ? NOTHING : index;
}

static void put(const struct chart *chart, size_t index)
{
	static const int colours[] = {114, 117, 222, 182, 216, 152, 193, 147, 224, 180, 121, 189};

	if (chart->colour && index != NOTHING)
		printf("\033[48;5;%d;30m%c\033[0m", colours[(index - 1) % (sizeof colours / sizeof *colours)],
			letter(index));
	else
		putchar(letter(index));
}

/* Column i of n shows what has the middle of the i-th part, were the times laid one after the other. */
static void print_cell(const struct chart *chart, int day, int row)
{
	const int64_t *times = cell_times(chart, day, row);
	int64_t total = 0;
	int columns = chart->cell - 1;

	for (size_t kind = 0; kind < chart->kinds; kind++)
		total += times[kind];
	for (int i = 0; i < columns; i++) {
		int64_t at = total * (2 * i + 1) / (2 * columns), sum = 0;
		size_t kind = 0;
		while (kind + 1 < chart->kinds && sum + times[kind] <= at)
			sum += times[kind++];
		if (total == 0)
			putchar(' ');
		else
			put(chart, letter_index(chart, kind));
	}
	putchar(' ');
}

static bool row_shows(const struct chart *chart, int row)
{
	for (int day = 0; day < 7; day++)
		for (size_t kind = 1; kind < chart->kinds; kind++)
			if (cell_times(chart, day, row)[kind] > 0)
				return true;
	return false;
}

static void print_head(const struct chart *chart)
{
	static const char *const names[] = {
		N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};

	printf("%*s", LABEL, "");
	for (int i = 0; i < 7; i++) {
		int year, month, day;
		char text[32];
		day_to_date(chart->monday + i, &year, &month, &day);
		if (chart->cell > 9)
			snprintf(text, sizeof text, "%s %02d-%02d", _(names[i]), month, day);
		else
			snprintf(text, sizeof text, "%s", _(names[i]));
		printf("%-*.*s ", chart->cell - 1, chart->cell - 1, text);
	}
	putchar('\n');
}

static void print_legend(const struct chart *chart)
{
	putchar('\n');
	for (size_t kind = 1; kind < chart->kinds; kind++) {
		if (chart->totals[kind] == 0)
			continue;
		put(chart, letter_index(chart, kind));
		printf(_("  %s, %.1f minutes, priority %d\n"), entry_of(chart, kind)->id,
			(double)chart->totals[kind] / NS_PER_MIN, entry_of(chart, kind)->priority);
	}
	if (chart->totals[NOTHING] > 0)
		printf(_(".  nothing scheduled: the default message, %.1f minutes\n"),
			(double)chart->totals[NOTHING] / NS_PER_MIN);
}

static void print(const struct chart *chart)
{
	int first = 0, last = ROWS - 1;

	while (first < last && !row_shows(chart, first))
		first++;
	while (last > first && !row_shows(chart, last))
		last--;
	print_head(chart);
	for (int row = first; row <= last; row++) {
		int minute = (chart->context->site->day_starts / 60 + row * 30) % (24 * 60);
		if (minute % 60 < 30 || row == first)
			printf("%02d:%02d ", minute / 60, minute % 60);
		else
			printf("%*s", LABEL, "");
		for (int day = 0; day < 7; day++)
			print_cell(chart, day, row);
		putchar('\n');
	}
	print_legend(chart);
}

static json_t *chart_json(const struct chart *chart)
{
	json_t *list = json_array();

	for (int day = 0; day < 7; day++) {
		char date[16];
		time_format_date(chart->monday + day, date, sizeof date);
		for (int row = 0; row < ROWS; row++) {
			const int64_t *times = cell_times(chart, day, row);
			int minute = (chart->context->site->day_starts / 60 + row * 30) % (24 * 60);
			for (size_t kind = 1; kind < chart->kinds; kind++)
				if (times[kind] > 0)
					json_array_append_new(list,
						json_pack("{s:s, s:o, s:s, s:f}", "day", date, "time",
							json_sprintf("%02d:%02d", minute / 60, minute % 60),
							"entry", entry_of(chart, kind)->id, "minutes",
							(double)times[kind] / NS_PER_MIN));
		}
	}
	return list;
}

void agenda_week(struct context *context, day_t monday, bool json)
{
	struct chart chart = {.context = context, .monday = monday};
	int64_t from, until, end;

	chart.kinds = 1 + (context->catalogue ? context->catalogue->entry_count : 0);
	chart.times = xcalloc(7 * ROWS * chart.kinds, sizeof *chart.times);
	chart.totals = xcalloc(chart.kinds, sizeof *chart.totals);
	chart.cell = (terminal_width() - LABEL) / 7;
	chart.cell = chart.cell < CELL_LEAST ? CELL_LEAST : chart.cell > CELL_MOST ? CELL_MOST : chart.cell;
	chart.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	sched_day_bounds(context->site, monday, &from, &end);
	sched_day_bounds(context->site, monday + 7, &until, &end);
	walk_run(&(struct walk){context, from, until, true, visit, &chart});
	if (json) {
		json_t *list = chart_json(&chart);
		cli_print_json(list);
		json_decref(list);
	} else {
		print(&chart);
	}
	free(chart.times);
	free(chart.totals);
}
