/* The effect of a change: not which lines of a file are others, but what people will see otherwise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "effect.h"

static double minutes(int64_t time)
{
	return (double)time / NS_PER_MIN;
}

/* --- text */

static void print_pair(const char *what, const char *before, const char *after)
{
	if (strcmp(before, after) != 0)
		printf("      %s: %s -> %s\n", what, before, after);
}

static void print_times(const struct effect *effect, const struct effect_row *row)
{
	const struct spread *either = row->after ? row->after : row->before;
	char *hours = spread_hours(either), *days = spread_days(effect, either);

	if (row->change == CHANGE_MOVES) {
		char *old_hours = spread_hours(row->before), *old_days = spread_days(effect, row->before);
		print_pair("days", old_days, days);
		print_pair("hours", old_hours, hours);
		free(old_hours);
		free(old_days);
	} else {
		printf("      %s, %s\n", days, hours);
	}
	free(hours);
	free(days);
}

static void print_row(const struct effect *effect, const struct effect_row *row)
{
	static const char signs[] = {'+', '-', '>', '~', ' ', ' '};
	const struct message *message = row_message(row);

	printf(_("  %c %s/%s %s: %.1f -> %.1f minutes (%+.1f)%s\n"), signs[row->change], message->unit,
		message->name, _(change_name(row->change)), minutes(row->before ? row->before->total : 0),
		minutes(row->after ? row->after->total : 0), minutes(row->gain),
		row->reworded && row->change != CHANGE_REWORDED ? _(", reworded") : "");
	if (row->change <= CHANGE_MOVES)
		print_times(effect, row);
	if (row->reworded && row->before && row->after &&
		strcmp(row->before->message->text, row->after->message->text) != 0)
		printf(_("      was: %s\n      now: %s\n"), row->before->message->text,
			row->after->message->text);
}

static void print_effect(const struct effect *effect)
{
	char first[16], last[16];

	time_format_date(effect->first, first, sizeof first);
	time_format_date(effect->first + effect->days - 1, last, sizeof last);
	printf("%s, %s..%s: ", effect->display->name, first, last);
	if (effect->count == 0) {
		printf(_("nothing changes (%zu messages)\n"), effect->unchanged);
		return;
	}
	printf(words_n("%zu message changes, %zu as before\n", "%zu messages change, %zu as before\n",
		       effect->count),
		effect->count, effect->unchanged);
	for (size_t i = 0; i < effect->count; i++)
		print_row(effect, &effect->rows[i]);
	if (effect->nothing_before != effect->nothing_after)
		printf(_("    (nothing scheduled: the default message): %.1f -> %.1f minutes (%+.1f)\n"),
			minutes(effect->nothing_before), minutes(effect->nothing_after),
			minutes(effect->nothing_after - effect->nothing_before));
}

/* --- JSON */

static json_t *spread_json(const struct effect *effect, const struct spread *spread)
{
	if (!spread)
		return json_null();
	json_t *days = json_array();
	char *hours = spread_hours(spread), date[16];
	for (int i = 0; i < effect->days; i++) {
		if (!spread->days[i])
			continue;
		time_format_date(effect->first + i, date, sizeof date);
		json_array_append_new(days, json_string(date));
	}
	json_t *json = json_pack("{s:f, s:I, s:s, s:o, s:s}", "minutes", minutes(spread->total), "showings",
		(json_int_t)spread->showings, "hours", hours, "days", days, "text", spread->message->text);
	free(hours);
	return json;
}

static json_t *effect_json(const struct effect *effect)
{
	char first[16], last[16];
	json_t *rows = json_array();

	for (size_t i = 0; i < effect->count; i++) {
		const struct effect_row *row = &effect->rows[i];
		json_array_append_new(
			rows, json_pack("{s:o, s:s, s:b, s:f, s:o, s:o}", "message",
				      json_sprintf("%s/%s", row_message(row)->unit, row_message(row)->name),
				      "change", change_name(row->change), "reworded", row->reworded, "gain",
				      minutes(row->gain), "before", spread_json(effect, row->before), "after",
				      spread_json(effect, row->after)));
	}
	time_format_date(effect->first, first, sizeof first);
	time_format_date(effect->first + effect->days - 1, last, sizeof last);
	return json_pack("{s:s, s:s, s:s, s:o, s:I, s:{s:f, s:f}}", "display", effect->display->name, "first",
		first, "last", last, "messages", rows, "unchanged", (json_int_t)effect->unchanged, "nothing",
		"before", minutes(effect->nothing_before), "after", minutes(effect->nothing_after));
}

/* --- */

