/* A show between two threads: one prepares, one composes and is never late; and two that share a store. */
#include <pthread.h>
#include <sched.h>

#include "show_fixture.h"

struct race {
	struct show *show;
	int64_t now; /* of the frame path */
	int64_t end;
	bool stop;
};

#define AHEAD (4 * NS_PER_SEC)

static void *prepare_onward(void *data)
{
	struct race *race = data;

	while (!__atomic_load_n(&race->stop, __ATOMIC_SEQ_CST)) {
		int64_t now = __atomic_load_n(&race->now, __ATOMIC_SEQ_CST);

		show_prepare(race->show, now, now + AHEAD);
	}
	return NULL;
}

/* The worker publishes plans, and frees old ones, all the while; the frame path stays within what is ready. */
static void preparing_while_composing(void **state)
{
	struct world *w = *state;
	struct race race = {.show = make(w, "board", NULL, 0)};
	struct show *reference = make(w, "twin", NULL, 0);
	struct instant painted = unknown;
	pthread_t worker;

	race.now = at(w, "2026-03-02 07:59:30");
	race.end = race.now + NS_PER_MIN;
	show_prepare(reference, race.now, race.end);
	show_prepare(race.show, race.now, race.now + AHEAD);
	assert_int_equal(pthread_create(&worker, NULL, prepare_onward, &race), 0);
	for (int64_t time = race.now; time < race.end; time += NS_PER_SEC / 30) {
		struct region damage;
		struct show_state shown;

		while (show_ready_until(race.show) <= time)
			sched_yield();
		region_clear(&damage);
		show_compose(race.show, painted, trusted(time), w->frame, &damage, &shown);
		assert_false(shown.late);
		assert_true(
			!shown.segment || shown.segment->start <= time); /* it is still there to be read */
		painted = trusted(time);
		compose(reference, painted, w->fresh);
		assert_true(frame_equal(w->frame, w->fresh));
		__atomic_store_n(&race.now, time, __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(&race.stop, true, __ATOMIC_SEQ_CST);
	pthread_join(worker, NULL);
	show_destroy(reference);
	show_destroy(race.show);
}

/* Two displays with equal faces ask for the same scenes at once. */
static void *prepare_all(void *data)
{
	struct race *race = data;

	for (int i = 0; i < 5; i++)
		show_prepare(race->show, race->now, race->end);
	return NULL;
}

static void sharing_the_store(void **state)
{
	struct world *w = *state;
	struct race races[] = {{.show = make(w, "board", NULL, 0)}, {.show = make(w, "twin", NULL, 0)}};
	pthread_t workers[2];

	for (int i = 0; i < 2; i++) {
		races[i].now = at(w, "2026-03-02 08:00");
		races[i].end = races[i].now + NS_PER_MIN;
		assert_int_equal(pthread_create(&workers[i], NULL, prepare_all, &races[i]), 0);
	}
	for (int i = 0; i < 20; i++)
		scene_store_trim(w->store);
	for (int i = 0; i < 2; i++)
		pthread_join(workers[i], NULL);
	compose(races[0].show, trusted(races[0].now), w->frame);
	compose(races[1].show, trusted(races[0].now), w->fresh);
	assert_true(frame_equal(w->frame, w->fresh));
	show_destroy(races[0].show);
	show_destroy(races[1].show);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(preparing_while_composing),
		TEST(sharing_the_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
