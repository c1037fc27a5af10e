/* `certificate`: counts what the record has, sets what the schedules of that time and their quotas asked for beside it, and
 * writes both files. */
#include "certificate.h"

#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/words.h"
#include "bundle.h"

struct options {
	const char *item, *entry, *from, *until, *out, *record, *verify, *unit, *key;
	struct many displays;
};

/* --- the displays: those that were named; else those on which it was shown or should have been */

static int choose_displays(
	const struct options *options, const struct context *context, struct certificate *certificate)
{
	const struct site *site = context->site;
	size_t count = options->displays.count ? options->displays.count : site->display_count;

	if (count > DISPLAYS_MOST)
		return cli_fail(EXIT_INPUT, "a certificate has at most %d displays; name them with -d",
			DISPLAYS_MOST);
	certificate->postings = xcalloc(count + 1, sizeof *certificate->postings);
	certificate->posting_count = count;
	for (size_t i = 0; i < count; i++) {
		const char *name =
			options->displays.count ? options->displays.values[i] : site->displays[i].name;
		const struct display *display = site_display(site, name);
		if (!display)
			return cli_fail(EXIT_INPUT, "no display is named `%s`", name);
		certificate->postings[i].display = display->name;
	}
	return EXIT_DONE;
}

static bool is_void(const struct posting *posting)
{
	return posting->planned <= 0 && posting->all.confirmed == 0 && posting->all.sent == 0 &&
	       posting->dark == 0;
}

/* And the interruptions of displays that do not matter. */
static void leave_out_void(struct certificate *certificate)
{
	size_t kept = 0;

	for (size_t i = 0; i < certificate->posting_count; i++)
		if (!is_void(&certificate->postings[i]))
			certificate->postings[kept++] = certificate->postings[i];
	certificate->posting_count = kept;
	size_t gaps = 0;
	for (size_t i = 0; i < certificate->gap_count; i++) {
		bool matters = certificate->gaps[i].display[0] == '\0';
		for (size_t k = 0; k < kept && !matters; k++)
			matters = strcmp(certificate->postings[k].display, certificate->gaps[i].display) == 0;
		if (matters)
			certificate->gaps[gaps++] = certificate->gaps[i];
	}
	certificate->gap_count = gaps;
}

/* --- what it cannot say */

static bool found(void *data, const struct record_row *row)
{
	(void)row;
	*(bool *)data = true;
	return false;
}

/* Of which neither the schedules nor the record know, at any time: a paper of it would only look like one. */
static int refuse_unknown(const struct certificate *certificate, struct rows *rows)
{
	const struct record_query query = {.item = certificate->item, .entry = certificate->entry};
	bool known = certificate->is_known;
	int code = known ? EXIT_DONE : rows_read(rows, &query, found, &known);

	if (code != EXIT_DONE || known)
		return code;
	if (certificate->entry)
		return cli_fail(EXIT_INPUT,
			"neither the schedule nor the record knows the entry `%s`; `bangtin agenda` lists "
			"them",
			certificate->entry);
	return cli_fail(EXIT_INPUT,
		"neither the schedule nor the record knows the message `%s`; `bangtin agenda "
		"--items` "
		"lists them",
		certificate->item);
}

/* The paper says these as well. */
static void warn(const struct certificate *certificate)
{
	if (certificate->missing > 0)
		cli_fail(EXIT_DONE, "warning: what should have been shown is not known for all of the "
				    "period: generations "
				    "that played in it are not kept any more");
	if (certificate_is_unfinished(certificate))
		cli_fail(EXIT_DONE,
			"warning: --until has not come yet; the rest of the period is not counted");
}

/* --- writing */

static int write_signature(const char *path, const char *csv, const struct minisign_secret *key)
{
	int code = EXIT_DONE;
	char *signature = minisign_sign(key, csv, strlen(csv), "bangtin certificate");
	char *name = xasprintf("%s.minisig", path);
	int error = file_write_atomic(name, signature, strlen(signature), 0644);
	if (error)
		code = cli_fail(EXIT_INPUT, "%s: %s", name, words_error(-error));
	else
		printf("%s\n", name);
	free(name);
	free(signature);
	return code;
}

