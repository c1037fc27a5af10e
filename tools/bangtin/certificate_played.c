/* Which generation played when. The record has a row `loaded` for each, at every start of the daemon and at every load. */
#include "base/alloc.h"
#include "certificate.h"

struct mark { /* from then on it played */
	int64_t at;
	int generation;
	char digest[RECORD_DIGEST];
	int64_t row;
	bool dated; /* the clock was trusted */
};

struct marks {
	const struct certificate *certificate;
	struct mark *items;
	size_t count, capacity;
};

static void add_mark(struct marks *marks, const struct record_row *row, const char *digest)
{
	array_reserve_one(marks->items, marks->count, marks->capacity);
	struct mark *mark = &marks->items[marks->count++];
	*mark = (struct mark){.at = row->begin,
		.generation = (int)row->generation,
		.row = row->number,
		.dated = row->trusted};
	snprintf(mark->digest, sizeof mark->digest, "%s", digest);
}

static bool take_loaded(void *data, const struct record_row *row)
{
	struct marks *marks = data;

	if (row->number > marks->certificate->head.number)
		return false;
	if (row->kind == RECORD_LOADED)
		add_mark(marks, row, row->content);
	return true;
}

/* Where the row of a load is cut, what was shown still says which generation it was of. */
static bool take_first(void *data, const struct record_row *row)
{
	struct marks *marks = data;

	if (row->number > marks->certificate->head.number || row->kind == RECORD_LOADED)
		return false;
	if (row->generation > 0 && row->trusted)
		add_mark(marks, row, "");
	return row->generation == 0 || !row->trusted;
}

static bool take_date(void *data, const struct record_row *row)
{
	struct mark *mark = data;

	mark->dated = row->trusted;
	mark->at = row->begin;
	return !mark->dated;
}

/* A generation that began to play by a clock that nobody believed: from the first row that is dated. */
static int date_marks(struct marks *marks, struct rows *rows)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < marks->count && code == EXIT_DONE; i++)
		if (!marks->items[i].dated)
			code = rows_read(rows, &(struct record_query){.after = marks->items[i].row},
				take_date, &marks->items[i]);
	return code;
}

static int read_marks(struct marks *marks, struct rows *rows)
{
	int code = rows_read(rows, &(struct record_query){0}, take_first, marks);

	if (code == EXIT_DONE)
		code = rows_read(rows, &(struct record_query){.events = true}, take_loaded, marks);
	return code == EXIT_DONE ? date_marks(marks, rows) : code;
}

/* --- spans */

static bool goes_on(const struct played *played, const struct mark *mark)
{
	return played->generation == mark->generation &&
	       (!played->digest[0] || strcmp(played->digest, mark->digest) == 0);
}

static void add_played(struct certificate *certificate, const struct played *played)
{
	if (played->from >= played->until)
		return;
	array_reserve_one(certificate->played, certificate->played_count, certificate->played_capacity);
	certificate->played[certificate->played_count++] = *played;
}

/* A clock that was set back lets what came later stand for what was recorded of the same hours before. */
static void cut_played(struct certificate *certificate, int64_t at)
{
	while (certificate->played_count > 0 && certificate->played[certificate->played_count - 1].from >= at)
		certificate->played_count--;
	if (certificate->played_count > 0)
		certificate->played[certificate->played_count - 1].until = at;
}

static int64_t clip(int64_t time, int64_t from, int64_t until)
{
	return time < from ? from : time > until ? until : time;
}

static void take_marks(
	struct certificate *certificate, const struct marks *marks, int64_t until, int64_t first)
{
	add_played(certificate, &(struct played){.from = certificate->from,
					.until = until,
					.state = first <= 1 ? PLAYED_NONE : PLAYED_UNTOLD});
	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *mark = &marks->items[i];
		struct played played = {.from = clip(mark->at, certificate->from, until),
			.until = until,
			.generation = mark->generation,
			.state = PLAYED_GONE};
		if (!mark->dated)
			continue;
		cut_played(certificate, played.from);
		size_t count = certificate->played_count;
		memcpy(played.digest, mark->digest, sizeof played.digest);
		if (count > 0 && goes_on(&certificate->played[count - 1], mark)) {
			played.from = certificate->played[count - 1].from;
			certificate->played[count - 1] = played;
		} else {
			add_played(certificate, &played);
		}
	}
}

int certificate_played(struct certificate *certificate, struct rows *rows, int64_t first)
{
	struct marks marks = {.certificate = certificate};
	int64_t until = certificate->issued < certificate->until ? certificate->issued : certificate->until;
	int code = read_marks(&marks, rows);

	if (code == EXIT_DONE)
		take_marks(certificate, &marks, until, first);
	free(marks.items);
	return code;
}

const char *played_name(enum played_state state)
{
	static const char *const names[] = {[PLAYED_KNOWN] = "known",
		[PLAYED_NONE] = "none",
		[PLAYED_GONE] = "gone",
		[PLAYED_CHANGED] = "changed",
		[PLAYED_BROKEN] = "broken",
		[PLAYED_UNTOLD] = "untold"};

	return names[state];
}
