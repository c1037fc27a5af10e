/* What plays when. A day has thousands of items; the listing joins those that play in turn into one line, unless
 * --items asks for each. */
#include <stdio.h>

#include "agenda.h"
#include "base/words.h"
#include "overlay.h"

#define DAYS_MOST 400

static bool has(const struct block *block, const struct entry *entry)
{
	for (size_t i = 0; i < block->count; i++)
		if (block->entries[i] == entry)
			return true;
	return false;
}

static void add(struct block *block, const struct entry *entry)
{
	if (!entry || has(block, entry))
		return;
	if (block->count == BLOCK_ENTRIES)
		block->more = true;
	else
		block->entries[block->count++] = entry;
}

/* Entries of one priority that alternate without a gap belong to one block, and what a quota lets in between. */
static bool joins(const struct blocks *blocks, const struct segment *segment)
{
	const struct block *block = &blocks->block;

	if (!segment->entry || block->count == 0)
		return !segment->entry && block->count == 0;
	if (segment->reason == REASON_QUOTA || block->reason == REASON_QUOTA)
		return true;
	if (block->priority != segment->entry->priority)
		return false;
	if (block->reason != segment->reason && !blocks->any_reason)
		return false;
	return segment->reason == REASON_TURN || has(block, segment->entry);
}

void blocks_add(struct blocks *blocks, const struct segment *segment)
{
	struct block *block = &blocks->block;

	if (blocks->open && !(segment && joins(blocks, segment))) {
		blocks->give(blocks->data, block);
		blocks->open = false;
	}
	if (!segment)
		return;
	if (!blocks->open)
		*block = (struct block){.start = segment->start, .reason = segment->reason};
	if (segment->entry && (!blocks->open || block->reason == REASON_QUOTA)) {
		block->reason = segment->reason;
		block->priority = segment->entry->priority;
	}
	blocks->open = true;
	block->end = segment->end;
	add(block, segment->entry);
}

static void print_block(void *data, const struct block *block)
{
	const struct context *context = data;

	printf("%.19s  %.19s  ", context_format(context, block->start), context_format(context, block->end));
	if (block->count == 0) {
		puts(_("(nothing: the default message)"));
		return;
	}
	for (size_t i = 0; i < block->count; i++)
		printf("%s%s", i ? ", " : "", block->entries[i]->id);
	fputs(block->more ? ", …" : "", stdout);
	printf(block->reason == REASON_PRIORITY ? _("  [priority %d, over lower ones]\n")
						: _("  [priority %d]\n"),
		block->priority);
}

static void print_overlay(const struct context *context, const struct spell *spell, bool items)
{
	const struct override *override = spell->override;

	if (items)
		printf("%-23s  %9.3f s  ", context_local(context, spell->start),
			(double)(spell->end - spell->start) / NS_PER_SEC);
	else
		printf("%.19s  %.19s  ", context_format(context, spell->start),
			context_format(context, spell->end));
	if (spell->source == SHOW_OFF)
		puts(_("(off)"));
	else if (spell->source == SHOW_BLANK)
		printf(_("(black: blank %s)\n"), override->id);
	else
		printf(_("announcement %s, %s: %s\n"), override->id, _(level_name(override->level)),
			override->text);
}

static void print_item(const struct context *context, const struct segment *segment)
{
	printf("%-23s  %9.3f s  ", context_local(context, segment->start),
		(double)(segment->end - segment->start) / NS_PER_SEC);
	if (!segment->entry) {
		puts(_("(nothing: the default message)"));
		return;
	}
	printf("%s/%s  (%s, %s)\n", segment->item->message->unit, segment->item->message->name,
		segment->entry->id, _(reason_name(segment->reason)));
}

static json_t *spell_json(const struct context *context, const struct spell *spell)
{
	static const char *const sources[] = {[SHOW_SCHEDULE] = "schedule",
		[SHOW_ANNOUNCE] = "announce",
		[SHOW_BLANK] = "blank",
		[SHOW_DEFAULT] = "default",
		[SHOW_OFF] = "off"};
	const struct segment *segment = &spell->segment;
	const struct override *override = spell->override;
	json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:s}", "from", context_format(context, spell->start),
		"until", context_format(context, spell->end), "start_ns", (json_int_t)spell->start, "end_ns",
		(json_int_t)spell->end, "source", sources[spell->source]);
	if (spell->source == SHOW_SCHEDULE || spell->source == SHOW_DEFAULT)
		json_object_set_new(json, "reason", json_string(reason_name(segment->reason)));
	if (spell->source == SHOW_SCHEDULE) {
		json_object_set_new(json, "entry", json_string(segment->entry->id));
		json_object_set_new(json, "priority", json_integer(segment->entry->priority));
		json_object_set_new(json, "message",
			json_sprintf("%s/%s", segment->item->message->unit, segment->item->message->name));
		json_object_set_new(json, "item", json_integer((json_int_t)segment->item->index));
		json_object_set_new(json, "item_start_ns", json_integer(segment->item_start));
	}
	if (override)
		json_object_set_new(json, "override", json_string(override->id));
	if (override && override->kind == OVERRIDE_ANNOUNCE) {
		json_object_set_new(json, "level", json_string(level_name(override->level)));
		json_object_set_new(json, "text", json_string(override->text));
	}
	return json;
}

