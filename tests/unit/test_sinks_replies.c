/* Conformance: every registered driver that reads answers (SINK_REPLIES), against answers that come in pieces, that are cut
 * off at any byte, that say "busy" or "no". A driver that says it reads answers must have a script of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "conformance.h"

#define PATIENCE                                                                                             \
	(20 * NS_PER_SEC) /* longer than any driver waits for an answer, its tries and its back-off */

static void each_answered(void (*fn)(const struct bed *bed))
{
	for (size_t i = 0; sink_drivers[i]; i++)
		if (sink_drivers[i]->caps & SINK_REPLIES && !bed_absent(bed_of(sink_drivers[i])))
			fn(bed_of(sink_drivers[i]));
}

static void test_scripts(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		bool replies = sink_drivers[i]->caps & SINK_REPLIES;
		if (replies && !bed->replies)
			fail_msg("driver %s reads answers; its bed has no script of them", bed->driver);
		if (replies && !protocol_find(bed->driver))
			fail_msg("driver %s reads answers; the simulator gives none", bed->driver);
		if (!replies && (bed->replies || sink_drivers[i]->caps & SINK_ACK) && !bed->absent)
			fail_msg("driver %s seems to read answers, and does not say so", bed->driver);
	}
}

static void shows(struct rig *rig, uint32_t number)
{
	rig_push(rig, number);
	if (!rig_drained(rig, PATIENCE))
		fail_msg("%s: answering %d, cut at %zu: nothing is shown (%s)", rig->bed->driver,
			conformance.answering, conformance.cut, rig_status(rig).why);
	rig_assert_picture(rig);
}

/* A stream has no bounds: wherever it is cut in two, it is one answer. Of datagrams, a part is none. */
static void check_pieces(const struct bed *bed)
{
	bool frames = bed_is_on(bed, CABLE), stream = !frames && !bed_is_on(bed, UDP);
	struct rig rig;

	for (size_t cut = 0; cut == 0 || (!frames && cut < conformance.longest); cut++) {
		rig_set_up(&rig, bed, false);
		conformance.answering = stream	 ? ANSWER_IN_TWO
					: frames ? ANSWER_EVERY_STUB
						 : ANSWER_AFTER_STUB;
		conformance.cut = cut;
		shows(&rig, (uint32_t)cut + 1);
		assert_int_equal(rig_status(&rig).reconnects, 0);
		size_t longest = conformance.longest;
		rig_tear_down(&rig);
		conformance.longest = longest;
	}
}

/* The answer breaks off, the device goes; when it is back, nothing of the old answer is left over. */
static void check_cut(struct rig *rig, size_t cut)
{
	conformance.answering = ANSWER_CUT;
	conformance.cut = cut;
	conformance.answers = 0;
	rig_push(rig, (uint32_t)cut + 1000);
	for (int turns = 0; conformance.answers == 0 && turns < 1000; turns++)
		rig_turn(rig, NS_PER_MS);
	rig_turn(rig, NS_PER_MS);
	conformance.answering = ANSWER_WHOLE;
	device_unplug();
	device_plug_in();
	for (int turns = 0; turns < 3; turns++)
		rig_turn(rig, NS_PER_MS);
	if (rig->output->link == LINK_CLOSED)
		rig_retry_now(rig);
	shows(rig, (uint32_t)cut + 2000);
}

static void check_cuts(const struct bed *bed)
{
	struct rig rig;

	if (!bed_is_on(bed, PTY) && !bed_is_on(bed, TCP))
		return; /* of datagrams there are stubs only: check_pieces */
	rig_set_up(&rig, bed, false);
	shows(&rig, 1);
	for (size_t cut = 0; cut < conformance.longest; cut++)
		check_cut(&rig, cut);
	rig_tear_down(&rig);
}

static void misbehave(struct card_faults faults)
{
	conformance.card.options.faults = faults;
	conformance.answers = 0;
	device_restart();
}

/* At opening, and at a picture: in the end it is shown, and the driver has asked more than once. */
static void check_faults(const struct bed *bed, struct card_faults faults)
{
	struct rig rig;

	rig_set_up(&rig, bed, false);
	misbehave(faults);
	shows(&rig, 1);
	if (conformance.answers == 0)
		fail_msg("%s was never answered so", bed->driver);
	misbehave(faults);
	shows(&rig, 2);
	assert_int_equal(rig_status(&rig).health, HEALTH_UP);
	rig_tear_down(&rig);
}

static void check_busy(const struct bed *bed)
{
	if (bed->replies->busy)
		check_faults(bed, (struct card_faults){.busy = bed->replies->busy});
}

static void check_refused(const struct bed *bed)
{
	if (bed->replies->refuse)
		check_faults(bed, (struct card_faults){.refuse = bed->replies->refuse});
}

/* Somebody else's content, again and again: it is found, told once, and overwritten until reading back finds ours. */
static void check_read_back(const struct bed *bed)
{
	const struct sink_driver *driver = sink_driver_find(bed->driver);
	struct rig rig;

	if (!(driver->caps & SINK_READS_BACK))
		return;
	rig_set_up(&rig, bed, false);
	misbehave((struct card_faults){.intrude = 1, .insist = 12});
	shows(&rig, 1);
	int64_t end = clock_monotonic() + PATIENCE;
	while ((rig_status(&rig).intrusions == 0 || rig_status(&rig).read_back != READ_BACK_OWN) &&
		clock_monotonic() < end) {
		if (rig.output->read_due != TIME_NEVER) /* none is going on */
			rig.output->read_due = TIME_ALWAYS;
		output_settle(rig.output);
		rig_turn(&rig, NS_PER_MS);
	}
	if (rig_status(&rig).intrusions == 0)
		fail_msg("%s has not found what the simulator put there", bed->driver);
	assert_int_equal(rig_status(&rig).read_back, READ_BACK_OWN);
	assert_true(rig_status(&rig).foreign[0] != '\0');
	assert_int_equal(rig_status(&rig).health, HEALTH_UP);
	rig_assert_picture(&rig);
	rig_tear_down(&rig);
}

static void test_read_back(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++)
		if (sink_drivers[i]->read_back && !(sink_drivers[i]->caps & SINK_READS_BACK))
			fail_msg("driver %s reads back, and does not say so", sink_drivers[i]->name);
	each_answered(check_read_back);
}

static void test_pieces(void **state)
{
	each_answered(check_pieces);
}

static void test_cuts(void **state)
{
	each_answered(check_cuts);
}

static void test_busy(void **state)
{
	each_answered(check_busy);
}

static void test_refused(void **state)
{
	each_answered(check_refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_read_back),
	};
	if (conformance_begin() < 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	conformance_end();
	return failed;
}
