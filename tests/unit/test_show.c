/* What is due on a display, until when, and what a show is told that it lacks. */
#include "frame/rate.h"
#include "show_fixture.h"

static char *on_other[] = {(char *)"other"};

static enum show_source source_at(const struct world *w, struct show *show, const char *when)
{
	int64_t time = at(w, when);
	struct show_state state, composed;

	show_state_at(show, trusted(time), &state);
	prepare_around(show, time);
	composed = compose(show, trusted(time), w->frame);
	assert_int_equal(composed.source, state.source);
	assert_false(composed.late);
	assert_ptr_equal(composed.override, state.override);
	return state.source;
}

/* Rule 14 of bangtin-playlist(5), SCHEDULE. */
static void sources_in_their_order(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {announce(w, "2026-03-02 10:00", "2026-03-02 10:10"),
		blank(w, "2026-03-02 10:05", "2026-03-02 10:20"),
		announce(w, "2026-03-02 23:00", "2026-03-02 23:10"), blank(w, "2026-03-02 07:00", NULL)};
	struct show *show;

	overrides[3].on = on_other;
	show = make(w, "board", overrides, 4);
	assert_int_equal(source_at(w, show, "2026-03-02 05:29:59.999"), SHOW_OFF);
	assert_true(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 05:30"), SHOW_DEFAULT);
	assert_false(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 07:00"), SHOW_SCHEDULE);
	assert_int_equal(source_at(w, show, "2026-03-02 09:59:59.999"), SHOW_SCHEDULE);
	assert_int_equal(source_at(w, show, "2026-03-02 10:00"), SHOW_ANNOUNCE);
	assert_int_equal(source_at(w, show, "2026-03-02 10:05"), SHOW_BLANK);
	assert_true(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 10:20"), SHOW_SCHEDULE);
	assert_int_equal(source_at(w, show, "2026-03-02 17:00"), SHOW_DEFAULT);
	assert_int_equal(source_at(w, show, "2026-03-02 22:00:29"), SHOW_DEFAULT);
	assert_int_equal(source_at(w, show, "2026-03-02 22:00:30"), SHOW_OFF);
	assert_int_equal(source_at(w, show, "2026-03-02 23:00"), SHOW_ANNOUNCE); /* somebody wants it seen */
	assert_int_equal(source_at(w, show, "2026-03-02 23:10"), SHOW_OFF);
	show_destroy(show);
}

/* Rule 15. */
static void untrusted_shows_the_default_alone(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {
		announce(w, "2026-03-02 07:00", NULL), blank(w, "2026-03-02 07:00", NULL)};
	struct show *show = make(w, "board", overrides, 1);
	struct instant start = {0, false};

	assert_int_equal(compose(show, start, w->frame).source, SHOW_DEFAULT);
	assert_false(all_black(w->frame));
	assert_int_equal(show_next_change(show, start), TIME_NEVER); /* the text fits: it stands */
	show_destroy(show);
	show = make(w, "board", overrides, 2);
	assert_int_equal(compose(show, start, w->frame).source, SHOW_BLANK);
	assert_true(all_black(w->frame));
	show_destroy(show);
}

static void no_default_is_black(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "bare", NULL, 0);

	assert_int_equal(source_at(w, show, "2026-03-02 10:00"), SHOW_DEFAULT);
	assert_true(all_black(w->frame));
	show_destroy(show);
}

static void nothing_loaded_shows_the_default(void **state)
{
	struct world *w = *state;
	struct show *show =
		show_create(w->site, site_display(w->site, "board"), NULL, NULL, 0, w->fonts, w->store);

	assert_int_equal(source_at(w, show, "2026-03-02 10:00"), SHOW_DEFAULT);
	assert_false(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 23:00"), SHOW_OFF);
	show_destroy(show);
}

static void an_unprepared_show_is_late(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0);
	int64_t time = at(w, "2026-03-02 10:00");
	struct region damage;
	struct show_state now;

	frame_fill(w->frame, (struct rect){0, 0, 64, 16}, 0xabcdef);
	region_clear(&damage);
	show_compose(show, unknown, trusted(time), w->frame, &damage, &now);
	assert_true(now.late);
	assert_true(region_empty(&damage));
	assert_int_equal(frame_row(w->frame, 7)[7], 0xabcdef); /* the picture before stays */
	assert_true(show_next_change(show, trusted(time)) - time <= NS_PER_SEC / 30 + 1);
	assert_int_equal(show_ready_until(show), TIME_ALWAYS);
	prepare_around(show, time);
	assert_int_equal(show_ready_until(show), time + NS_PER_SEC);
	assert_false(compose(show, trusted(time), w->frame).late);
	show_destroy(show);
}

/* A clock that is set back leaves what was prepared in the future: the show says that it is not ready. */
static void a_clock_set_back_is_noticed(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0);
	int64_t time = at(w, "2026-03-02 10:00"), back = time - NS_PER_HOUR;

	prepare_around(show, time);
	assert_false(compose(show, trusted(time), w->frame).late);
	assert_true(compose(show, trusted(back), w->frame).late);
	assert_int_equal(show_ready_until(show), TIME_ALWAYS);
	prepare_around(show, back);
	assert_false(compose(show, trusted(back), w->frame).late);
	show_destroy(show);
}

/* Nothing changes before the next change, frame by frame; and something moves where something should. */
static void next_change_is_exact(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {announce(w, "2026-03-02 07:00:30", "2026-03-02 07:00:40"),
		counting_down(w, "{countdown}", "2026-03-02 07:00:40.3", "2026-03-02 07:00:50")};
	struct show *show = make(w, "board", overrides, 2);
	int64_t time = at(w, "2026-03-02 06:59:58"), end = time + 60 * NS_PER_SEC;
	int64_t index = frame_index(30000, time);
	unsigned changes = 0;

	show_prepare(show, time, end);
	time = frame_instant(30000, index);
	compose(show, trusted(time), w->former);
	while (time < end - NS_PER_SEC) {
		int64_t next = show_next_change(show, trusted(time));

		assert_true(next > time);
		while ((time = frame_instant(30000, ++index)) < next && time < end) {
			compose(show, trusted(time), w->frame);
			assert_true(frame_equal(w->frame, w->former));
		}
		compose(show, trusted(time), w->frame);
		changes += !frame_equal(w->frame, w->former);
		frame_copy(w->former, 0, 0, w->frame, (struct rect){0, 0, 64, 16});
	}
	assert_true(changes > 200); /* a ticker ran */
	show_destroy(show);
}

/* A still picture sleeps until the next border: of the item, an override, the hours. */
static void next_change_of_a_still_is_its_border(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {blank(w, "2026-03-02 06:30:00.250", "2026-03-02 06:31")};
	struct show *show = make(w, "board", overrides, 1);
	static const char *const cases[][2] = {{"2026-03-02 03:00", "2026-03-02 05:30"},
		{"2026-03-02 05:30", "2026-03-02 06:30:00.250"}, {"2026-03-02 06:30:30", "2026-03-02 06:31"},
		{"2026-03-02 06:31", "2026-03-02 07:00"}, {"2026-03-02 07:00:00.5", "2026-03-02 07:00:01.3"},
		{"2026-03-02 21:00", "2026-03-02 22:00:30"}, {"2026-03-02 23:00", "2026-03-03 00:00"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t time = at(w, cases[i][0]);

		prepare_around(show, time);
		assert_int_equal(show_next_change(show, trusted(time)), at(w, cases[i][1]));
	}
	show_destroy(show);
}

static void the_trial_tells_the_place(void **state)
{
	struct world *w = *state;
	static const char text[] = "bangtin: 1\nunit: u\nmessages:\n"
				   "  good: {text: Một cửa}\n"
				   "  strange: {text: \"Một 鬱 cửa\"}\n"
				   "schedule:\n  - {show: good, on: led}\n  - {show: strange, on: board}\n"
				   "  - {show: strange, on: board, priority: 20}\n";
	struct catalogue *catalogue = read_catalogue(w, text);
	struct diag_list diags;
	struct show *show;

	assert_non_null(catalogue);
	diag_init(&diags);
	show = show_create(w->site, site_display(w->site, "twin"), catalogue, NULL, 0, w->fonts, w->store);
	show_check(show, 0, &diags);
	assert_int_equal(diags.errors, 0); /* it does not show there */
	show_destroy(show);
	show = show_create(w->site, site_display(w->site, "board"), catalogue, NULL, 0, w->fonts, w->store);
	show_check(show, 0, &diags);
	assert_true(diags.errors >= 1);
	assert_int_equal(diags.items[0].where.line, 5);
	assert_non_null(strstr(diags.items[0].message, "U+9B31"));
	show_destroy(show);
	diag_finish(&diags);
	catalogue_unref(catalogue);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(sources_in_their_order),
		TEST(untrusted_shows_the_default_alone),
		TEST(no_default_is_black),
		TEST(nothing_loaded_shows_the_default),
		TEST(an_unprepared_show_is_late),
		TEST(a_clock_set_back_is_noticed),
		TEST(next_change_is_exact),
		TEST(next_change_of_a_still_is_its_border),
		TEST(the_trial_tells_the_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
