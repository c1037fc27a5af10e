/* What was shown, row by row. */
#include <poll.h>
#include <stdio.h>

#include "base/words.h"
#include "rows.h"

#define FOLLOW_MS 1000

enum form { FORM_TEXT, FORM_JSON, FORM_CSV };

struct listing {
	struct rows *rows;
	enum form form;
	int64_t last; /* row */
	size_t count;
};

/* --- text */

static void print_what(const struct record_row *row)
{
	switch (row->source) {
	case RECORD_SCHEDULE:
		printf("%s  (%s)", row->item, row->entry);
		break;
	case RECORD_ANNOUNCE:
		printf(_("announcement %s"), row->override);
		break;
	case RECORD_BLANK:
		printf(_("black by order %s"), row->override);
		break;
	case RECORD_DEFAULT:
		printf("%s", _("the default message"));
		break;
	case RECORD_OFF:
		printf("%s", _("off by its hours"));
		break;
	case RECORD_PATTERN:
		printf(_("test pattern %s"), row->item);
		break;
	case RECORD_NONE:
		break;
	}
}

static const char *ending(const struct record_row *row)
{
	if (row->number == 0)
		return N_("still showing");
	switch (row->how) {
	case RECORD_LOST:
		return N_("then the display was lost");
	case RECORD_STEP:
		return N_("then the clock was set");
	case RECORD_STOPPED:
		return N_("then the daemon ended");
	case RECORD_CRASHED:
		return N_("then the daemon or the machine died");
	case RECORD_MISSED:
		return N_("its end was lost");
	case RECORD_NEXT:
	case RECORD_CONTINUES:
		break;
	}
	return NULL;
}

static void print_shown(const struct record_row *row)
{
	const char *end = ending(row);

	const char *how = row->confirmed ? _("confirmed") : _("sent");
	printf("%-12s %10.1f s  %s%*s  ", row->display, (double)(row->end - row->begin) / NS_PER_SEC, how,
		words_room(how, 11), "");
	print_what(row);
	if (end)
		printf("  [%s]", _(end));
}

static void print_event(const struct listing *listing, const struct record_row *row)
{
	char until[48];

	time_format(listing->rows->zone, row->end, until, sizeof until);
	switch (row->kind) {
	case RECORD_START:
		printf(_("the daemon began: %s"), row->note);
		break;
	case RECORD_STOP:
		printf("%s", _("the daemon ended"));
		break;
	case RECORD_UNREACHABLE:
		printf(_("%s was unreachable until %.19s"), row->display, until);
		break;
	case RECORD_LOADED:
		printf(_("generation %lld plays (loaded by %s)"), (long long)row->generation, row->note);
		break;
	case RECORD_ORDER:
		printf(row->source == RECORD_BLANK ? _("order %s: black") : _("order %s: announce: %s"),
			row->override, row->note);
		break;
	case RECORD_LIFTED:
		printf(_("order %s is over"), row->override);
		break;
	case RECORD_CLOCK:
		printf("%s", _("the wall clock was set"));
		break;
	case RECORD_GAP:
		printf(_("not recorded until %.19s: %s"), until, row->note);
		break;
	case RECORD_CUT:
		printf(_("older rows were cut, up to row %s (%.19s)"), row->item, until);
		break;
	case RECORD_LINK:
		printf(_("goes on after row %s: %s"), row->item, row->note);
		break;
	case RECORD_SHOWN:
		break;
	}
}

static void print_text(const struct listing *listing, const struct record_row *row)
{
	char begin[48];

	time_format(listing->rows->zone, row->begin, begin, sizeof begin);
	if (row->number)
		printf("%8lld  %.10s %.8s  ", (long long)row->number, begin, begin + 11);
	else
		printf("%8s  %.10s %.8s  ", "", begin, begin + 11);
	if (row->kind == RECORD_SHOWN)
		print_shown(row);
	else
		print_event(listing, row);
	if (!row->trusted)
		printf("  %s", _("(the clock was not trusted)"));
	putchar('\n');
}

/* --- the other forms */

