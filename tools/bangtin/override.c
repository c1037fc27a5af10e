/* announce, clear, blank, unblank: what an operator lays over the schedule. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "cli.h"

#define WAIT_MOST (60 * NS_PER_SEC)

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	return value ? value : "";
}

/* --- what is in force, and what is to come */

static void print_names(const json_t *names)
{
	size_t i;
	json_t *name;
	json_array_foreach(names, i, name) printf("%s%s", i ? ", " : "", json_string_value(name));
}

static void print_override(const json_t *item)
{
	const char *until = text(item, "until"), *level = text(item, "level");
	long long left = (long long)json_integer_value(json_object_get(item, "left_ms")) / 1000;
	printf("%s  %s%s%s\n", text(item, "id"), _(text(item, "kind")), *level ? ", " : "",
		*level ? _(level) : "");
	if (*text(item, "text"))
		printf("  %s\n", text(item, "text"));
	if (*until && !json_object_get(item, "left_ms"))
		printf(_("  from %.16s until %.16s\n"), text(item, "from"), until);
	else if (json_object_get(item, "left_ms"))
		printf(_("  %lld:%02lld:%02lld left\n"), left / 3600, left / 60 % 60, left % 60);
	else
		puts(_("  until it is taken back"));
	if (*text(item, "user"))
		printf(_("  ordered by %s\n"), text(item, "user"));
}

/* One display: whether it has shown it. */
static void print_showing(const json_t *display)
{
	const char *name = text(display, "display");
	if (json_is_true(json_object_get(display, "confirmed"))) {
		bool device = strcmp(text(display, "by"), "device") == 0;
		printf(device ? _("  %s: shown, the device confirms it\n")
			      : _("  %s: shown, sent down its line\n"),
			name);
	} else if (json_object_get(display, "later")) {
		printf(_("  %s: not begun\n"), name);
	} else if (json_object_get(display, "covered_by")) {
		printf(_("  %s: covered by %s\n"), name, text(display, "covered_by"));
	} else {
		printf(_("  %s: NOT CONFIRMED: %s\n"), name, text(display, "why"));
	}
}

/* --- orders */

static void print_reply(const json_t *reply)
{
	const char *own = text(reply, "id");
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(reply, "overrides"), i,
		item) if (!*own || strcmp(own, text(item, "id")) == 0) print_override(item);
	json_array_foreach(json_object_get(reply, "displays"), i, item) print_showing(item);
	if (*text(reply, "keep_fault"))
		printf(_("it acts now, but would be lost by a restart: the state directory cannot be "
			 "written (%s); the daemon tries again for as long as it takes\n"),
			text(reply, "keep_fault"));
}

/* A display that did not confirm makes the exit status 3: somebody has to look. */
static int verdict(const json_t *reply)
{
	size_t i;
	json_t *display;
	json_array_foreach(json_object_get(reply, "displays"), i, display)
	{
		if (*text(display, "why"))
			return EXIT_REACH;
	}
	return EXIT_DONE;
}

/* id: what is to be taken back; NULL: all there is, and nothing is right as well. */
static int send_edit(const struct common *common, json_t *request, int64_t wait, const char *id)
{
	json_t *reply;
	json_object_set_new(request, "wait_ms", json_integer(wait / NS_PER_MS));
	int code = cli_call(common, request, &reply);
	if (code != EXIT_DONE)
		return code;
	bool changed = json_integer_value(json_object_get(reply, "changed")) > 0;
	if (common->json)
		cli_print_json(reply);
	else if (changed)
		print_reply(reply);
	else if (!id)
		puts(_("nothing to take back"));
	if (!changed && id)
		code = cli_fail(EXIT_INPUT,
			"nothing to take back as `%s`; `bangtin announce --list` lists what is in force, and "
			"where",
			id);
	else
		code = verdict(reply);
	json_decref(reply);
	return code;
}

/* --wait: how long the displays have to confirm. */
static int parse_wait(const struct command *command, const char *words, int64_t *ret_wait)
{
	*ret_wait = 5 * NS_PER_SEC;
	if (words && strcmp(words, "0") != 0 &&
		(time_parse_duration(words, ret_wait) < 0 || *ret_wait > WAIT_MOST))
		return cli_usage(command, "--wait 5s; at most 60s; 0 does not wait");
	if (words && strcmp(words, "0") == 0)
		*ret_wait = 0;
	return EXIT_DONE;
}

