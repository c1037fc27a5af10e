/* A certificate's file: first what was asked, then the figures. Whoever has the record, or a copy, counts again and must come
 * to the same lines. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "certificate.h"

#define FIRST	  "bangtin-certificate,1"
#define FIGURES	  "figures"
#define FILE_MOST (4 << 20)

static void put_quoted(FILE *to, const char *text)
{
	putc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', to);
		putc(*text == '\n' ? ' ' : *text, to);
	}
	putc('"', to);
}

static void put_line(FILE *to, const char *name, const char *text)
{
	fprintf(to, "%s,", name);
	put_quoted(to, text);
	putc('\n', to);
}

static void put_time(FILE *to, const struct certificate *certificate, const char *name, int64_t time)
{
	char text[48];

	time_format(certificate->zone, time, text, sizeof text);
	fprintf(to, "%s,%s,%lld\n", name, text, (long long)time);
}

static void put_count(FILE *to, const struct count *count)
{
	fprintf(to, "%lld,%lld,%lld,%lld", (long long)count->confirmed, (long long)count->confirmed_showings,
		(long long)count->sent, (long long)count->sent_showings);
}

static bool is_empty(const struct count *count)
{
	return count->confirmed == 0 && count->sent == 0;
}

static void put_posting(FILE *to, const struct certificate *certificate, const struct posting *posting)
{
	day_t first = zone_day(certificate->zone, certificate->from);
	char date[16];

	fprintf(to, "display,%s,", posting->display);
	put_count(to, &posting->all);
	fprintf(to, ",%lld\n", (long long)posting->dark);
	for (day_t i = 0; i < CERTIFICATE_DAYS; i++) {
		if (is_empty(&posting->days[i]))
			continue;
		time_format_date(first + i, date, sizeof date);
		fprintf(to, "day,%s,%s,", posting->display, date);
		put_count(to, &posting->days[i]);
		putc('\n', to);
	}
}

static void put_figures(FILE *to, const struct certificate *certificate)
{
	char begin[48], end[48];

	fputs(FIGURES ",display: confirmed ns, confirmed showings, sent ns, sent showings, dark ns\n", to);
	fprintf(to, "rows,%lld,%lld\n", (long long)certificate->first, (long long)certificate->last);
	fprintf(to, "content,%s,%zu\n", certificate->content, certificate->contents);
	for (size_t i = 0; i < certificate->posting_count; i++)
		put_posting(to, certificate, &certificate->postings[i]);
	for (size_t i = 0; i < certificate->gap_count; i++) {
		const struct gap *gap = &certificate->gaps[i];
		time_format(certificate->zone, gap->begin, begin, sizeof begin);
		time_format(certificate->zone, gap->end, end, sizeof end);
		fprintf(to, "interruption,%s,%s,%s,%s\n", gap->display, interruption_name(gap->why), begin,
			end);
	}
}

/* Not of the record: not held against it. */
static void put_plan(FILE *to, const struct certificate *certificate)
{
	char from[48], until[48];

	for (size_t i = 0; i < certificate->played_count; i++) {
		const struct played *played = &certificate->played[i];
		time_format(certificate->zone, played->from, from, sizeof from);
		time_format(certificate->zone, played->until, until, sizeof until);
		fprintf(to, "generation,%d,%s,%s,%s,%s\n", played->generation, from, until,
			played_name(played->state), played->digest);
	}
	for (size_t i = 0; i < certificate->posting_count; i++) {
		const struct posting *posting = &certificate->postings[i];
		if (posting->planned >= 0)
			fprintf(to, "schedule,%s,%lld,%lld,%lld,%lld,%lld\n", posting->display,
				(long long)posting->planned, (long long)posting->planned_showings,
				(long long)posting->demanded, (long long)posting->demanded_showings,
				(long long)posting->compared);
	}
}

char *certificate_csv(const struct certificate *certificate)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	fputs(FIRST "\n", to);
	put_line(to, "site", certificate->site);
	put_line(to, "unit", certificate->unit);
	put_line(to, "title", certificate->title ? certificate->title : "");
	put_line(to, certificate->item ? "item" : "entry",
		certificate->item ? certificate->item : certificate->entry);
	put_line(to, "zone", zone_name(certificate->zone));
	put_time(to, certificate, "issued", certificate->issued);
	put_time(to, certificate, "from", certificate->from);
	put_time(to, certificate, "until", certificate->until);
	put_plan(to, certificate);
	fprintf(to, "head,%lld,%s\n", (long long)certificate->head.number, certificate->head.digest);
	put_figures(to, certificate);
	fclose(to);
	return text;
}

/* --- verifying */

struct certificate_file {
	char *data;
	char *subject;
	struct zone *zone;
	struct certificate certificate;
	char *names[DISPLAYS_MOST];
	size_t name_count;
};

/* The value of `"…"`, in place; NULL: it is none. */
static char *unquote(char *text)
{
	size_t length = strlen(text);

	if (length < 2 || text[0] != '"' || text[length - 1] != '"')
		return NULL;
	text[length - 1] = '\0';
	return text + 1;
}