static int tell(struct context *before, struct context *after, int64_t from, int64_t until,
	const struct display *const *displays, size_t count, bool json)
{
	json_t *list = json ? json_array() : NULL;
	int code = EXIT_DONE;

	for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
		code = context_show(before, displays[i]->name);
		if (code == EXIT_DONE)
			code = context_show(after, displays[i]->name);
		if (code != EXIT_DONE)
			break;
		struct effect effect;
		effect_find(before, after, from, until, &effect);
		if (list)
			json_array_append_new(list, effect_json(&effect));
		else
			print_effect(&effect);
		effect_finish(&effect);
	}
	if (list && code == EXIT_DONE)
		cli_print_json(list);
	json_decref(list);
	return code;
}

static int choose_displays(
	const struct site *site, const struct many *names, const struct display **displays, size_t *ret_count)
{
	size_t count = 0;

	for (size_t i = 0; i < site->display_count; i++) {
		bool named = names->count == 0;
		for (size_t k = 0; k < names->count; k++)
			named |= display_matches(&site->displays[i], names->values[k]);
		if (named)
			displays[count++] = &site->displays[i];
	}
	*ret_count = count;
	if (count > 0)
		return EXIT_DONE;
	return cli_fail(EXIT_INPUT,
		"no display has the name or tag `%s`; `bangtin status` and the site configuration "
		"name them",
		names->count ? names->values[0] : "");
}

/* A programme day has as many hours as the zone gives it. */
static int64_t span_end(const struct site *site, int64_t from, int days)
{
	int64_t start, end;

	sched_day_bounds(site, sched_programme_day(site, from) + days, &start, &end);
	return start;
}

/* A date is enough. */
static int find_from(const struct context *context, const char *text, int64_t *ret_from)
{
	int64_t end;
	day_t day;

	if (!text || time_parse_date(text, &day) < 0)
		return context_time(context, "from", text, context->now, ret_from);
	sched_day_bounds(context->site, day, ret_from, &end);
	return EXIT_DONE;
}

struct wish {
	struct many names;
	const char *from, *days, *html;
};

static int compare(const struct command *command, const struct common *common, const struct wish *wish,
	const char *old, const char *new)
{
	char *end = NULL;
	long days = wish->days ? strtol(wish->days, &end, 10) : 30;
	if ((end && *end) || days < 1 || days > EFFECT_DAYS_MOST)
		return cli_usage(command, "--days wants a number from 1 to %d", EFFECT_DAYS_MOST);
	struct context before = {0}, after = {0};
	int64_t from = 0, start = 0, until;
	size_t count = 0;
	const struct display **displays = NULL;
	int code = context_open_version(common, old, &before);
	if (code == EXIT_DONE)
		code = context_open_version(common, new, &after);
	if (code == EXIT_DONE)
		code = find_from(&after, wish->from, &from);
	if (code == EXIT_DONE) {
		sched_day_bounds(after.site, sched_programme_day(after.site, from), &start, &until);
		until = span_end(after.site, start, (int)days);
		displays = calloc(after.site->display_count + 1, sizeof(struct display *));
		code = choose_displays(after.site, &wish->names, displays, &count);
	}
	if (code == EXIT_DONE && wish->html)
		code = effect_write_html((struct page_side){&before, old}, (struct page_side){&after, new},
			start, until, displays, count, wish->html);
	else if (code == EXIT_DONE)
		code = tell(&before, &after, start, until, displays, count, common->json);
	free(displays);
	context_finish(&before);
	context_finish(&after);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct wish wish = {0};
	const struct flag flags[] = {{"display", 'd', FLAG_MANY, &wish.names},
		{"from", 0, FLAG_VALUE, &wish.from}, {"days", 0, FLAG_VALUE, &wish.days},
		{"html", 0, FLAG_VALUE, &wish.html}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands < 1 || operands > 2)
		return cli_usage(command, "two versions are compared: OLD and NEW");
	if (common.json && wish.html)
		return cli_usage(command, "either --json or --html");
	return compare(command, &common, &wish, operands == 2 ? argv[0] : "current", argv[operands - 1]);
}

const struct command command_diff = {
	.name = "diff",
	.arguments = "[-c FILE] [-d DISPLAY]... [--from T] [--days N] [--html OUT.html] [OLD] NEW",
	.summary = N_("Says what a change will change on the displays"),
	.help = N_(
		"OLD and NEW are `current`, the number of a generation, or a PATH as if it were loaded now. "
		"OLD is\n"
		"`current` if it is left out. A directory whose name is a number: ./7.\n\n"
		"  -d, --display NAME   these displays only: names or tags\n"
		"      --from T         from the programme day of T on, such as 2026-03-02, not today\n"
		"      --days N         so many days; 30 if not told, at most 366\n"
		"      --html OUT.html  a sheet with pictures, in one file\n"),
	.run = run,
};
