/* Colorlight 5A-75B and 5A-75E receiving cards: raw Ethernet frames on a link of 1000 Mb/s, to 11:22:33:44:55:66. There is
 * no IP, no acknowledgement, and no switch in between.
 *
 * The byte after the addresses is the kind, data begins after it:
 *   0A brightness: [0..2] of the colours, [3] FF; 77 bytes in all
 *   55 pixels: [0..1] row, [2..3] first pixel, [4..5] how many, at most 497 (high byte first), 08 88, then their bytes
 *   01 show: [0] 07, [22] brightness, [23] 05, [25..27] of the colours; 112 bytes
 *   07 who is there, [3] the card's number; 284 bytes. Its answer, 08: [0] 05, [2..3] firmware, [21..24] size, [85] number
 * A frame is brightness, every row, a pause, show; firmware from 13 on wants brightness and show twice.
 * Source: github.com/FalconChristmas/fpp and its dissector, github.com/haraldkubota/colorlight,
 * github.com/chmousset/colorlight_reverse. Colour order differs between cards: the display's `colour-order`. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/words.h"
#include "drivers/link/packet.h"

#define ADDRESSES	12
#define KIND_BRIGHTNESS 0x0a
#define KIND_PIXELS	0x55
#define KIND_SHOW	0x01
#define KIND_ASK	0x07
#define KIND_ANSWER	0x0805 /* with its first data byte: an ethertype */
#define SIZE_BRIGHTNESS 77
#define SIZE_SHOW	112
#define SIZE_ASK	284
#define ANSWER_LEAST	(ADDRESSES + 1 + 86)
#define ROW_HEADER	21
#define ROW_PIXELS_MOST 497
#define SLOT		(ROW_HEADER + 3 * ROW_PIXELS_MOST)
#define TWICE_FROM	13
#define ANSWER_WAIT	(300 * NS_PER_MS)
#define ALIVE		NS_PER_SEC

enum twice { TWICE_AUTO, TWICE_NO, TWICE_YES };
static const char *const twice_words[] = {"auto", "no", "yes"};
static const char *const speed_words[] = {"1000", "any"};

struct colorlight {
	char *interface; /* options */
	int64_t brightness, pause, card;
	int twice, speed;

	struct packet packet;
	uint8_t brightness_frame[SIZE_BRIGHTNESS], show_frame[SIZE_SHOW];
	uint8_t *rows; /* SLOT apart */
	int width, height;
	unsigned per_row; /* frames */
	bool asking;
	int times; /* that brightness and show are sent: 1 or 2 */
};

static void begin_frame(uint8_t *frame, size_t size, uint8_t kind)
{
	static const uint8_t addresses[ADDRESSES] = {
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x22, 0x22, 0x33, 0x44, 0x55, 0x66};

	memset(frame, 0, size);
	memcpy(frame, addresses, ADDRESSES);
	frame[ADDRESSES] = kind;
}

static void prepare_control(struct colorlight *c)
{
	uint8_t level = (uint8_t)c->brightness, *data = c->brightness_frame + ADDRESSES + 1;

	begin_frame(c->brightness_frame, SIZE_BRIGHTNESS, KIND_BRIGHTNESS);
	memset(data, level, 3);
	data[3] = 0xff;
	data = c->show_frame + ADDRESSES + 1;
	begin_frame(c->show_frame, SIZE_SHOW, KIND_SHOW);
	data[0] = 0x07;
	data[22] = level;
	data[23] = 0x05;
	memset(data + 25, level, 3);
}

static int pixels_of(const struct colorlight *c, unsigned piece)
{
	int left = c->width - (int)piece * ROW_PIXELS_MOST;

	return left < ROW_PIXELS_MOST ? left : ROW_PIXELS_MOST;
}

static uint8_t *row_frame(const struct colorlight *c, int row, unsigned piece)
{
	return c->rows + ((size_t)row * c->per_row + piece) * SLOT;
}

/* Everything of a row but its pixels. */
static void prepare_row(struct colorlight *c, int row, unsigned piece)
{
	int first = (int)piece * ROW_PIXELS_MOST, n = pixels_of(c, piece);
	uint8_t *frame = row_frame(c, row, piece);
	const uint8_t header[8] = {(uint8_t)(row >> 8), (uint8_t)row, (uint8_t)(first >> 8), (uint8_t)first,
		(uint8_t)(n >> 8), (uint8_t)n, 0x08, 0x88};

	begin_frame(frame, ROW_HEADER, KIND_PIXELS);
	memcpy(frame + ADDRESSES + 1, header, sizeof header);
}

/* The order of a picture's frames: it never changes. Returns how many there are. */
static unsigned line_up(struct colorlight *c)
{
	struct iovec *frames = c->packet.frames;
	unsigned n = 0;

	for (int i = 0; i < c->times; i++)
		frames[n++] = (struct iovec){c->brightness_frame, SIZE_BRIGHTNESS};
	for (int y = 0; y < c->height; y++)
		for (unsigned k = 0; k < c->per_row; k++)
			frames[n++] =
				(struct iovec){row_frame(c, y, k), ROW_HEADER + 3 * (size_t)pixels_of(c, k)};
	c->packet.pause_at = n;
	c->packet.pause = c->pause;
	for (int i = 0; i < c->times; i++)
		frames[n++] = (struct iovec){c->show_frame, SIZE_SHOW};
	return n;
}

static void encode(struct colorlight *c, const uint8_t *rgb)
{
	for (int y = 0; y < c->height; y++)
		for (unsigned k = 0; k < c->per_row; k++) {
			size_t n = 3 * (size_t)pixels_of(c, k);
			memcpy(row_frame(c, y, k) + ROW_HEADER, rgb, n);
			rgb += n;
		}
}