/* --- announce --list, --log */

static void print_list(const json_t *reply)
{
	size_t i, k;
	json_t *item, *display;
	if (json_array_size(json_object_get(reply, "overrides")) == 0)
		puts(_("nothing is in force or to come"));
	json_array_foreach(json_object_get(reply, "overrides"), i, item)
	{
		print_override(item);
		json_array_foreach(json_object_get(item, "displays"), k, display) print_showing(display);
	}
}

static const char *event_word(const char *event)
{
	static const char *const events[] = {
		N_("announce"), N_("clear"), N_("blank"), N_("unblank"), N_("confirmed"), N_("unconfirmed")};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (strcmp(events[i], event) == 0)
			return _(events[i]);
	return event;
}

static void print_entry(const json_t *entry)
{
	const json_t *on = json_object_get(entry, "on");
	const char *event = event_word(text(entry, "event"));
	printf("%.19s%s  %s %s", text(entry, "at"),
		json_is_true(json_object_get(entry, "trusted")) ? "" : "?", event, text(entry, "id"));
	if (*text(entry, "level"))
		printf("  %s", _(text(entry, "level")));
	if (*text(entry, "user"))
		printf("  %s", text(entry, "user"));
	fputs(json_array_size(on) ? "  " : "", stdout);
	print_names(on);
	if (*text(entry, "text"))
		printf("  -%.16s  %s", text(entry, "until"), text(entry, "text"));
	putchar('\n');
}

static int ask(const struct common *common, bool log)
{
	json_t *reply;
	int code = cli_call(
		common, json_pack("{s:s, s:b}", "command", "announcements", "log", (int)log), &reply);
	if (code != EXIT_DONE)
		return code;
	size_t i;
	json_t *entry;
	if (common->json)
		cli_print_json(json_object_get(reply, log ? "log" : "overrides"));
	else if (!log)
		print_list(reply);
	else
		json_array_foreach(json_object_get(reply, "log"), i, entry) print_entry(entry);
	json_decref(reply);
	return EXIT_DONE;
}

/* --- the command lines */

struct announcing {
	const char *duration, *template, *level, *from, *wait;
	struct many on;
	bool all, list, log;
};

static int check_announce(
	const struct command *command, const struct announcing *a, int operands, int64_t *ret_duration)
{
	enum override_level level;
	if (operands != !a->template)
		return cli_usage(command, "one TEXT, in quotes, or --template NAME");
	if (!a->duration || time_parse_duration(a->duration, ret_duration) < 0)
		return cli_usage(command, "for how long? --for 10m");
	if (a->all == (a->on.count > 0))
		return cli_usage(command, "where? --on TAG or --all");
	if (a->level && !level_find(a->level, &level))
		return cli_usage(command, "--level notice, urgent or emergency");
	return EXIT_DONE;
}

static int run_announce(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct announcing a = {0};
	const struct flag flags[] = {{"template", 't', FLAG_VALUE, &a.template}, {"on", 0, FLAG_MANY, &a.on},
		{"display", 'd', FLAG_MANY, &a.on}, {"all", 0, FLAG_SET, &a.all},
		{"for", 0, FLAG_VALUE, &a.duration}, {"level", 'l', FLAG_VALUE, &a.level},
		{"from", 0, FLAG_VALUE, &a.from}, {"wait", 0, FLAG_VALUE, &a.wait},
		{"list", 0, FLAG_SET, &a.list}, {"log", 0, FLAG_SET, &a.log}, {NULL, 0, 0, NULL}};
	int64_t duration = 0, wait;
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (a.list || a.log)
		return operands || a.list == a.log ? cli_usage(command, "--list or --log, alone")
						   : ask(&common, a.log);
	code = check_announce(command, &a, operands, &duration);
	if (code == EXIT_DONE)
		code = parse_wait(command, a.wait, &wait);
	if (code != EXIT_DONE)
		return code;
	json_t *request = json_pack("{s:s, s:s, s:o, s:I, s:s*, s:s*}", "command", "announce",
		a.template ? "template" : "text", a.template ? a.template : argv[0], "on", cli_strings(&a.on),
		"for_ms", (json_int_t)(duration / NS_PER_MS), "level", a.level, "from", a.from);
	return send_edit(&common, request, wait, NULL);
}