struct listing {
	struct context *context;
	int64_t from, until;
	bool items;
	json_t *json; /* NULL: text */
	struct blocks blocks;
};

static void give_spell(void *data, const struct spell *spell)
{
	struct listing *listing = data;
	bool scheduled = spell->source == SHOW_SCHEDULE || spell->source == SHOW_DEFAULT;

	if (listing->json) {
		json_array_append_new(listing->json, spell_json(listing->context, spell));
	} else if (!scheduled) {
		blocks_add(&listing->blocks, NULL);
		print_overlay(listing->context, spell, listing->items);
	} else if (listing->items) {
		print_item(listing->context, &spell->segment);
	} else {
		blocks_add(&listing->blocks, &spell->segment);
	}
}

static void list(struct listing *listing, bool json)
{
	listing->json = json ? json_array() : NULL;
	listing->blocks = (struct blocks){.give = print_block, .data = listing->context};
	overlay_run(listing->context, listing->from, listing->until, give_spell, listing);
	blocks_add(&listing->blocks, NULL);
	if (listing->json)
		cli_print_json(listing->json);
	json_decref(listing->json);
}

struct form { /* one at most */
	bool items, ics, week, counts;
};

static void tell(struct listing *listing, const struct form *form, bool json)
{
	day_t day = sched_programme_day(listing->context->site, listing->from);

	if (form->ics)
		agenda_ics(listing->context, listing->from, listing->until);
	else if (form->week)
		agenda_week(listing->context, day - day_weekday(day), json);
	else if (form->counts)
		agenda_counts(listing->context, listing->from, listing->until, json);
	else
		list(listing, json);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL, *from = NULL, *until = NULL;
	struct form form = {0};
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display}, {"from", 0, FLAG_VALUE, &from},
		{"until", 0, FLAG_VALUE, &until}, {"items", 0, FLAG_SET, &form.items},
		{"ics", 0, FLAG_SET, &form.ics}, {"week", 0, FLAG_SET, &form.week},
		{"counts", 0, FLAG_SET, &form.counts}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 1)
		return cli_usage(command, "one PATH at most");
	if (form.items + form.ics + form.week + form.counts > 1 || (form.ics && common.json))
		return cli_usage(command, "one of --items, --ics, --week, --counts; and --ics has no JSON");
	struct context context;
	struct listing listing = {.context = &context, .items = form.items};
	code = context_open(&common, operands ? argv[0] : NULL, &context);
	if (code == EXIT_DONE)
		code = context_show(&context, display);
	int64_t start = 0, end = 0;
	if (code == EXIT_DONE)
		sched_day_bounds(context.site, sched_programme_day(context.site, context.now), &start, &end);
	if (code == EXIT_DONE)
		code = context_time(&context, "from", from, start, &listing.from);
	if (code == EXIT_DONE && from)
		sched_day_bounds(context.site, sched_programme_day(context.site, listing.from), &start, &end);
	if (code == EXIT_DONE)
		code = context_time(&context, "until", until, end, &listing.until);
	if (code == EXIT_DONE && (listing.until <= listing.from ||
					 listing.until - listing.from > DAYS_MOST * 24 * NS_PER_HOUR))
		code = cli_usage(command, "--until must come after --from, by at most %d days", DAYS_MOST);
	if (code == EXIT_DONE)
		tell(&listing, &form, common.json);
	context_finish(&context);
	return code;
}

const struct command command_agenda = {
	.name = "agenda",
	.arguments = "[-c FILE] -d DISPLAY [--from T] [--until T] [--items|--counts|--week|--ics] [PATH]",
	.summary = N_("Lists what plays when"),
	.help = N_(
		"With PATH (and -c): as if it were loaded now. The programme day of --from, or today, if not "
		"told.\n"
		"--counts, --week and --ics tell the schedule alone, without announcements and blanks.\n\n"
		"  -d, --display NAME\n"
		"      --from T, --until T   such as \"2026-03-02 08:00\"; [from, until)\n"
		"      --items               each item on a line of its own\n"
		"      --counts              of each entry: minutes, showings, share of its open time\n"
		"      --week                a chart of the week (Monday to Sunday) that contains --from\n"
		"      --ics                 an iCalendar file on standard output\n"),
	.run = run,
};
