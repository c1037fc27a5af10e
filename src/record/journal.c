#include <stdio.h>

#include "base/alloc.h"
#include "base/time.h"
#include "record/private.h"

/* What a display shows, as a row that is not closed yet. */
struct showing {
	bool open, stored, touched;
	uint64_t number;
	int64_t seen, seen_monotonic;
	struct record_event event; /* how it began */
};

struct state {
	int64_t run;	/* 0: not begun in this database */
	int64_t newest; /* the latest instant that was believed */
	int64_t newest_monotonic;
	bool newest_trusted;
};

struct journal {
	const struct record_options *options;
	char boot[RECORD_BOOT];
	struct state state, kept_state;
	struct showing *showings, *kept_showings;
};

struct journal *journal_create(const struct record_options *options, const char *boot)
{
	struct journal *journal = xcalloc(1, sizeof *journal);

	journal->options = options;
	snprintf(journal->boot, sizeof journal->boot, "%s", boot);
	journal->showings = xcalloc(options->display_count + 1, sizeof *journal->showings);
	journal->kept_showings = xcalloc(options->display_count + 1, sizeof *journal->showings);
	return journal;
}

void journal_destroy(struct journal *journal)
{
	if (!journal)
		return;
	free(journal->showings);
	free(journal->kept_showings);
	free(journal);
}

void journal_keep(struct journal *journal)
{
	journal->kept_state = journal->state;
	memcpy(journal->kept_showings, journal->showings,
		journal->options->display_count * sizeof *journal->showings);
}

void journal_restore(struct journal *journal)
{
	journal->state = journal->kept_state;
	memcpy(journal->showings, journal->kept_showings,
		journal->options->display_count * sizeof *journal->showings);
}

/* --- rows */

static const char *display_name(const struct journal *journal, int display)
{
	return display < 0 ? "" : journal->options->displays[display];
}

/* The texts are the event's. */
static struct record_row row_of(const struct journal *journal, const struct record_event *event)
{
	return (struct record_row){
		.kind = event->kind,
		.display = display_name(journal, event->display),
		.source = event->source,
		.item = event->item,
		.entry = event->entry,
		.content = event->content,
		.generation = event->generation,
		.frame = event->frame,
		.begin = event->begin,
		.end = event->until,
		.monotonic = event->monotonic,
		.confirmed = event->confirmed,
		.begins = event->begins,
		.trusted = event->trusted,
		.brightness = event->brightness,
		.override = event->override,
		.run = journal->state.run,
		.boot = journal->boot,
		.note = event->note,
	};
}

/* A row that the record itself has to say. */
static struct record_row stamp(const struct journal *journal)
{
	return (struct record_row){
		.display = "",
		.item = "",
		.entry = "",
		.content = "",
		.begin = journal->state.newest,
		.end = journal->state.newest,
		.monotonic = journal->state.newest_monotonic,
		.trusted = journal->state.newest_trusted,
		.override = "",
		.run = journal->state.run,
		.boot = journal->state.run ? journal->boot : "",
		.note = "",
	};
}

static void note_time(struct journal *journal, int64_t wall, int64_t monotonic, bool trusted)
{
	journal->state.newest = wall;
	journal->state.newest_monotonic = monotonic;
	journal->state.newest_trusted = trusted;
}

void journal_expect(struct journal *journal, const struct record_event *event)
{
	if (journal->state.newest == 0)
		note_time(journal, event->begin, event->monotonic, event->trusted);
}

/* --- showings */

/* What lasted no time is no row. */
static int append_portion(struct journal *journal, struct database *database, const struct showing *showing,
	int64_t end, enum record_how how)
{
	struct record_row row = row_of(journal, &showing->event);

	row.end = end;
	row.how = how;
	return end > row.begin ? database_append(database, &row) : 0;
}

static int close_showing(struct journal *journal, struct database *database, struct showing *showing,
	int64_t end, enum record_how how)
{
	int error = append_portion(journal, database, showing, end, how);

	if (!error && showing->stored)
		error = database_drop_open(database, display_name(journal, showing->event.display));
	showing->open = showing->stored = false;
	return error;
}

/* The showing before `number`: as the event says if it is that one, else what was last seen of it. */
static int close_before(struct journal *journal, struct database *database, struct showing *showing,
	const struct record_event *event, uint64_t number)
{
	if (!showing->open)
		return 0;
	if (showing->number != number)
		return close_showing(journal, database, showing, showing->seen, RECORD_MISSED);
	if (event->least_brightness < showing->event.brightness)
		showing->event.brightness = event->least_brightness;
	return close_showing(journal, database, showing, event->end, event->how);
}

static int apply_shows(struct journal *journal, struct database *database, const struct record_event *event)
{
	struct showing *showing = &journal->showings[event->display];
	int error = close_before(journal, database, showing, event, event->number - 1);

	if (error)
		return error;
	showing->open = showing->touched = true;
	showing->number = event->number;
	showing->seen = event->begin;
	showing->seen_monotonic = event->monotonic;
	showing->event = *event;
	note_time(journal, event->begin, event->monotonic, event->trusted);
	return 0;
}

