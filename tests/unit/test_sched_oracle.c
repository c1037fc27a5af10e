/* The timeline against the oracle on random catalogues. A counter-example is shrunk by dropping entries, and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sched_fixture.h"
#include "sched_oracle.h"

#ifdef __SANITIZE_ADDRESS__ /* some ten times slower */
#define CATALOGUES 1000
#else
#define CATALOGUES 10000
#endif

struct trial { /* everything is a multiple of step */
	const char *zone;
	int32_t step; /* seconds */
	int32_t day_starts;
	day_t day;
	struct made_entry made[FIXTURE_ENTRIES];
	char dates[FIXTURE_ENTRIES][5][16];
	size_t count;
	int days;
};

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
	/* splitmix64: the same on every machine */
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % limit);
}

static bool chance(uint32_t percent)
{
	return random_below(100) < percent;
}

/* Days around steps of the clock, the year's end, the leap day, and any. */
static const char *const days[] = {"2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2025-12-31",
	"2026-01-01", "2028-02-28", "2028-02-29", "2026-06-17", "2026-04-04", "2026-10-03"};
static const char *const zones[] = {
	"Asia/Ho_Chi_Minh", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"};

static struct hours random_hours(const struct trial *trial)
{
	int32_t steps = 86400 / trial->step;
	struct hours hours;

	hours.start = (int32_t)random_below((uint32_t)steps) * trial->step;
	if (chance(50)) /* short and crowded: many borders meet */
		hours.start = hours.start % 4 * 3600 + (int32_t)random_below(4) * 10 * trial->step;
	hours.end =
		hours.start + (1 + (int32_t)random_below((uint32_t)(chance(60) ? 60 : steps))) * trial->step;
	if (hours.end > hours.start + 86400)
		hours.end = hours.start + 86400;
	if (chance(10))
		hours = (struct hours){.end = AT(24, 0)};
	return hours;
}

static const char *random_date(const struct trial *trial, char *text)
{
	time_format_date(trial->day + (int)random_below(5) - 2, text, 16);
	return text;
}

static struct made_entry random_entry(struct trial *trial, size_t index, int64_t start)
{
	static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	static const char *const on[] = {"led", "board", "kiosk", "led", "led", "*"};
	struct made_entry made = {.id = ids[index], .priority = 10 * (1 + (int)random_below(3))};

	for (size_t i = 0; i < 1 + random_below(FIXTURE_HOURS); i++)
		made.hours[i] = random_hours(trial);
	for (size_t i = 0; i < 1 + random_below(FIXTURE_ITEMS); i++) {
		made.items[i].seconds = (1 + (int32_t)random_below(chance(80) ? 9 : 90)) * trial->step;
		if (chance(15))
			made.items[i].until = start + (int64_t)random_below((uint32_t)(90000 / trial->step)) *
							      trial->step * NS_PER_SEC;
	}
	made.on = on[random_below(6)];
	if (chance(30))
		made.weekdays = 1 + random_below(127);
	if (chance(20))
		made.from = random_date(trial, trial->dates[index][0]);
	if (chance(20))
		made.until = random_date(trial, trial->dates[index][1]);
	if (chance(20))
		made.except = random_date(trial, trial->dates[index][2]);
	if (chance(15))
		made.dates = random_date(trial, trial->dates[index][3]);
	if (chance(15))
		made.also = random_date(trial, trial->dates[index][4]);
	if (chance(15))
		made.share = (int)(1 + random_below(10)) * 50;
	if (chance(15))
		made.at_least = (struct quota){1 + (int)random_below(6), chance(50)};
	if (chance(15))
		made.at_most = (struct quota){1 + (int)random_below(6), chance(50)};
	if (3600 % (made.at_most.count * trial->step + (made.at_most.count == 0)) != 0) /* steps */
		made.at_most.count = 1;
	if (chance(15))
		made.apart = 1 + (int)random_below((uint32_t)trial->count);
	return made;
}

static void random_trial(struct trial *trial, uint64_t seed)
{
	static const int32_t steps[] = {30, 60, 60, 60, 300, 300, 300, 300, 600, 600};
	struct zone *zone;
	int64_t start;

	random_state = seed;
	memset(trial, 0, sizeof *trial);
	trial->zone = zones[random_below(4)];
	trial->step = random_below(1000) == 0 ? 1 : steps[random_below(10)];
	if (chance(30))
		trial->day_starts = (int32_t)random_below(144) * 600;
	trial->day = chance(50) ? date(days[random_below(11)]) : date("2026-01-01") + (int)random_below(365);
	trial->count = 1 + random_below(8);
	trial->days = chance(25) ? 2 : 1;
	assert_int_equal(zone_create(trial->zone, &zone), 0);
	start = zone_instant(zone, trial->day, 0);
	zone_destroy(zone);
	for (size_t i = 0; i < trial->count; i++)
		trial->made[i] = random_entry(trial, i, start);
}

static struct fixture *make(const struct trial *trial)
{
	struct fixture *f = fixture_create(trial->zone);

	f->site.day_starts = trial->day_starts;
	for (size_t i = 0; i < trial->count; i++)
		fixture_add(f, trial->made[i]);
	return f;
}

static const char *entry_id(const struct entry *entry)
{
	return entry ? entry->id : "-";
}

/* Compares step by step, by walking the segments and by look-up. False with *ret_time at the first difference. */
static bool day_agrees(const struct fixture *f, day_t day, int64_t step, bool print)
{
	struct timeline *timeline = timeline_build(&f->view, day);
	struct oracle oracle = oracle_begin(&f->view, timeline->start, step);
	bool agrees = true;

	oracle_look_ahead(&oracle, timeline->end);
	while (agrees && oracle.time < timeline->end) {
		const struct segment *segment = timeline_at(timeline, oracle.time);
		int64_t time = oracle.time;
		const struct entry *entry;
		const struct item *item = oracle_step(&oracle, &entry);
		int64_t elapsed = time - segment->item_start + step;

		agrees = segment->entry == entry && segment->item == item;
		if (item) /* the place within the item, too */
			agrees &= elapsed == oracle.places[entry->index].played;
		if (!agrees && print) {
			char when[48];

			time_format(f->site.zone, time, when, sizeof when);
			print_error("at %s: timeline %s, oracle %s\n", when, entry_id(segment->entry),
				entry_id(entry));
		}
	}
	oracle_end(&oracle);
	timeline_destroy(timeline);
	return agrees;
}

static bool agrees(const struct trial *trial, bool print)
{
	struct fixture *f = make(trial);
	bool good = true;

	for (int i = 0; i < trial->days && good; i++)
		good = day_agrees(f, trial->day + i, trial->step * NS_PER_SEC, print);
	fixture_destroy(f);
	return good;
}

static void drop_entry(struct trial *trial, size_t index)
{
	trial->count--;
	memmove(&trial->made[index], &trial->made[index + 1], (trial->count - index) * sizeof *trial->made);
}

/* As few entries as still disagree. */
static void shrink(struct trial *trial)
{
	for (size_t i = 0; i < trial->count;) {
		struct trial smaller = *trial;

		drop_entry(&smaller, i);
		if (agrees(&smaller, false)) {
			i++;
			continue;
		}
		*trial = smaller;
		i = 0;
	}
}

static void print_trial(const struct trial *trial, uint64_t seed)
{
	char day[16];

	time_format_date(trial->day, day, sizeof day);
	print_error("seed %llu: %s %s, day starts at %d s\n", (unsigned long long)seed, trial->zone, day,
		trial->day_starts);
	for (size_t i = 0; i < trial->count; i++) {
		const struct made_entry *made = &trial->made[i];

		print_error("  share %d at-least %d/%c at-most %d/%c apart %d:\n", made->share,
			made->at_least.count, made->at_least.a_day ? 'd' : 'h', made->at_most.count,
			made->at_most.a_day ? 'd' : 'h', made->apart);
		print_error("  %s on %s priority %d days %02x from %s until %s except %s dates %s also %s\n",
			made->id, made->on, made->priority, made->weekdays, made->from ? made->from : "-",
			made->until ? made->until : "-", made->except ? made->except : "-",
			made->dates ? made->dates : "-", made->also ? made->also : "-");
		for (size_t j = 0; j < FIXTURE_HOURS && made->hours[j].end; j++)
			print_error("    hours %d..%d s\n", made->hours[j].start, made->hours[j].end);
		for (size_t j = 0; j < FIXTURE_ITEMS && made->items[j].seconds; j++)
			print_error("    item of %d s until %lld\n", made->items[j].seconds,
				(long long)(made->items[j].until / NS_PER_SEC));
	}
	agrees(trial, true);
}

static void timeline_equals_oracle(void **state)
{
	for (uint64_t seed = 1; seed <= CATALOGUES; seed++) {
		struct trial trial;

		random_trial(&trial, seed);
		if (agrees(&trial, false))
			continue;
		shrink(&trial);
		print_trial(&trial, seed);
		fail();
	}
}

/* The winner of `why` is the timeline's entry; whoever else is open is said to have been beaten. */
static void why_equals_timeline(void **state)
{
	for (uint64_t seed = 1; seed <= CATALOGUES / 8; seed++) {
		struct trial trial;
		struct fixture *f;

		random_trial(&trial, seed);
		f = make(&trial);
		for (int i = 0; i < 20; i++) {
			int64_t time = zone_instant(f->site.zone, trial.day, (int32_t)random_below(172800));
			struct timeline *timeline =
				timeline_build(&f->view, sched_programme_day(&f->site, time));
			const struct entry *entry = timeline_at(timeline, time)->entry, *winner = NULL;
			struct candidate *candidates;
			size_t count = sched_why(&f->view, time, &candidates);

			for (size_t j = 0; j < count; j++) {
				bool open = candidates[j].verdict < VERDICT_HOURS;
				struct oracle oracle = oracle_begin(&f->view, time, NS_PER_MIN);

				oracle_read_wall(&oracle);
				assert_int_equal(open, oracle_open(&oracle, candidates[j].entry));
				if (candidates[j].verdict == VERDICT_WINS)
					winner = candidates[j].entry;
				if (candidates[j].verdict == VERDICT_OTHERS_TURN)
					assert_int_equal(candidates[j].entry->priority, entry->priority);
				if (candidates[j].verdict == VERDICT_LOWER_PRIORITY)
					assert_true(candidates[j].entry->priority < entry->priority);
				oracle_end(&oracle);
			}
			assert_ptr_equal(winner, entry);
			free(candidates);
			timeline_destroy(timeline);
		}
		fixture_destroy(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timeline_equals_oracle),
		cmocka_unit_test(why_equals_timeline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