static void colorlight_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct colorlight *c = priv;
	const char *wrong = packet_check_interface(c->interface);

	if (wrong)
		diag_error(diags, display->where, "driver colorlight: interface `%s` is none; %s",
			c->interface, wrong);
}

/* Which firmware? A card that does not answer is taken for an old one. */
static int ask_card(struct sink *sink, struct colorlight *c)
{
	uint8_t question[SIZE_ASK];

	begin_frame(question, sizeof question, KIND_ASK);
	question[ADDRESSES + 1 + 3] = (uint8_t)c->card;
	c->asking = true;
	sink_watch(sink, c->packet.fd, SINK_READABLE);
	sink_arm(sink, ANSWER_WAIT);
	return packet_send_now(&c->packet, question, sizeof question);
}

static int colorlight_open(struct sink *sink)
{
	struct colorlight *c = sink_priv(sink);
	const struct packet_settings settings = {.interface = c->interface,
		.speed = c->speed == 0 ? 1000 : 0,
		.receive = c->twice == TWICE_AUTO ? KIND_ANSWER : 0};

	sink_shape(sink, &c->width, &c->height);
	c->per_row = (unsigned)((c->width + ROW_PIXELS_MOST - 1) / ROW_PIXELS_MOST);
	unsigned rows = (unsigned)c->height * c->per_row;
	int error = packet_open(&c->packet, sink, &settings, rows + 4);
	if (error)
		return error;
	c->rows = xmalloc((size_t)rows * SLOT);
	for (int y = 0; y < c->height; y++)
		for (unsigned k = 0; k < c->per_row; k++)
			prepare_row(c, y, k);
	prepare_control(c);
	c->times = c->twice == TWICE_YES ? 2 : 1;
	if (c->twice == TWICE_AUTO)
		return ask_card(sink, c);
	sink_up(sink);
	return 0;
}

static void end_asking(struct sink *sink, struct colorlight *c)
{
	sink_arm(sink, -1);
	sink_watch(sink, c->packet.fd, 0);
	c->asking = false;
	sink_up(sink);
}

static void colorlight_event(struct sink *sink, int fd, unsigned events)
{
	struct colorlight *c = sink_priv(sink);
	uint8_t answer[1500];
	ssize_t got = packet_receive(&c->packet, answer, sizeof answer);
	const uint8_t *data = answer + ADDRESSES + 1;

	if (got < 0) {
		sink_down(sink, (int)got, "the network interface has gone");
	} else if (c->asking && got >= ANSWER_LEAST && data[-1] == KIND_ANSWER >> 8 && data[0] == 0x05 &&
		   data[85] == c->card) {
		c->times = data[2] >= TWICE_FROM ? 2 : 1;
		end_asking(sink, c);
	}
}

static int colorlight_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct colorlight *c = sink_priv(sink);

	encode(c, frame->wire);
	return packet_send(&c->packet, sink, line_up(c), frame->sequence);
}

static void colorlight_timeout(struct sink *sink)
{
	struct colorlight *c = sink_priv(sink);

	if (c->asking)
		end_asking(sink, c);
	else
		packet_go_on(&c->packet, sink);
}

static void colorlight_close(struct sink *sink)
{
	struct colorlight *c = sink_priv(sink);

	packet_close(&c->packet);
	free(c->rows);
	c->rows = NULL;
	c->asking = false;
}

static const struct sink_option options[] = {
	{.name = "interface",
		.type = OPTION_TEXT,
		.offset = offsetof(struct colorlight, interface),
		.required = true,
		.help = N_("the network interface that the card hangs on, and nothing else; the daemon needs "
			   "CAP_NET_RAW")},
	{.name = "link-speed",
		.type = OPTION_WORD,
		.offset = offsetof(struct colorlight, speed),
		.standard = "1000",
		.words = speed_words,
		.word_count = sizeof speed_words / sizeof *speed_words,
		.help = N_(
			"1000: refuse a link of another speed, on which the card hears nothing; any: do not "
			"look")},
	{.name = "brightness",
		.type = OPTION_INT,
		.offset = offsetof(struct colorlight, brightness),
		.standard = "255",
		.most = 255,
		.help = N_(
			"the card's own brightness; the display's comes on top of it. Old firmware ignores "
			"it")},
	{.name = "pause",
		.type = OPTION_DURATION,
		.offset = offsetof(struct colorlight, pause),
		.standard = "1ms",
		.most = 1e8,
		.help = N_("between the last row and the command to show")},
	{.name = "twice",
		.type = OPTION_WORD,
		.offset = offsetof(struct colorlight, twice),
		.standard = "auto",
		.words = twice_words,
		.word_count = sizeof twice_words / sizeof *twice_words,
		.help = N_(
			"send brightness and show twice, as firmware from 13 on wants; auto: ask the card, "
			"and no if it "
			"does not answer")},
	{.name = "card",
		.type = OPTION_INT,
		.offset = offsetof(struct colorlight, card),
		.standard = "0",
		.most = 255,
		.help = N_("number of the card in the chain that is asked for its firmware")},
	{.name = NULL},
};

const struct sink_driver sink_driver_colorlight = {
	.name = "colorlight",
	.summary = N_("Colorlight 5A-75B/E receiving cards over raw Ethernet"),
	.caps = SINK_HOLDS | SINK_REPLIES,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct colorlight),
	.keep_alive = ALIVE,
	.dynamic_rate = true,
	.check = colorlight_check,
	.open = colorlight_open,
	.submit = colorlight_submit,
	.event = colorlight_event,
	.timeout = colorlight_timeout,
	.close = colorlight_close,
};