static json_t *row_json(const struct listing *listing, const struct record_row *row)
{
	char begin[48], end[48], frame[17];

	time_format(listing->rows->zone, row->begin, begin, sizeof begin);
	time_format(listing->rows->zone, row->end, end, sizeof end);
	snprintf(frame, sizeof frame, "%016llx", (unsigned long long)row->frame);
	json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "row",
		(json_int_t)row->number, "kind", record_kind_name(row->kind), "display", row->display,
		"source", record_source_name(row->source), "item", row->item, "entry", row->entry, "content",
		row->content, "generation", (json_int_t)row->generation, "frame", frame);
	json_object_update_new(
		json, json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:b, s:b, s:b, s:I, s:s, s:I, s:s, s:s}",
			      "from", begin, "until", end, "begin_ns", (json_int_t)row->begin, "end_ns",
			      (json_int_t)row->end, "monotonic_ns", (json_int_t)row->monotonic, "how",
			      row->kind == RECORD_SHOWN && row->number ? record_how_name(row->how) : "",
			      "confirmed", row->confirmed, "begins", row->begins, "trusted", row->trusted,
			      "brightness", (json_int_t)row->brightness, "override", row->override, "run",
			      (json_int_t)row->run, "boot", row->boot, "note", row->note));
	return json;
}

static void put_quoted(const char *field)
{
	putchar('"');
	for (; *field; field++) {
		if (*field == '"')
			putchar('"');
		putchar(*field);
	}
	putchar('"');
}

static void print_csv(const struct listing *listing, const struct record_row *row)
{
	char begin[48], end[48];
	const char *const texts[] = {row->display, record_source_name(row->source), row->item, row->entry,
		row->content, row->override, row->note};

	time_format(listing->rows->zone, row->begin, begin, sizeof begin);
	time_format(listing->rows->zone, row->end, end, sizeof end);
	printf("%lld,%s,%s,%s,%.3f,%d,%d,%d,%s,%lld,%lld,%016llx", (long long)row->number,
		record_kind_name(row->kind), begin, end, (double)(row->end - row->begin) / NS_PER_SEC,
		row->confirmed, row->begins, row->trusted,
		row->kind == RECORD_SHOWN && row->number ? record_how_name(row->how) : "",
		(long long)row->brightness, (long long)row->generation, (unsigned long long)row->frame);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		putchar(',');
		put_quoted(texts[i]);
	}
	putchar('\n');
}

