/* iCalendar (RFC 5545). The library folds lines and quotes texts. */
#include <libical/ical.h>
#include <stdio.h>

#include "agenda.h"
#include "base/alloc.h"
#include "base/digest.h"
#include "base/words.h"
#include "walk.h"

struct writer {
	const struct context *context;
	icalcomponent *component;
};

static struct icaltimetype local_time(const struct zone *zone, int64_t time)
{
	struct civil civil;

	zone_civil(zone, time, &civil);
	return (struct icaltimetype){.year = civil.year,
		.month = civil.month,
		.day = civil.day,
		.hour = civil.hour,
		.minute = civil.minute,
		.second = civil.second};
}

/* --- the zone: how its clocks stand in the span, so that a reader needs no table of its own */

static void add_observance(icalcomponent *zone, struct icaltimetype start, int32_t before, int32_t after)
{
	icalcomponent *part = after > before ? icalcomponent_new_xdaylight() : icalcomponent_new_xstandard();

	icalcomponent_add_property(part, icalproperty_new_dtstart(start));
	icalcomponent_add_property(part, icalproperty_new_tzoffsetfrom(before));
	icalcomponent_add_property(part, icalproperty_new_tzoffsetto(after));
	icalcomponent_add_component(zone, part);
}

static int64_t find_change(const struct zone *zone, int64_t low, int64_t high)
{
	int32_t before = zone_offset(zone, low);

	while (high - low > NS_PER_SEC) {
		int64_t middle = low + (high - low) / 2 / NS_PER_SEC * NS_PER_SEC;
		if (middle == low)
			break;
		if (zone_offset(zone, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static void add_zone(struct writer *writer, int64_t from, int64_t until)
{
	const struct zone *zone = writer->context->site->zone;
	icalcomponent *part = icalcomponent_new_vtimezone();
	int64_t at = from / NS_PER_HOUR * NS_PER_HOUR - 24 * NS_PER_HOUR;
	int32_t offset = zone_offset(zone, at);

	icalcomponent_add_property(part, icalproperty_new_tzid(zone_name(zone)));
	add_observance(part, local_time(zone, at), offset, offset);
	for (; at < until + 24 * NS_PER_HOUR; at += NS_PER_HOUR) {
		int32_t next = zone_offset(zone, at + NS_PER_HOUR);
		if (next == offset)
			continue;
		/* it begins by the clock as it stood before */
		int64_t change = find_change(zone, at, at + NS_PER_HOUR);
		struct icaltimetype start = local_time(zone, change - NS_PER_SEC);
		icaltime_adjust(&start, 0, 0, 0, 1);
		add_observance(part, start, offset, next);
		offset = next;
	}
	icalcomponent_add_component(writer->component, part);
}

/* --- events */

static void set_zone(const struct writer *writer, icalproperty *property)
{
	icalproperty_add_parameter(property, icalparameter_new_tzid(zone_name(writer->context->site->zone)));
}

static char *describe(const struct block *block)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	for (size_t i = 0; i < block->count; i++) {
		const struct playlist *playlist = block->entries[i]->playlist;
		if (i)
			fputc('\n', to);
		fprintf(to, _("%s (priority %d)"), block->entries[i]->id, block->entries[i]->priority);
		for (size_t k = 0; k < playlist->item_count && k < 20; k++)
			if (*playlist->items[k]->message->text)
				fprintf(to, "\n- %s", playlist->items[k]->message->text);
	}
	fclose(to);
	return text;
}

static char *summarise(const struct block *block)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	for (size_t i = 0; i < block->count; i++)
		fprintf(to, "%s%s", i ? ", " : "", block->entries[i]->id);
	if (block->more)
		fputs(", …", to);
	fclose(to);
	return text;
}

/* The same event has the same name tomorrow: calendars that read it again replace it. */
static char *unique_name(const struct writer *writer, const struct block *block, const char *summary)
{
	char hex[DIGEST_HEX];
	char *text = xasprintf("%s %s %lld %s", writer->context->site->name,
		show_view(writer->context->show)->display->name, (long long)block->start, summary);

	digest_sha256(text, strlen(text), hex);
	free(text);
	return xasprintf("%.32s@bangtin", hex);
}

static void add_event(void *data, const struct block *block)
{
	struct writer *writer = data;
	const struct zone *zone = writer->context->site->zone;

	if (block->count == 0)
		return;
	icalcomponent *event = icalcomponent_new_vevent();
	icalproperty *start = icalproperty_new_dtstart(local_time(zone, block->start));
	icalproperty *end = icalproperty_new_dtend(local_time(zone, block->end));
	char *summary = summarise(block), *text = describe(block),
	     *name = unique_name(writer, block, summary);
	set_zone(writer, start);
	set_zone(writer, end);
	icalcomponent_add_property(event, icalproperty_new_uid(name));
	icalcomponent_add_property(event,
		icalproperty_new_dtstamp(icaltime_from_timet_with_zone(
			(time_t)(writer->context->now / NS_PER_SEC), 0, icaltimezone_get_utc_timezone())));
	icalcomponent_add_property(event, start);
	icalcomponent_add_property(event, end);
	icalcomponent_add_property(event, icalproperty_new_summary(summary));
	icalcomponent_add_property(event, icalproperty_new_description(text));
	icalcomponent_add_property(
		event, icalproperty_new_location(show_view(writer->context->show)->display->name));
	icalcomponent_add_component(writer->component, event);
	free(summary);
	free(text);
	free(name);
}

static void visit(void *data, day_t day, const struct segment *segment)
{
	struct blocks *blocks = data;

	if (blocks->open && blocks->block.end != segment->start) /* the display was off */
		blocks_add(blocks, NULL);
	blocks_add(blocks, segment);
}

void agenda_ics(struct context *context, int64_t from, int64_t until)
{
	struct writer writer = {.context = context, .component = icalcomponent_new_vcalendar()};
	struct blocks blocks = {.any_reason = true, .give = add_event, .data = &writer};

	icalcomponent_add_property(writer.component, icalproperty_new_version("2.0"));
	icalcomponent_add_property(
		writer.component, icalproperty_new_prodid("-//bangtin//bangtin " BANGTIN_VERSION "//EN"));
	add_zone(&writer, from, until);
	walk_run(&(struct walk){context, from, until, true, visit, &blocks});
	blocks_add(&blocks, NULL);
	char *text = icalcomponent_as_ical_string_r(writer.component);
	fputs(text, stdout);
	icalmemory_free_buffer(text);
	icalcomponent_free(writer.component);
}
