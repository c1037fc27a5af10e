#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "overlay.h"

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

static const char *announcement_rule(enum override_level level)
{
	switch (level) {
	case LEVEL_NOTICE:
		return _("an operator's announcement; it beats the schedule");
	case LEVEL_URGENT:
		return _("an operator's urgent announcement; it beats notices and the schedule");
	case LEVEL_EMERGENCY:
		return _("an emergency announcement; it beats all others and the schedule");
	}
	return "";
}

static const char *explain_override(const char *verdict)
{
	static const char *const all[][2] = {{"wins", N_("shows")},
		{"lower-level", N_("a higher level covers it")},
		{"older", N_("a newer one of its level covers it")},
		{"blanked", N_("the display is blanked")}, {"later", N_("it begins later")},
		{"over", N_("it is over")}};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i][0], verdict) == 0)
			return _(all[i][1]);
	return "";
}

static const char *source_rule(const struct show_state *state)
{
	switch (state->source) {
	case SHOW_BLANK:
		return _("an operator blanked it; that beats everything");
	case SHOW_ANNOUNCE:
		return state->override ? announcement_rule(state->override->level) : "";
	case SHOW_OFF:
		return _("outside the display's on-hours");
	case SHOW_DEFAULT:
		return state->segment ? _("no schedule entry is open: the display's default message")
				      : _("the clock is not believed: the display's default message");
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

static void print_overrides(const struct context *context, struct instant at, const struct override *winner)
{
	const struct display *display = show_view(context->show)->display;
	for (size_t i = 0; i < context->override_count; i++) {
		const struct override *o = &context->overrides[i];
		const char *verdict = override_verdict(o, winner, at);
		if (!override_names(o, display))
			continue;
		printf("%c      %-32s %s\n", o == winner ? '*' : ' ', o->id, explain_override(verdict));
	}
}

/* The state's copy is the show's own: the winner as the context has it. */
static const struct override *winner_of(const struct context *context, struct instant at)
{
	return override_at(
		context->overrides, context->override_count, show_view(context->show)->display, at);
}

static void print_text(const struct context *context, struct instant now, const struct show_state *state,
	const struct candidate *candidates, size_t count)
{
	int64_t at = now.time;
	const struct segment *segment = state->source == SHOW_SCHEDULE ? state->segment : NULL;
	printf("%s  %s\n", now.trusted ? context_format(context, at) : _("the clock is not believed"),
		show_view(context->show)->display->name);
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
	print_overrides(context, now, winner_of(context, now));
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = candidates[i].entry;
		printf("%c %3d  %-32s %s  (%s:%d)\n", candidates[i].verdict == VERDICT_WINS ? '*' : ' ',
			entry->priority, entry->id, explain(candidates[i].verdict), entry->where.file,
			entry->where.line);
	}
}

static json_t *overrides_to_json(const struct context *context, struct instant at)
{
	const struct override *winner = winner_of(context, at);
	json_t *list = json_array();
	for (size_t i = 0; i < context->override_count; i++) {
		const struct override *o = &context->overrides[i];
		if (!override_names(o, show_view(context->show)->display))
			continue;
		json_t *json = json_pack("{s:s, s:s, s:s}", "id", o->id, "kind",
			o->kind == OVERRIDE_BLANK ? "blank" : "announce", "verdict",
			override_verdict(o, winner, at));
		if (o->kind == OVERRIDE_ANNOUNCE)
			json_object_set_new(json, "level", json_string(level_name(o->level)));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *to_json(const struct context *context, struct instant now, const struct show_state *state,
	const struct candidate *candidates, size_t count)
{
	int64_t at = now.time;
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
	json_t *json = json_pack("{s:s, s:I, s:b, s:s, s:s, s:o, s:o}", "at", context_format(context, at),
		"at_ns", (json_int_t)at, "trusted", now.trusted, "source", sources[state->source], "rule",
		source_rule(state), "candidates", list, "overrides", overrides_to_json(context, now));
	if (state->source == SHOW_DEFAULT && state->segment)
		json_object_set_new(json, "reason", json_string(reason_name(state->segment->reason)));
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
	if (state->override && state->override->kind == OVERRIDE_ANNOUNCE)
		json_object_set_new(json, "level", json_string(level_name(state->override->level)));
	return json;
}

/* Appends to list, or prints where it is NULL. */
static void explain_at(struct context *context, struct instant now, json_t *list)
{
	struct show_state state;
	struct candidate *candidates = NULL;
	show_state_at(context->show, now, &state);
	size_t count = now.trusted ? sched_why(show_view(context->show), now.time, &candidates) : 0;
	if (list)
		json_array_append_new(list, to_json(context, now, &state, candidates, count));
	else
		print_text(context, now, &state, candidates, count);
	free(candidates);
}

static int explain_all(struct context *context, const struct many *at, bool untrusted, bool json)
{
	json_t *list = json ? json_array() : NULL;
	int code = EXIT_DONE;
	for (size_t i = 0; i < (at->count ? at->count : 1) && code == EXIT_DONE; i++) {
		const char *text = at->count ? at->values[i] : NULL;
		struct instant now = {0, !untrusted && (text || !context->untrusted)};
		code = context_time(context, "at", text, context->now, &now.time);
		if (code == EXIT_DONE)
			explain_at(context, now, list);
	}
	if (json && code == EXIT_DONE)
		cli_print_json(at->count > 1 ? list : json_array_get(list, 0));
	json_decref(list);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL;
	struct many at = {0};
	bool untrusted = false;
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display}, {"at", 0, FLAG_MANY, &at},
		{"untrusted", 0, FLAG_SET, &untrusted}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	struct context context;
	code = context_open(&common, operands ? argv[0] : NULL, &context);
	if (code == EXIT_DONE)
		code = context_show(&context, display);
	if (code == EXIT_DONE)
		code = explain_all(&context, &at, untrusted, common.json);
	context_finish(&context);
	return code;
}

const struct command command_why = {
	.name = "why",
	.arguments = "[-c FILE] -d DISPLAY [--at T...] [--untrusted] [PATH]",
	.summary = N_("Says what shows at an instant, what does not, and which rule decided"),
	.help = N_("  -d, --display NAME\n"
		   "      --at T                now, if not told; may be repeated\n"
		   "      --untrusted           as while the daemon's clock is not believed\n"),
	.run = run,
};
