#include "record/row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/digest.h"

const char record_base[RECORD_DIGEST] = "0000000000000000000000000000000000000000000000000000000000000000";

const char *record_kind_name(enum record_kind kind)
{
	static const char *const names[] = {[RECORD_SHOWN] = "shown",
		[RECORD_START] = "start",
		[RECORD_STOP] = "stop",
		[RECORD_UNREACHABLE] = "unreachable",
		[RECORD_LOADED] = "loaded",
		[RECORD_ORDER] = "order",
		[RECORD_LIFTED] = "lifted",
		[RECORD_CLOCK] = "clock",
		[RECORD_GAP] = "gap",
		[RECORD_CUT] = "cut",
		[RECORD_LINK] = "link"};

	return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "?";
}

const char *record_how_name(enum record_how how)
{
	static const char *const names[] = {[RECORD_NEXT] = "next",
		[RECORD_CONTINUES] = "continues",
		[RECORD_LOST] = "lost",
		[RECORD_STEP] = "step",
		[RECORD_STOPPED] = "stopped",
		[RECORD_CRASHED] = "crashed",
		[RECORD_MISSED] = "missed"};

	return (size_t)how < sizeof names / sizeof *names ? names[how] : "?";
}

const char *record_source_name(enum record_source source)
{
	static const char *const names[] = {[RECORD_NONE] = "",
		[RECORD_SCHEDULE] = "schedule",
		[RECORD_ANNOUNCE] = "announce",
		[RECORD_BLANK] = "blank",
		[RECORD_DEFAULT] = "default",
		[RECORD_OFF] = "off",
		[RECORD_PATTERN] = "pattern"};

	return (size_t)source < sizeof names / sizeof *names ? names[source] : "?";
}

static void put_text(FILE *to, const char *text)
{
	putc('\t', to);
	for (; *text; text++) {
		if (*text == '\t')
			fputs("\\t", to);
		else if (*text == '\n')
			fputs("\\n", to);
		else if (*text == '\\')
			fputs("\\\\", to);
		else
			putc(*text, to);
	}
}

static void put_number(FILE *to, int64_t number)
{
	fprintf(to, "\t%" PRId64, number);
}

char *record_row_text(const struct record_row *row)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	fprintf(to, "%" PRId64, row->number);
	put_text(to, record_kind_name(row->kind));
	put_text(to, row->display);
	put_text(to, record_source_name(row->source));
	put_text(to, row->item);
	put_text(to, row->entry);
	put_text(to, row->content);
	put_number(to, row->generation);
	fprintf(to, "\t%016" PRIx64, row->frame);
	put_number(to, row->begin);
	put_number(to, row->end);
	put_number(to, row->monotonic);
	put_text(to, record_how_name(row->how));
	put_number(to, row->confirmed);
	put_number(to, row->begins);
	put_number(to, row->trusted);
	put_number(to, row->brightness);
	put_text(to, row->override);
	put_number(to, row->run);
	put_text(to, row->boot);
	put_text(to, row->note);
	fclose(to);
	return text;
}

void record_row_digest(
	const struct record_row *row, const char before[RECORD_DIGEST], char ret_digest[RECORD_DIGEST])
{
	char *text = record_row_text(row), *chained = xasprintf("%s\n%s", before, text);

	digest_sha256(chained, strlen(chained), ret_digest);
	free(chained);
	free(text);
}
