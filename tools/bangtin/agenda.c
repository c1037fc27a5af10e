/* What plays when. A day has thousands of items; the listing joins those that play in turn into one line, unless
 * --items asks for each. */
#include <stdio.h>

#include "base/alloc.h"
#include "cli.h"

#define DAYS_MOST 400

struct block { /* a span in which the same entries take turns */
	int64_t start, end;
	const struct entry *entries[16];
	size_t count;
	bool more;
	enum reason reason;
};

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
	if (block->count == sizeof block->entries / sizeof *block->entries)
		block->more = true;
	else
		block->entries[block->count++] = entry;
}

/* Entries of one priority that alternate without a gap belong to one block. */
static bool joins(const struct block *block, const struct segment *segment)
{
	if (!segment->entry || block->count == 0)
		return !segment->entry && block->count == 0;
	if (block->entries[0]->priority != segment->entry->priority || block->reason != segment->reason)
		return false;
	return segment->reason == REASON_TURN || has(block, segment->entry);
}

static void print_block(const struct context *context, const struct block *block)
{
	printf("%.19s  %.19s  ", context_format(context, block->start), context_format(context, block->end));
	if (block->count == 0) {
		puts("(nothing: the default message)");
		return;
	}
	for (size_t i = 0; i < block->count; i++)
		printf("%s%s", i ? ", " : "", block->entries[i]->id);
	printf("%s  [priority %d%s]\n", block->more ? ", …" : "", block->entries[0]->priority,
		block->reason == REASON_PRIORITY ? ", over lower ones" : "");
}

static void print_item(const struct context *context, const struct segment *segment)
{
	printf("%-23s  %9.3f s  ", context_local(context, segment->start),
		(double)(segment->end - segment->start) / NS_PER_SEC);
	if (!segment->entry) {
		puts("(nothing: the default message)");
		return;
	}
	printf("%s/%s  (%s, %s)\n", segment->item->message->unit, segment->item->message->name,
		segment->entry->id, reason_name(segment->reason));
}

static json_t *segment_json(const struct context *context, const struct segment *segment)
{
	json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:s}", "from", context_format(context, segment->start),
		"until", context_format(context, segment->end), "start_ns", (json_int_t)segment->start,
		"end_ns", (json_int_t)segment->end, "reason", reason_name(segment->reason));
	if (segment->entry) {
		json_object_set_new(json, "entry", json_string(segment->entry->id));
		json_object_set_new(json, "priority", json_integer(segment->entry->priority));
		json_object_set_new(json, "message",
			json_sprintf("%s/%s", segment->item->message->unit, segment->item->message->name));
		json_object_set_new(json, "item", json_integer((json_int_t)segment->item->index));
		json_object_set_new(json, "item_start_ns", json_integer(segment->item_start));
	}
	return json;
}

struct listing {
	struct context *context;
	int64_t from, until;
	bool items;
	json_t *json; /* NULL: text */
	struct block block;
	bool open;
};

static void visit(struct listing *listing, const struct segment *segment)
{
	if (listing->json) {
		json_array_append_new(listing->json, segment_json(listing->context, segment));
	} else if (listing->items) {
		print_item(listing->context, segment);
	} else if (listing->open && joins(&listing->block, segment)) {
		listing->block.end = segment->end;
		add(&listing->block, segment->entry);
	} else {
		if (listing->open)
			print_block(listing->context, &listing->block);
		listing->block = (struct block){
			.start = segment->start, .end = segment->end, .reason = segment->reason};
		add(&listing->block, segment->entry);
		listing->open = true;
	}
}

static void list(struct listing *listing)
{
	const struct site *site = listing->context->site;
	day_t last = sched_programme_day(site, listing->until - 1);
	for (day_t day = sched_programme_day(site, listing->from); day <= last; day++) {
		const struct timeline *timeline = show_timeline(listing->context->show, day);
		for (size_t i = 0; i < timeline->count; i++) {
			struct segment segment = timeline->segments[i];
			if (segment.end <= listing->from || segment.start >= listing->until)
				continue;
			if (segment.start < listing->from)
				segment.start = listing->from;
			if (segment.end > listing->until)
				segment.end = listing->until;
			visit(listing, &segment);
		}
	}
	if (listing->open)
		print_block(listing->context, &listing->block);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL, *from = NULL, *until = NULL;
	bool items = false;
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display}, {"from", 0, FLAG_VALUE, &from},
		{"until", 0, FLAG_VALUE, &until}, {"items", 0, FLAG_SET, &items}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 1)
		return cli_usage(command, "one PATH at most");
	struct context context;
	struct listing listing = {.context = &context, .items = items};
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
	if (code == EXIT_DONE) {
		listing.json = common.json ? json_array() : NULL;
		list(&listing);
		if (listing.json)
			cli_print_json(listing.json);
		json_decref(listing.json);
	}
	context_finish(&context);
	return code;
}

const struct command command_agenda = {
	.name = "agenda",
	.arguments = "[-c FILE] -d DISPLAY [--from T] [--until T] [--items] [PATH]",
	.summary = "Lists what plays when",
	.help = "With PATH (and -c): as if it were loaded now. The programme day of --from, or today, if not "
		"told.\n\n"
		"  -d, --display NAME\n"
		"      --from T, --until T   such as \"2026-03-02 08:00\"; [from, until)\n"
		"      --items               each item on a line of its own\n",
	.run = run,
};