static int write_files(const struct certificate *certificate, const struct options *options)
{
	/* before anything is written: a key that cannot be read leaves no half certificate */
	struct minisign_secret key;
	int code = options->key ? key_read(options->key, &key) : EXIT_DONE;
	if (code != EXIT_DONE)
		return code;
	char *csv = certificate_csv(certificate), digest[DIGEST_HEX];
	size_t stem = strlen(options->out) - strlen(".pdf");
	char *csv_path = xasprintf("%.*s.csv", (int)stem, options->out);

	digest_sha256(csv, strlen(csv), digest);
	int error = file_write_atomic(csv_path, csv, strlen(csv), 0644);
	if (error)
		code = cli_fail(EXIT_INPUT, "%s: %s", csv_path, words_error(-error));
	if (code == EXIT_DONE) {
		error = certificate_pdf(certificate, digest, options->out);
		if (error == -ENOENT)
			code = cli_fail(
				EXIT_REACH, "the fonts cannot be read; BANGTIN_FONTS names their directory");
		else if (error)
			code = cli_fail(EXIT_INPUT, "%s: %s", options->out, words_error(-error));
	}
	if (code == EXIT_DONE)
		printf("%s\n%s\n", options->out, csv_path);
	if (code == EXIT_DONE && options->key)
		code = write_signature(csv_path, csv, &key);
	if (options->key)
		minisign_forget(&key);
	free(csv_path);
	free(csv);
	return code;
}

static json_t *played_json(const struct certificate *certificate)
{
	json_t *list = json_array();
	char from[48], until[48];

	for (size_t i = 0; i < certificate->played_count; i++) {
		const struct played *played = &certificate->played[i];
		time_format(certificate->zone, played->from, from, sizeof from);
		time_format(certificate->zone, played->until, until, sizeof until);
		json_array_append_new(
			list, json_pack("{s:i, s:s, s:s, s:s, s:s}", "generation", played->generation, "from",
				      from, "until", until, "schedule", played_name(played->state), "digest",
				      played->digest));
	}
	return list;
}

static void print_json(const struct certificate *certificate)
{
	json_t *displays = json_array();

	for (size_t i = 0; i < certificate->posting_count; i++) {
		const struct posting *posting = &certificate->postings[i];
		json_array_append_new(displays,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "display",
				posting->display, "confirmed_ns", (json_int_t)posting->all.confirmed,
				"confirmed_showings", (json_int_t)posting->all.confirmed_showings, "sent_ns",
				(json_int_t)posting->all.sent, "sent_showings",
				(json_int_t)posting->all.sent_showings, "dark_ns", (json_int_t)posting->dark,
				"scheduled_ns", (json_int_t)posting->planned, "scheduled_showings",
				(json_int_t)posting->planned_showings, "compared_ns",
				(json_int_t)posting->compared, "demanded_ns", (json_int_t)posting->demanded,
				"demanded_showings", (json_int_t)posting->demanded_showings));
	}
	json_t *json = json_pack("{s:I, s:s, s:I, s:I, s:I, s:o, s:I, s:I, s:o}", "head",
		(json_int_t)certificate->head.number, "digest", certificate->head.digest, "first",
		(json_int_t)certificate->first, "last", (json_int_t)certificate->last, "interruptions",
		(json_int_t)certificate->gap_count, "generations", played_json(certificate), "missing_ns",
		(json_int_t)certificate->missing, "unsealed_from_ns", (json_int_t)certificate->unsealed,
		"displays", displays);
	cli_print_json(json);
	json_decref(json);
}

/* --- */

/* Nothing is certified by a record that is not whole. ret_first: its first row. */
static int prove(struct certificate *certificate, struct rows *rows, int64_t *ret_first)
{
	struct record_verdict verdict;
	int code = rows_verify(rows, NULL, 0, &verdict);

	if (code == EXIT_DONE && verdict.why)
		return cli_fail(EXIT_INPUT, "the record is not whole: row %lld: %s", (long long)verdict.bad,
			_(verdict.why));
	*ret_first = verdict.first;
	certificate->unsealed = verdict.open ? verdict.open_from : 0;
	certificate->head.number = verdict.last;
	memcpy(certificate->head.digest, verdict.digest, sizeof certificate->head.digest);
	return code;
}

static int fill(const struct command *command, const struct options *options, struct context *context,
	struct certificate *certificate)
{
	certificate->zone = context->site->zone;
	certificate->site = context->site->name;
	certificate->unit = options->unit ? options->unit : "";
	certificate->issued = context->now;
	certificate->item = options->item;
	certificate->entry = options->entry;
	if (context->untrusted)
		return cli_fail(EXIT_REACH, "the daemon's clock is not believed, and a certificate bears its "
					    "date; `bangtin clock` says "
					    "more");
	int code = context_time(context, "from", options->from, 0, &certificate->from);
	if (code == EXIT_DONE)
		code = context_time(context, "until", options->until, 0, &certificate->until);
	if (code == EXIT_DONE &&
		(certificate->until <= certificate->from ||
			certificate->until - certificate->from > (CERTIFICATE_DAYS - 1) * 24 * NS_PER_HOUR))
		code = cli_usage(
			command, "--until must come after --from, by at most %d days", CERTIFICATE_DAYS - 1);
	return code == EXIT_DONE ? choose_displays(options, context, certificate) : code;
}

