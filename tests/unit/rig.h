/* A display whose driver runs against a card of this test (card.h). */
#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

#include "base/clock.h"
#include "card.h"
#include "output/output.h"
#include "output/private.h"

#define RIG_OPTIONS 8

struct rig {
	struct loop *loop;
	struct display display;
	struct option options[RIG_OPTIONS + 2];
	char port[8];
	struct output *output;
	struct card *card;
};

static inline void rig_option(struct rig *rig, const char *key, const char *value)
{
	rig->options[rig->display.option_count++] = (struct option){key, value, {"site.conf", 4, 5}};
}

/* On the card's screen, over TCP; more options may follow before rig_start. */
static inline void rig_describe(struct rig *rig, struct card *card, const char *driver)
{
	*rig = (struct rig){.card = card};
	snprintf(rig->port, sizeof rig->port, "%d", card->port);
	rig->display = (struct display){.name = "gate",
		.width = card->board.width,
		.height = card->board.height,
		.driver = driver,
		.options = rig->options,
		.rate = 30000,
		.where = {"site.conf", 3, 3},
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	rig_option(rig, "host", "127.0.0.1");
	rig_option(rig, "port", rig->port);
}

static inline void rig_start(struct rig *rig)
{
	struct diag_list diags;

	diag_init(&diags);
	rig->loop = loop_create();
	int error = output_create(rig->loop, &rig->display, &diags, &rig->output);
	if (error)
		diag_print(&diags, stderr);
	assert_int_equal(error, 0);
	diag_finish(&diags);
}

static inline void rig_stop(struct rig *rig)
{
	output_destroy(rig->output);
	loop_destroy(rig->loop);
}

static inline void rig_turn(struct rig *rig)
{
	bool never = false;

	card_serve(rig->card);
	loop_run_until(rig->loop, &never, NS_PER_MS);
}

static inline struct output_status rig_status(struct rig *rig)
{
	struct output_status status;

	output_status(rig->output, &status);
	return status;
}

/* Until the display's health is so, or ten seconds are over: however slow the machine is. */
static inline void rig_until_health(struct rig *rig, enum health health)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;

	while (rig_status(rig).health != health && clock_monotonic() < end)
		rig_turn(rig);
	assert_int_equal(rig_status(rig).health, health);
}

static inline void rig_until_shown(struct rig *rig, uint64_t shown)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;

	while (rig_status(rig).shown < shown && clock_monotonic() < end)
		rig_turn(rig);
	assert_true(rig_status(rig).shown >= shown);
}

static inline void rig_until_said(struct rig *rig, const char *word)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;

	while (!card_said(rig->card, word) && clock_monotonic() < end)
		rig_turn(rig);
	assert_true(card_said(rig->card, word) > 0);
}

/* A picture that differs for each seed; pushed. */
static inline void rig_push(struct rig *rig, uint32_t seed)
{
	struct frame *canvas = output_canvas(rig->output);
	struct region damage = {0};

	for (int y = 0; y < canvas->height; y++)
		for (int x = 0; x < canvas->width; x++)
			frame_row(canvas, y)[x] = ((uint32_t)(x * 7 + y * 13) + seed) * 0x9e3779b1u >> 8;
	region_add(&damage, (struct rect){0, 0, canvas->width, canvas->height});
	output_push(rig->output, seed, &damage);
}

/* The card's board shows what was pushed last, as the panel pipeline would have it seen. */
static inline void rig_assert_board(struct rig *rig)
{
	struct frame *canvas = output_canvas(rig->output);
	struct frame *levels = frame_create(canvas->width, canvas->height);

	assert_int_equal(output_levels(&rig->display, canvas, 1000, levels), 0);
	for (int y = 0; y < canvas->height; y++) {
		const uint8_t *at = rig->card->board.pixels + (size_t)y * (size_t)canvas->width * 3;
		for (int x = 0; x < canvas->width; x++, at += 3)
			assert_int_equal(frame_row(levels, y)[x],
				(uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2]);
	}
	frame_unref(levels);
}

#define EVENT(kind, value) "\"event\": \"" kind "\", \"value\": \"" value "\""

#endif
