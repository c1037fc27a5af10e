#include <stdio.h>
#include <stdlib.h>

#include "base/words.h"
#include "cli.h"

static const char *explain(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_WINS:
		return _("plays");
	case VERDICT_OTHERS_TURN:
		return _("same priority: it is another's turn");
	case VERDICT_LOWER_PRIORITY:
		return _("a higher priority plays");
	case VERDICT_QUOTA:
		return _("another was owed a showing (`share`, `at-least`)");
	case VERDICT_CAPPED:
		return _("its `at-most` is reached, or it keeps apart from the one before");
	case VERDICT_HOURS:
		return _("not within its hours");
	case VERDICT_WEEKDAY:
		return _("not on its days of the week");
	case VERDICT_NOT_YET:
		return _("before its `from`");
	case VERDICT_OVER:
		return _("after its `until`");
	case VERDICT_EXCEPTED:
		return _("an `except` names this day");
	case VERDICT_DATES:
		return _("its `dates` do not name this day");
	case VERDICT_REPEAT:
		return _("its `repeat` leaves this day out");
	case VERDICT_EXPIRED:
		return _("all its messages have expired");
	}
	return "";
}

static const char *source_rule(const struct show_state *state)
{
	switch (state->source) {
	case SHOW_BLANK:
		return _("an operator blanked it; that beats everything");
	case SHOW_ANNOUNCE:
		return _("an operator's announcement; it beats the schedule");
	case SHOW_OFF:
		return _("outside the display's on-hours");
	case SHOW_DEFAULT:
		return _("no schedule entry is open: the display's default message");
	case SHOW_SCHEDULE:
		break;
	}
	switch (state->segment ? state->segment->reason : REASON_NOTHING) {
	case REASON_ONLY:
		return _("the only entry that is open");
	case REASON_PRIORITY:
		return _("the highest priority of the entries that are open");
	case REASON_QUOTA:
		return _("it was owed a showing by its `share` or `at-least`");
	case REASON_TURN:
		return _("its turn among the entries of the highest priority");
	case REASON_NOTHING:
		break;
	}
	return "";
}

static void print_text(const struct context *context, int64_t at, const struct show_state *state,
	const struct candidate *candidates, size_t count)
{
	const struct segment *segment = state->source == SHOW_SCHEDULE ? state->segment : NULL;
	printf("%s  %s\n", context_format(context, at), show_view(context->show)->display->name);
	if (segment)
		printf(_("shows  %s/%s, from %s until %s\n"), segment->item->message->unit,
			segment->item->message->name, context_local(context, segment->start),
			context_local(context, segment->end));
	else if (state->override && state->override->text)
		printf(_("shows  announcement %s: %s\n"), state->override->id, state->override->text);
	else if (state->source == SHOW_DEFAULT && show_view(context->show)->display->fallback_text)
		printf(_("shows  the default: %s\n"), show_view(context->show)->display->fallback_text);
	else
		puts(_("shows  nothing (black)"));
	printf(_("rule   %s\n"), source_rule(state));
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = candidates[i].entry;
		printf("%c %3d  %-32s %s  (%s:%d)\n", candidates[i].verdict == VERDICT_WINS ? '*' : ' ',
			entry->priority, entry->id, explain(candidates[i].verdict), entry->where.file,
			entry->where.line);
	}
}

static json_t *to_json(const struct context *context, int64_t at, const struct show_state *state,
	const struct candidate *candidates, size_t count)
{
	static const char *const sources[] = {[SHOW_SCHEDULE] = "schedule",
		[SHOW_ANNOUNCE] = "announce",
		[SHOW_BLANK] = "blank",
		[SHOW_DEFAULT] = "default",
		[SHOW_OFF] = "off"};
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:i, s:s, s:s, s:i}", "entry", candidates[i].entry->id, "priority",
				candidates[i].entry->priority, "verdict", verdict_name(candidates[i].verdict),
				"file", candidates[i].entry->where.file, "line",
				candidates[i].entry->where.line));
	json_t *json = json_pack("{s:s, s:I, s:s, s:s, s:o}", "at", context_format(context, at), "at_ns",
		(json_int_t)at, "source", sources[state->source], "rule", source_rule(state), "candidates",
		list);
	if (state->source == SHOW_SCHEDULE) {
		const struct segment *segment = state->segment;
		json_object_set_new(json, "entry", json_string(segment->entry->id));
		json_object_set_new(json, "message",
			json_sprintf("%s/%s", segment->item->message->unit, segment->item->message->name));
		json_object_set_new(json, "reason", json_string(reason_name(segment->reason)));
		json_object_set_new(json, "from", json_string(context_format(context, segment->start)));
		json_object_set_new(json, "until", json_string(context_format(context, segment->end)));
	}
	if (state->override)
		json_object_set_new(json, "override", json_string(state->override->id));
	return json;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL, *at_text = NULL;
	const struct flag flags[] = {
		{"display", 'd', FLAG_VALUE, &display}, {"at", 0, FLAG_VALUE, &at_text}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	struct context context;
	int64_t at = 0;
	code = context_open(&common, operands ? argv[0] : NULL, &context);
	if (code == EXIT_DONE)
		code = context_show(&context, display);
	if (code == EXIT_DONE)
		code = context_time(&context, "at", at_text, context.now, &at);
	if (code == EXIT_DONE) {
		struct show_state state;
		struct candidate *candidates = NULL;
		show_state_at(context.show, (struct instant){at, true}, &state);
		size_t count = sched_why(show_view(context.show), at, &candidates);
		if (common.json) {
			json_t *json = to_json(&context, at, &state, candidates, count);
			cli_print_json(json);
			json_decref(json);
		} else {
			print_text(&context, at, &state, candidates, count);
		}
		free(candidates);
	}
	context_finish(&context);
	return code;
}

const struct command command_why = {
	.name = "why",
	.arguments = "[-c FILE] -d DISPLAY [--at T] [PATH]",
	.summary = N_("Says what shows at an instant, what does not, and which rule decided"),
	.help = N_("  -d, --display NAME\n"
		   "      --at T                now, if not told\n"),
	.run = run,
};