static int run_blank(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct many on = {0};
	const char *wait_text = NULL;
	int64_t wait;
	const struct flag flags[] = {{"display", 'd', FLAG_MANY, &on}, {"on", 0, FLAG_MANY, &on},
		{"wait", 0, FLAG_VALUE, &wait_text}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "takes no argument; -d NAME for one display");
	code = parse_wait(command, wait_text, &wait);
	if (code != EXIT_DONE)
		return code;
	return send_edit(
		&common, json_pack("{s:s, s:o}", "command", "blank", "on", cli_strings(&on)), wait, NULL);
}

static int run_remove(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL, *wait_text = NULL;
	int64_t wait;
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display},
		{"wait", 0, FLAG_VALUE, &wait_text}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 1)
		return cli_usage(command, "one ID at most");
	code = parse_wait(command, wait_text, &wait);
	if (code != EXIT_DONE)
		return code;
	const char *id = operands ? argv[0] : NULL;
	json_t *request =
		json_pack("{s:s, s:s*, s:s*}", "command", command->name, "display", display, "id", id);
	return send_edit(&common, request, wait, id);
}

const struct command command_announce = {
	.name = "announce",
	.arguments = "(TEXT | --template NAME) (--on NAME-OR-TAG... | --all) --for DURATION [--level LEVEL] "
		     "[--from T] | --list | --log",
	.summary = N_("Shows a text at once, over the schedule, for a while"),
	.help = N_(
		"`{countdown}` in the text is how long it still has to go; `{{` is a brace.\n\n"
		"      --on NAME-OR-TAG      where; may be repeated\n"
		"      --all                 on every display\n"
		"      --for DURATION        30s, 10m, 2h; at most 24h, urgent 6h, emergency 1h\n"
		"  -l, --level LEVEL         notice, urgent or emergency: a higher one covers a lower one,\n"
		"                            of one level the newest shows\n"
		"      --from T              begin then, such as \"2026-03-02 14:00\", and not at once\n"
		"  -t, --template NAME       words approved beforehand (`bangtin status` lists them); at "
		"most 60m.\n"
		"                            A site that takes signed words only announces nothing else\n"
		"      --list                what is in force or to come, and which displays show it\n"
		"      --log                 who ordered what and when, and which displays confirmed "
		"it\n"
		"      --wait DURATION       how long the displays have to confirm it: 5s; 0 does not wait.\n"
		"                            Exit status 3 if one did not\n"),
	.run = run_announce,
};

const struct command command_clear = {
	.name = "clear",
	.arguments = "[ID] [-d DISPLAY]",
	.summary = N_("Takes announcements back"),
	.help = N_(
		"All of them, or the one with that ID, or those on that display.\n\n"
		"  -d, --display NAME\n"
		"      --wait DURATION       how long the displays have to confirm it: 5s; 0 does not wait.\n"
		"                            Exit status 3 if one did not\n"),
	.run = run_remove,
};

const struct command command_blank = {
	.name = "blank",
	.arguments = "[-d DISPLAY...]",
	.summary = N_("Makes displays black at once, until unblank"),
	.help = N_(
		"Acts whatever else goes on: it waits for no load and no disk.\n\n"
		"  -d, --display NAME-OR-TAG  all of them, if not told; may be repeated\n"
		"      --wait DURATION       how long the displays have to confirm it: 5s; 0 does not wait.\n"
		"                            Exit status 3 if one did not\n"),
	.run = run_blank,
};

const struct command command_unblank = {
	.name = "unblank",
	.arguments = "[ID] [-d DISPLAY]",
	.summary = N_("Takes blank back"),
	.help = N_(
		"  -d, --display NAME         all of them, if not told\n"
		"      --wait DURATION       how long the displays have to confirm it: 5s; 0 does not wait.\n"
		"                            Exit status 3 if one did not\n"),
	.run = run_remove,
};