static int apply_note(struct journal *journal, struct database *database, const struct record_event *event)
{
	struct record_row row = row_of(journal, event);

	note_time(journal, event->until, event->monotonic, event->trusted);
	if (event->kind != RECORD_START)
		return database_append(database, &row);
	journal->state.run = row.run = database_head(database)->number + 1;
	int error = database_note_run(database, row.run, journal->boot);
	return error ? error : database_append(database, &row);
}

int journal_apply(struct journal *journal, struct database *database, const struct record_event *event)
{
	switch (event->event) {
	case RECORD_SHOWS:
		return apply_shows(journal, database, event);
	case RECORD_ENDS:
		return close_before(
			journal, database, &journal->showings[event->display], event, event->number);
	case RECORD_NOTES:
		return apply_note(journal, database, event);
	}
	return 0;
}

void journal_seen(struct journal *journal, int display, uint64_t number, int64_t wall, int64_t monotonic)
{
	struct showing *showing = &journal->showings[display];

	if (!showing->open || showing->number != number || wall <= showing->seen)
		return;
	showing->seen = wall;
	showing->seen_monotonic = monotonic;
	showing->touched = true;
	if (showing->event.trusted && wall > journal->state.newest)
		note_time(journal, wall, monotonic, true);
}

static int keep_open(struct journal *journal, struct database *database, struct showing *showing)
{
	if (showing->seen - showing->event.begin >= RECORD_PORTION) {
		int error = append_portion(journal, database, showing, showing->seen, RECORD_CONTINUES);
		if (error)
			return error;
		showing->event.begin = showing->seen;
		showing->event.monotonic = showing->seen_monotonic;
		showing->event.begins = false;
	}
	struct record_row row = row_of(journal, &showing->event);
	row.end = showing->seen;
	showing->stored = true;
	showing->touched = false;
	return database_put_open(database, &row);
}

int journal_keep_open(struct journal *journal, struct database *database)
{
	int error = 0;

	for (size_t i = 0; i < journal->options->display_count && !error; i++)
		if (journal->showings[i].open && journal->showings[i].touched)
			error = keep_open(journal, database, &journal->showings[i]);
	return error;
}

/* --- the record's own rows */

int journal_gap(struct journal *journal, struct database *database, int64_t lost, int64_t from, int64_t until)
{
	char text[48];
	struct record_row row = stamp(journal);

	snprintf(text, sizeof text, "%lld events", (long long)lost);
	row.kind = RECORD_GAP;
	row.begin = from;
	row.end = until;
	row.note = text;
	return database_append(database, &row);
}

/* Nothing proved it while it was open: one that no daemon can have written is not sealed as something that was shown. */
static int append_crashed(void *data, struct record_row *row)
{
	if (row->end - row->begin > RECORD_OPEN_MOST) {
		row->kind = RECORD_GAP;
		row->note = RECORD_NOT_BELIEVED;
	}
	return row->end > row->begin ? database_append(data, row) : 0;
}

static void link_row(struct record_row *row, const struct chain *base, char number[24], const char *note)
{
	snprintf(number, 24, "%lld", (long long)base->number);
	row->kind = RECORD_LINK;
	row->item = number;
	row->content = base->digest;
	row->note = note;
}

/* The rows end elsewhere than was noted: somebody cut the tail, or put an older copy in place. It is said, and the chain goes
 * on after what is there. */
static int check_end(struct journal *journal, struct database *database)
{
	struct chain last;
	struct chain noted = *database_head(database);
	char number[24];
	int error = database_last(database, &last);

	if (error || (last.number == noted.number && strcmp(last.digest, noted.digest) == 0))
		return error;
	struct record_row row = stamp(journal);
	database_set_head(database, &last);
	link_row(&row, &noted, number, RECORD_END_MISSING);
	return database_append(database, &row);
}

int journal_begin(struct journal *journal, struct database *database)
{
	int error = check_end(journal, database);

	if (error || journal->state.run)
		return error;
	error = database_visit_open(database, append_crashed, database);
	return error ? error : database_clear_open(database);
}

int journal_link(struct journal *journal, struct database *database, const char *note)
{
	struct record_row row = stamp(journal);
	struct chain base = *database_base(database);
	char number[24];

	for (size_t i = 0; i < journal->options->display_count; i++) {
		journal->showings[i].stored = false;
		journal->showings[i].touched = true;
	}
	link_row(&row, &base, number, note);
	int error = database_append(database, &row);
	/* the new database does not have the run's first row */
	if (!error && journal->state.run)
		error = database_note_run(database, journal->state.run, journal->boot);
	return error;
}

int journal_cut(struct journal *journal, struct database *database)
{
	struct record_row row = stamp(journal);

	return database_cut(database,
		journal->state.newest_trusted ? journal->state.newest - journal->options->keep : TIME_ALWAYS,
		&row);
}
