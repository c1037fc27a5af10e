#include <stdio.h>

#include "base/alloc.h"
#include "certificate.h"

/* While rows come in. */
struct counting {
	struct certificate *certificate;
	int64_t stopped; /* the daemon ended then, or was last seen to live; TIME_ALWAYS: not known */
	bool crashed;
};

static int64_t latest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static struct posting *posting_of(struct certificate *certificate, const char *display)
{
	for (size_t i = 0; i < certificate->posting_count; i++)
		if (strcmp(certificate->postings[i].display, display) == 0)
			return &certificate->postings[i];
	return NULL;
}

static void add(struct count *count, bool confirmed, int64_t length, bool begins)
{
	*(confirmed ? &count->confirmed : &count->sent) += length;
	*(confirmed ? &count->confirmed_showings : &count->sent_showings) += begins;
}

/* By local days: a showing belongs to the day on which it begins. */
static void add_days(
	const struct certificate *certificate, struct posting *posting, const struct record_row *row)
{
	day_t first = zone_day(certificate->zone, certificate->from);
	int64_t begin = latest(row->begin, certificate->from), end = earliest(row->end, certificate->until);
	bool begins = row->begins && row->begin >= certificate->from;

	while (begin < end) {
		day_t day = zone_day(certificate->zone, begin);
		int64_t midnight = earliest(zone_instant(certificate->zone, day + 1, 0), end);
		if (day - first >= 0 && day - first < CERTIFICATE_DAYS)
			add(&posting->days[day - first], row->confirmed, midnight - begin, begins);
		begins = false;
		begin = midnight;
	}
}

/* Only what was shown while a schedule played that is known can be set beside what it asked for. */
static int64_t comparable(const struct certificate *certificate, int64_t begin, int64_t end)
{
	int64_t sum = 0;

	for (size_t i = 0; i < certificate->played_count; i++) {
		const struct played *played = &certificate->played[i];
		int64_t from = latest(begin, played->from), until = earliest(end, played->until);
		if (played->state == PLAYED_KNOWN && from < until)
			sum += until - from;
	}
	return sum;
}

static bool take_showing(void *data, const struct record_row *row)
{
	struct certificate *certificate = data;
	struct posting *posting = posting_of(certificate, row->display);
	int64_t begin = latest(row->begin, certificate->from), end = earliest(row->end, certificate->until);

	if (row->number > certificate->head.number)
		return false;
	if (row->kind != RECORD_SHOWN || !posting || !row->trusted || begin >= end)
		return true;
	if (row->brightness == 0) {
		posting->dark += end - begin;
		return true;
	}
	add(&posting->all, row->confirmed, end - begin, row->begins && row->begin >= certificate->from);
	add_days(certificate, posting, row);
	posting->compared += comparable(certificate, begin, end);
	if (certificate->first == 0)
		certificate->first = row->number;
	certificate->last = row->number;
	certificate->contents += strcmp(certificate->content, row->content) != 0;
	snprintf(certificate->content, sizeof certificate->content, "%s", row->content);
	return true;
}

/* --- what interrupted it */

static void add_gap(struct certificate *certificate, enum interruption why, const char *display,
	int64_t begin, int64_t end)
{
	begin = latest(begin, certificate->from);
	end = earliest(end, certificate->until);
	if (begin >= end)
		return;
	array_reserve_one(certificate->gaps, certificate->gap_count, certificate->gap_capacity);
	struct gap *gap = &certificate->gaps[certificate->gap_count++];
	*gap = (struct gap){.why = why, .begin = begin, .end = end};
	snprintf(gap->display, sizeof gap->display, "%s", display);
}

static bool take_event(void *data, const struct record_row *row)
{
	struct counting *counting = data;
	struct certificate *certificate = counting->certificate;

	if (row->number > certificate->head.number)
		return false;
	switch (row->kind) {
	case RECORD_UNREACHABLE:
		if (posting_of(certificate, row->display))
			add_gap(certificate, INTERRUPTION_UNREACHABLE, row->display, row->begin, row->end);
		break;
	case RECORD_GAP:
		add_gap(certificate, INTERRUPTION_GAP, "", row->begin, row->end);
		break;
	case RECORD_STOP:
		counting->stopped = row->end;
		counting->crashed = false;
		break;
	case RECORD_SHOWN: /* by a crash */
		counting->stopped = latest(counting->stopped, row->end);
		counting->crashed = true;
		break;
	case RECORD_START:
		if (counting->stopped != TIME_ALWAYS)
			add_gap(certificate, counting->crashed ? INTERRUPTION_CRASHED : INTERRUPTION_STOPPED,
				"", counting->stopped, row->begin);
		counting->stopped = TIME_ALWAYS;
		break;
	case RECORD_LOADED:
	case RECORD_ORDER:
	case RECORD_LIFTED:
	case RECORD_CLOCK:
	case RECORD_CUT:
	case RECORD_LINK:
		break;
	}
	return true;
}

int certificate_tally(struct certificate *certificate, struct rows *rows)
{
	struct counting counting = {certificate, TIME_ALWAYS, false};
	struct record_query query = {.item = certificate->item,
		.entry = certificate->entry,
		.from = certificate->from,
		.until = certificate->until};
	int code = rows_read(rows, &query, take_showing, certificate);

	/* A start after the period tells of a stop in it. */
	query = (struct record_query){.events = true, .from = certificate->from};
	if (code == EXIT_DONE)
		code = rows_read(rows, &query, take_event, &counting);
	if (code == EXIT_DONE && counting.stopped != TIME_ALWAYS)
		add_gap(certificate, counting.crashed ? INTERRUPTION_CRASHED : INTERRUPTION_STOPPED, "",
			counting.stopped, certificate->until);
	return code;
}

const char *interruption_name(enum interruption why)
{
	static const char *const names[] = {[INTERRUPTION_UNREACHABLE] = "unreachable",
		[INTERRUPTION_STOPPED] = "stopped",
		[INTERRUPTION_CRASHED] = "crashed",
		[INTERRUPTION_GAP] = "gap"};

	return names[why];
}

bool certificate_is_unfinished(const struct certificate *certificate)
{
	return certificate->issued < certificate->until;
}

void certificate_finish(struct certificate *certificate)
{
	for (size_t i = 0; i < certificate->posting_count; i++)
		free(certificate->postings[i].owed);
	for (size_t i = 0; i < certificate->wording_count; i++)
		free(certificate->wordings[i].text);
	free(certificate->wordings);
	free(certificate->played);
	free(certificate->postings);
	free(certificate->gaps);
	free(certificate->demand);
}