static bool print(void *data, const struct record_row *row)
{
	struct listing *listing = data;

	listing->count++;
	if (row->number > listing->last)
		listing->last = row->number;
	if (listing->form == FORM_JSON) {
		json_t *json = row_json(listing, row);
		json_dumpf(json, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(json);
	} else if (listing->form == FORM_CSV) {
		print_csv(listing, row);
	} else {
		print_text(listing, row);
	}
	return true;
}

/* --- */

static int list(struct rows *rows, struct record_query *query, enum form form, bool follow)
{
	struct listing listing = {.rows = rows, .form = form};

	if (form == FORM_CSV)
		puts("row,kind,from,until,seconds,confirmed,begins,trusted,how,brightness,generation,frame,"
		     "display,"
		     "source,item,entry,content,override,note");
	int code = rows_read(rows, query, print, &listing);
	if (code == EXIT_DONE && listing.count == 0 && !follow && form == FORM_TEXT)
		puts(_("nothing is recorded there"));
	while (code == EXIT_DONE && follow && fflush(stdout) == 0 && !ferror(stdout)) {
		poll(NULL, 0, FOLLOW_MS);
		query->after = listing.last;
		code = rows_read(rows, query, print, &listing);
	}
	return code;
}

/* How far the proof reaches. */
static void print_open(const struct rows *rows, const struct record_verdict *verdict)
{
	char from[48];

	if (verdict->open == 0)
		return;
	time_format(rows->zone, verdict->open_from, from, sizeof from);
	printf(words_n("%lld row in progress, since %.19s, is not in the chain yet and not proven; it will "
		       "be "
		       "after ten minutes at most\n",
		       "%lld rows in progress, the oldest since %.19s, are not in the chain yet and not "
		       "proven; "
		       "each will be after ten minutes at most\n",
		       (unsigned long)verdict->open),
		(long long)verdict->open, from);
}

static int verify(struct rows *rows, const struct record_place *known, size_t count, bool json)
{
	struct record_verdict verdict;
	int code = rows_verify(rows, known, count, &verdict);

	if (code != EXIT_DONE)
		return code;
	if (json) {
		json_t *reply = json_pack("{s:b, s:s?, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:I}", "whole",
			verdict.why == NULL, "why", verdict.why, "bad", (json_int_t)verdict.bad, "rows",
			(json_int_t)verdict.rows, "first", (json_int_t)verdict.first, "last",
			(json_int_t)verdict.last, "digest", verdict.digest, "links",
			(json_int_t)verdict.missing, "open", (json_int_t)verdict.open, "open_from_ns",
			(json_int_t)verdict.open_from);
		cli_print_json(reply);
		json_decref(reply);
	} else if (!verdict.why) {
		printf(_("%lld rows, %lld to %lld, are as they were written; the chain ends with\n%lld:%s\n"),
			(long long)verdict.rows, (long long)verdict.first, (long long)verdict.last,
			(long long)verdict.last, verdict.digest);
		if (verdict.missing)
			printf(words_n("%lld row `link` tells that rows before it are missing or were "
				       "damaged\n",
				       "%lld rows `link` tell that rows before them are missing or were "
				       "damaged\n",
				       (unsigned long)verdict.missing),
				(long long)verdict.missing);
		print_open(rows, &verdict);
	}
	if (!verdict.why)
		return EXIT_DONE;
	return json ? EXIT_INPUT
		    : cli_fail(EXIT_INPUT, "row %lld: %s", (long long)verdict.bad, _(verdict.why));
}

static int read_time(const struct command *command, const struct rows *rows, const char *option,
	const char *text, int64_t *ret)
{
	if (!text || time_parse_instant(rows->zone, text, ret) == 0)
		return EXIT_DONE;
	return cli_usage(
		command, "--%s wants a time such as \"2026-03-02 08:00:00\", not `%s`", option, text);
}

static int read_places(
	const struct command *command, const struct many *heads, struct record_place *ret_places)
{
	for (size_t i = 0; i < heads->count; i++)
		if (!rows_parse_place(heads->values[i], &ret_places[i]))
			return cli_usage(command,
				"--head wants a row and its digest as --verify prints them, not `%s`",
				heads->values[i]);
	return EXIT_DONE;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *from = NULL, *until = NULL, *record = NULL;
	struct record_query query = {.open = true};
	bool csv = false, follow = false, prove = false;
	struct many heads = {0};
	struct record_place places[64];
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &query.display},
		{"item", 0, FLAG_VALUE, &query.item}, {"from", 0, FLAG_VALUE, &from},
		{"until", 0, FLAG_VALUE, &until}, {"to", 0, FLAG_VALUE, &until},
		{"record", 0, FLAG_VALUE, &record}, {"csv", 0, FLAG_SET, &csv},
		{"follow", 'f', FLAG_SET, &follow}, {"verify", 0, FLAG_SET, &prove},
		{"head", 0, FLAG_MANY, &heads}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0 || (csv && common.json) || (heads.count && !prove))
		return cli_usage(command, "one of --json and --csv; --head belongs to --verify");
	struct rows rows;
	code = rows_open(&common, record, &rows);
	if (code == EXIT_DONE)
		code = read_time(command, &rows, "from", from, &query.from);
	if (code == EXIT_DONE)
		code = read_time(command, &rows, "until", until, &query.until);
	if (code == EXIT_DONE)
		code = read_places(command, &heads, places);
	if (code == EXIT_DONE && prove && heads.count && !rows.path)
		code = cli_usage(command, "--head wants the record's file: -c FILE or --record FILE");
	if (code == EXIT_DONE && prove)
		code = verify(&rows, places, heads.count, common.json);
	else if (code == EXIT_DONE) {
		query.open = !follow;
		code = list(&rows, &query, common.json ? FORM_JSON : csv ? FORM_CSV : FORM_TEXT, follow);
	}
	rows_close(&rows);
	return code;
}

const struct command command_log = {
	.name = "log",
	.arguments =
		N_("[-d DISPLAY] [--item UNIT/NAME] [--from T] [--until T] [--csv] [--follow] | --verify"),
	.summary = N_("Lists what was shown: confirmed by the display, or sent; or proves that the record is "
		      "whole"),
	.help = N_(
		"Of the running daemon, of the state directory that -c names, or of a copy.\n\n"
		"  -d, --display NAME\n"
		"      --item UNIT/NAME      one message\n"
		"      --from T, --until T   such as \"2026-03-02 08:00\"; [from, until); --to is the same\n"
		"      --csv                 comma-separated values\n"
		"  -f, --follow              wait for more\n"
		"      --record FILE         a copy of record.db, as `bangtin export --usb` makes it\n"
		"      --verify              prove the whole chain; names the first row that is not as it "
		"was "
		"written\n"
		"      --head ROW:DIGEST     … and that it goes through this row, noted elsewhere before\n"),
	.run = run,
};