static bool read_instant(const char *text, int64_t *ret)
{
	const char *comma = strchr(text, ',');
	char *end;

	if (!comma)
		return false;
	*ret = strtoll(comma + 1, &end, 10);
	return end != comma + 1 && *end == '\0';
}

static bool read_head(char *text, struct record_place *ret)
{
	char *comma = strchr(text, ',');

	if (!comma)
		return false;
	*comma = ':';
	return rows_parse_place(text, ret);
}

static bool read_field(struct certificate_file *read, const char *name, char *value)
{
	struct certificate *certificate = &read->certificate;

	if (strcmp(name, "item") == 0)
		return (certificate->item = unquote(value)) != NULL;
	if (strcmp(name, "entry") == 0)
		return (certificate->entry = unquote(value)) != NULL;
	if (strcmp(name, "zone") == 0) {
		const char *zone = unquote(value);
		return zone && !read->zone && zone_create(zone, &read->zone) == 0;
	}
	if (strcmp(name, "from") == 0)
		return read_instant(value, &certificate->from);
	if (strcmp(name, "until") == 0)
		return read_instant(value, &certificate->until);
	if (strcmp(name, "head") == 0)
		return read_head(value, &certificate->head);
	return true;
}

/* The lines above the figures, from a copy; names of displays are taken from the figures. */
static bool read_lines(struct certificate_file *read)
{
	bool figures = false;
	char *rest = read->data, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *comma = strchr(line, ',');
		if (!comma)
			continue;
		*comma = '\0';
		if (strcmp(line, FIGURES) == 0) {
			figures = true;
		} else if (!figures && !read_field(read, line, comma + 1)) {
			return false;
		} else if (figures && strcmp(line, "display") == 0) {
			char *name = comma + 1;
			name[strcspn(name, ",")] = '\0';
			if (read->name_count == DISPLAYS_MOST)
				return false;
			read->names[read->name_count++] = name;
		}
	}
	const struct certificate *certificate = &read->certificate;
	return figures && read->zone && certificate->head.number &&
	       !certificate->item != !certificate->entry && certificate->until > certificate->from;
}

static int number_of_lines(const char *text, const char *end)
{
	int count = 1;

	for (; text < end; text++)
		count += *text == '\n';
	return count;
}

/* The first line that is not what was counted. */
static int compare(const char *path, const char *file, const char *figures, const char *counted)
{
	const char *a = figures, *b = counted;

	while (*a || *b) {
		size_t length = strcspn(a, "\n"), other = strcspn(b, "\n");
		if (length != other || strncmp(a, b, length) != 0)
			return cli_fail(EXIT_INPUT, "%s:%d: the record says otherwise: %.*s", path,
				number_of_lines(file, a), (int)other, b);
		a += length + (a[length] == '\n');
		b += other + (b[other] == '\n');
	}
	return EXIT_DONE;
}

static int count_again(struct certificate_file *read, const char *path, const char *file, struct rows *rows)
{
	struct certificate *certificate = &read->certificate;
	const char *figures = strstr(file, "\n" FIGURES ",");
	struct record_verdict verdict;
	char *counted = NULL;
	size_t size;
	int code = rows_verify(rows, &certificate->head, 1, &verdict);

	if (code != EXIT_DONE || !figures)
		return code;
	if (verdict.why)
		return cli_fail(EXIT_INPUT, "the record is not whole: row %lld: %s", (long long)verdict.bad,
			_(verdict.why));
	if (certificate->head.number < verdict.first)
		return cli_fail(EXIT_INPUT, "the record does not go back so far: it begins with row %lld",
			(long long)verdict.first);
	certificate->zone = read->zone;
	certificate->posting_count = read->name_count;
	certificate->postings = xcalloc(read->name_count + 1, sizeof *certificate->postings);
	for (size_t i = 0; i < read->name_count; i++)
		certificate->postings[i].display = read->names[i];
	code = certificate_tally(certificate, rows);
	FILE *to = open_memstream(&counted, &size);
	if (!to)
		abort();
	put_figures(to, certificate);
	fclose(to);
	if (code == EXIT_DONE)
		code = compare(path, file, figures + 1, counted);
	free(counted);
	return code;
}

int certificate_verify(const char *path, struct rows *rows)
{
	struct certificate_file read = {0};
	char *file;
	size_t size;
	int error = file_read(path, FILE_MOST, &file, &size), code;

	if (error)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(-error));
	read.data = xstrdup(file);
	if (strncmp(file, FIRST "\n", strlen(FIRST) + 1) != 0 || !read_lines(&read))
		code = cli_fail(EXIT_INPUT, "%s is no certificate's file, or was changed", path);
	else
		code = count_again(&read, path, file, rows);
	if (code == EXIT_DONE)
		printf(_("%s: every figure is what the record says, and the record is whole\n"), path);
	certificate_finish(&read.certificate);
	zone_destroy(read.zone);
	free(read.data);
	free(file);
	return code;
}