/* First what should have been: what was is held against it. */
static int count(struct certificate *certificate, const struct common *common, const struct context *context,
	struct rows *rows)
{
	int64_t first = 0;
	int code = prove(certificate, rows, &first);

	if (code == EXIT_DONE)
		code = certificate_played(certificate, rows, first);
	if (code == EXIT_DONE)
		code = certificate_plan(certificate, common, context);
	if (code == EXIT_DONE)
		code = refuse_unknown(certificate, rows);
	if (code == EXIT_DONE)
		code = certificate_tally(certificate, rows);
	if (code == EXIT_DONE)
		certificate->title = certificate_wording(certificate, certificate->content);
	return code;
}

static int issue(const struct command *command, const struct options *options, const struct common *common)
{
	struct certificate certificate = {0};
	struct context context;
	struct rows rows = {0};
	int code = context_open(common, NULL, &context);

	if (code == EXIT_DONE)
		code = fill(command, options, &context, &certificate);
	if (code == EXIT_DONE)
		code = rows_open(common, options->record, &rows);
	if (code == EXIT_DONE)
		code = count(&certificate, common, &context, &rows);
	if (code == EXIT_DONE && options->displays.count == 0)
		leave_out_void(&certificate);
	if (code == EXIT_DONE && common->json)
		print_json(&certificate);
	if (code == EXIT_DONE && options->out)
		code = write_files(&certificate, options);
	if (code == EXIT_DONE)
		warn(&certificate);
	rows_close(&rows);
	certificate_finish(&certificate);
	context_finish(&context);
	return code;
}

static int verify(const struct options *options, const struct common *common)
{
	struct rows rows;
	int code = rows_open(common, options->record, &rows);

	if (code == EXIT_DONE)
		code = certificate_verify(options->verify, &rows);
	rows_close(&rows);
	return code;
}

static bool is_pdf(const char *path)
{
	size_t length = strlen(path);

	return length > 4 && strcmp(path + length - 4, ".pdf") == 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct options options = {0};
	const struct flag flags[] = {{"item", 0, FLAG_VALUE, &options.item},
		{"entry", 0, FLAG_VALUE, &options.entry}, {"display", 'd', FLAG_MANY, &options.displays},
		{"from", 0, FLAG_VALUE, &options.from}, {"until", 0, FLAG_VALUE, &options.until},
		{"to", 0, FLAG_VALUE, &options.until}, {"unit", 0, FLAG_VALUE, &options.unit},
		{"key", 'k', FLAG_VALUE, &options.key}, {"output", 'o', FLAG_VALUE, &options.out},
		{"record", 0, FLAG_VALUE, &options.record}, {"verify", 0, FLAG_VALUE, &options.verify},
		{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "takes options only");
	if (options.verify && !options.record && !common.configuration)
		return cli_usage(command, "held against which record? --record record.db, or -c FILE");
	if (options.verify)
		return verify(&options, &common);
	if (!options.item == !options.entry || (options.item && !strchr(options.item, '/')))
		return cli_usage(command, "for what? one of --item UNIT/NAME and --entry ID");
	if (!options.from || !options.until)
		return cli_usage(command, "for which period? --from T --until T");
	if (!options.out == !common.json)
		return cli_usage(command, "where to? -o OUT.pdf, or --json");
	if (options.out && !is_pdf(options.out))
		return cli_usage(
			command, "-o wants the PDF's name, as giay-xac-nhan.pdf; the CSV goes beside it");
	return issue(command, &options, &common);
}

const struct command command_certificate = {
	.name = "certificate",
	.arguments = N_("(--item UNIT/NAME | --entry ID) --from T --until T -o OUT.pdf | --verify FILE.csv "
			"--record FILE"),
	.summary = N_("Certifies what was shown: minutes and showings on each display, against the schedule "
		      "and its quotas"),
	.help = N_(
		"Writes OUT.pdf, for signing, and OUT.csv, which anyone can hold against the record.\n\n"
		"      --item UNIT/NAME      one message\n"
		"      --entry ID            one entry of the schedule, as `bangtin agenda` names it\n"
		"      --from T, --until T   such as \"2026-03-01 00:00\"; [from, until); --to is the same\n"
		"  -d, --display NAME        only there; may be repeated\n"
		"      --unit NAME           the office that certifies, as it stands on the paper\n"
		"  -o, --output OUT.pdf\n"
		"  -k, --key KEY             sign the CSV as well (minisign): OUT.csv.minisig\n"
		"      --record FILE         a copy of record.db, as `bangtin export --usb` makes it\n"
		"      --verify FILE.csv     count again, and say whether every figure is the record's\n"),
	.run = run,
};
