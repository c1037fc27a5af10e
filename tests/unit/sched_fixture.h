/* A site and a catalogue made by hand, so that the schedule is tested without its readers. */
#ifndef SCHED_FIXTURE_H
#define SCHED_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "sched/timeline.h"

#define FIXTURE_ENTRIES 16
#define FIXTURE_ITEMS	4 /* of one entry */
#define FIXTURE_HOURS	3

#define AT(hour, minute) ((hour)*3600 + (minute)*60)
#define WHOLE_DAY	 AT(0, 0), AT(24, 0)
#define EVERY_DAY	 127u
#define MON_FRI		 31u

struct made_item {
	int32_t seconds; /* 0: no item */
	int64_t until;	 /* 0: never expires */
};

/* What a test says of an entry; zero means the default. */
struct made_entry {
	const char *id;
	struct hours hours[FIXTURE_HOURS]; /* end 0: none */
	struct made_item items[FIXTURE_ITEMS];
	int priority;
	unsigned weekdays; /* 0: every day */
	const char *from, *until, *except, *dates, *also;
	const char *on; /* default "led" */
	int share;	/* permille */
	struct quota at_least, at_most;
	int apart; /* number, from 1, of an entry that it keeps apart from; 0: none */
};

struct fixture {
	struct site site;
	struct display display;
	const char *tags[1];
	struct catalogue catalogue;
	struct sched_view view;
	struct message messages[FIXTURE_ENTRIES * FIXTURE_ITEMS];
	struct item items[FIXTURE_ENTRIES * FIXTURE_ITEMS];
	const struct item *item_list[FIXTURE_ENTRIES * FIXTURE_ITEMS];
	int64_t lengths[FIXTURE_ENTRIES * FIXTURE_ITEMS];
	struct playlist playlists[FIXTURE_ENTRIES];
	struct entry entries[FIXTURE_ENTRIES];
	const struct entry *entry_list[FIXTURE_ENTRIES];
	struct hours hours[FIXTURE_ENTRIES][FIXTURE_HOURS];
	struct days except[FIXTURE_ENTRIES], dates[FIXTURE_ENTRIES], also[FIXTURE_ENTRIES];
	const char *on[FIXTURE_ENTRIES];
	const struct entry *apart[FIXTURE_ENTRIES];
};

static inline day_t date(const char *text)
{
	day_t day;

	assert_int_equal(time_parse_date(text, &day), 0);
	return day;
}

static inline int64_t local(const struct fixture *f, const char *text)
{
	int64_t time;

	assert_int_equal(time_parse_instant(f->site.zone, text, &time), 0);
	return time;
}

static inline struct fixture *fixture_create(const char *zone)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	assert_int_equal(zone_create(zone, &f->site.zone), 0);
	f->tags[0] = "led";
	f->display = (struct display){.name = "board", .tags = f->tags, .tag_count = 1};
	f->catalogue.entries = f->entry_list;
	f->catalogue.items = f->item_list;
	f->view = (struct sched_view){
		.site = &f->site, .catalogue = &f->catalogue, .display = &f->display, .lengths = f->lengths};
	return f;
}

static inline void fixture_destroy(struct fixture *f)
{
	zone_destroy(f->site.zone);
	free(f);
}

static inline void fixture_add_items(
	struct fixture *f, struct playlist *playlist, const struct made_entry *made)
{
	playlist->items = &f->item_list[f->catalogue.item_count];
	for (size_t i = 0; i < FIXTURE_ITEMS && made->items[i].seconds; i++) {
		size_t index = f->catalogue.item_count++;

		f->messages[index].until = made->items[i].until ? made->items[i].until : TIME_NEVER;
		f->items[index] = (struct item){.message = &f->messages[index], .passes = 1, .index = index};
		f->item_list[index] = &f->items[index];
		f->lengths[index] = made->items[i].seconds * NS_PER_SEC;
		playlist->item_count++;
	}
}

static inline size_t fixture_days(const char *text, struct days *days)
{
	if (text)
		*days = (struct days){.first = date(text), .last = date(text)};
	return text != NULL;
}

static inline void fixture_add(struct fixture *f, struct made_entry made)
{
	size_t index = f->catalogue.entry_count++;
	struct entry *entry = &f->entries[index];

	assert_in_range(index, 0, FIXTURE_ENTRIES - 1);
	f->on[index] = made.on ? made.on : "led";
	*entry = (struct entry){
		.id = made.id,
		.index = index,
		.priority = made.priority ? made.priority : 10,
		.weekdays = made.weekdays ? made.weekdays : EVERY_DAY,
		.from = made.from ? date(made.from) : DAY_NONE,
		.until = made.until ? date(made.until) : DAY_NONE,
		.on = &f->on[index],
		.on_count = 1,
		.playlist = &f->playlists[index],
		.hours = f->hours[index],
		.except = &f->except[index],
		.dates = &f->dates[index],
		.also = &f->also[index],
		.except_count = fixture_days(made.except, &f->except[index]),
		.dates_count = fixture_days(made.dates, &f->dates[index]),
		.also_count = fixture_days(made.also, &f->also[index]),
		.share = made.share,
		.at_least = made.at_least,
		.at_most = made.at_most,
		.apart = &f->apart[index],
		.apart_count = made.apart > 0,
	};
	while (entry->hours_count < FIXTURE_HOURS && made.hours[entry->hours_count].end) {
		f->hours[index][entry->hours_count] = made.hours[entry->hours_count];
		entry->hours_count++;
	}
	if (made.apart)
		f->apart[index] = &f->entries[made.apart - 1];
	fixture_add_items(f, &f->playlists[index], &made);
	f->entry_list[index] = entry;
}

#endif
