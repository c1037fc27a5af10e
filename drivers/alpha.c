/* Alpha and BetaBrite signs: the picture as a SMALL DOTS PICTURE file that the sign's one TEXT file shows.
 *
 * Transmission: 00 at least five times (the sign finds the speed), 01, type, address in 2 digits, 02, command, data,
 * 03, sum, 04; sum: of the bytes from 02 to 03, 4 digits. All numbers are hexadecimal digits.
 * At opening: memory set up (E$, which erases the sign's files), text A that calls the picture, the run order. Then each
 * frame: I, label, height, width, and after a pause the rows, each ended by 0D: 0 dark, 1 red, 2 green, 3 amber.
 * Source: the public manual 9708-8061, github.com/msparks/alphasign, github.com/tenderlove/betabrite. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/words.h"
#include "drivers/link/paced.h"

#define WIDTH_MOST   255
#define HEIGHT_MOST  31
#define PAUSE	     (100 * NS_PER_MS) /* between commands, and after the width of a picture */
#define MEMORY_PAUSE (NS_PER_SEC + 200 * NS_PER_MS)
#define STX	     0x02
#define ETX	     0x03
#define EOT	     0x04
#define NAK	     0x15
#define SAME	     0x11 /* so many of one colour: 11, count, colour */

#define OVERHEAD    64 /* bytes of a picture's transmission besides its rows; more than there are */
#define PIECES_MOST 4

struct piece { /* of what is to be sent */
	size_t size;
	int64_t rest; /* after it */
};

struct alpha {
	char *port, *type; /* options */
	int64_t baud, address;
	int mode;
	bool set_up, packed;

	struct paced line;
	uint8_t *bytes;
	size_t size, sent; /* of bytes */
	struct piece pieces[PIECES_MOST];
	int count, next;
	bool starting; /* the pieces are the set-up's */
	int width, height;
	uint64_t sequence;
};

static const char *const mode_words[] = {"7E1", "7E2", "8N1"};

static struct serial_mode mode_of(const struct alpha *alpha)
{
	static const struct serial_mode modes[] = {
		{0, PARITY_EVEN, 7, 1}, {0, PARITY_EVEN, 7, 2}, {0, PARITY_NONE, 8, 1}};
	struct serial_mode mode = modes[alpha->mode];

	mode.baud = alpha->baud;
	return mode;
}

/* --- transmissions, into alpha->bytes; a piece ends where the sign needs a pause */

static void put(struct alpha *alpha, const char *text)
{
	size_t length = strlen(text);

	memcpy(alpha->bytes + alpha->size, text, length);
	alpha->size += length;
}

static void put_hex(struct alpha *alpha, unsigned value, int digits)
{
	while (digits-- > 0)
		alpha->bytes[alpha->size++] = (uint8_t) "0123456789ABCDEF"[value >> 4 * digits & 15];
}

static void end_piece(struct alpha *alpha, int64_t rest)
{
	size_t before = 0;

	for (int i = 0; i < alpha->count; i++)
		before += alpha->pieces[i].size;
	alpha->pieces[alpha->count++] = (struct piece){alpha->size - before, rest};
}

/* Returns where its sum begins. */
static size_t begin_transmission(struct alpha *alpha)
{
	memset(alpha->bytes + alpha->size, 0, 5);
	alpha->size += 5;
	alpha->bytes[alpha->size++] = 0x01;
	alpha->bytes[alpha->size++] = (uint8_t)alpha->type[0];
	put_hex(alpha, (unsigned)alpha->address, 2);
	alpha->bytes[alpha->size++] = STX;
	return alpha->size - 1;
}

static void end_transmission(struct alpha *alpha, size_t begin, int64_t rest)
{
	unsigned sum = 0;

	alpha->bytes[alpha->size++] = ETX;
	for (size_t i = begin; i < alpha->size; i++)
		sum += alpha->bytes[i];
	put_hex(alpha, sum & 0xffff, 4);
	alpha->bytes[alpha->size++] = EOT;
	end_piece(alpha, rest);
}

static void begin_pieces(struct alpha *alpha)
{
	alpha->size = alpha->sent = 0;
	alpha->count = alpha->next = 0;
}

/* Memory: a text file A of 256 bytes that always runs, a picture of this size in up to 8 colours. The text: fill the
 * sign, hold, the picture. The run order: A alone. */
static void lay_out_set_up(struct alpha *alpha)
{
	begin_pieces(alpha);
	size_t begin = begin_transmission(alpha);
	put(alpha, "E$AAU0100FFFFPDU");
	put_hex(alpha, (unsigned)alpha->height, 2);
	put_hex(alpha, (unsigned)alpha->width, 2);
	put(alpha, "4000");
	end_transmission(alpha, begin, MEMORY_PAUSE);
	begin = begin_transmission(alpha);
	put(alpha, "AA\x1b\x30"
		   "b\x14P");
	end_transmission(alpha, begin, PAUSE);
	begin = begin_transmission(alpha);
	put(alpha, "E.TUA");
	end_transmission(alpha, begin, PAUSE);
}

static void put_row(struct alpha *alpha, const uint8_t *row)
{
	for (int x = 0, run; x < alpha->width; x += run) {
		for (run = 1; alpha->packed && x + run < alpha->width && row[x + run] == row[x];)
			run++;
		if (run > 4) {
			alpha->bytes[alpha->size++] = SAME;
			put_hex(alpha, (unsigned)run, 2);
			alpha->bytes[alpha->size++] = (uint8_t)('0' + row[x]);
			continue;
		}
		memset(alpha->bytes + alpha->size, '0' + row[x], (size_t)run);
		alpha->size += (size_t)run;
	}
	alpha->bytes[alpha->size++] = '\r';
}

static void lay_out_picture(struct alpha *alpha, const uint8_t *wire)
{
	begin_pieces(alpha);
	size_t begin = begin_transmission(alpha);
	put(alpha, "IP");
	put_hex(alpha, (unsigned)alpha->height, 2);
	put_hex(alpha, (unsigned)alpha->width, 2);
	end_piece(alpha, PAUSE);
	for (int y = 0; y < alpha->height; y++)
		put_row(alpha, wire + (size_t)y * (size_t)alpha->width);
	end_transmission(alpha, begin, 0);
}

static int send_piece(struct sink *sink, struct alpha *alpha)
{
	const struct piece *piece = &alpha->pieces[alpha->next++];
	const uint8_t *from = alpha->bytes + alpha->sent;

	alpha->sent += piece->size;
	return paced_send(&alpha->line, sink, from, piece->size, piece->rest);
}

/* --- the driver */

static void alpha_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct alpha *alpha = priv;
	int width, height;

	sink_display_shape(display, &width, &height);
	paced_check_port(display, diags);
	if (width > WIDTH_MOST || height > HEIGHT_MOST)
		diag_error(diags, display->where,
			"driver alpha: %dx%d is more than the %dx%d of the sign's pictures", width, height,
			WIDTH_MOST, HEIGHT_MOST);
	if (strlen(alpha->type) != 1 || alpha->type[0] <= ' ')
		diag_error(diags, display->where,
			"driver alpha: type `%s` must be one character, such as Z (all) or ^ (BetaBrite)",
			alpha->type);
}

/* Packed or not: the worst picture counts. */
static int64_t alpha_cycle(const void *priv, const struct display *display)
{
	const struct serial_mode mode = mode_of(priv);
	int width, height;

	sink_display_shape(display, &width, &height);
	return PAUSE + paced_time(&mode, OVERHEAD / 2 + (size_t)height + (size_t)width * (size_t)height);
}

static int alpha_open(struct sink *sink)
{
	struct alpha *alpha = sink_priv(sink);
	const struct serial_mode mode = mode_of(alpha);
	int error = paced_open(&alpha->line, sink, alpha->port, &mode);

	if (error)
		return error;
	sink_shape(sink, &alpha->width, &alpha->height);
	alpha->bytes = xmalloc((size_t)(alpha->width + 1) * (size_t)alpha->height + PIECES_MOST * OVERHEAD);
	alpha->starting = alpha->set_up;
	if (!alpha->set_up) {
		sink_up(sink);
		return 0;
	}
	lay_out_set_up(alpha);
	return send_piece(sink, alpha);
}

static int alpha_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct alpha *alpha = sink_priv(sink);

	alpha->sequence = frame->sequence;
	lay_out_picture(alpha, frame->wire);
	return send_piece(sink, alpha);
}

/* A sign answers only where that is switched on; a refused picture is not shown, and the next would fare no better. */
static void alpha_event(struct sink *sink, int fd, unsigned events)
{
	struct alpha *alpha = sink_priv(sink);
	uint8_t said[64];
	int got = paced_event(&alpha->line, sink, events, said, sizeof said);

	if (got > 0 && memchr(said, NAK, (size_t)got))
		sink_down(sink, -EPROTO, "the sign refuses what it was sent (NAK): see to speed and parity");
}

static void alpha_timeout(struct sink *sink)
{
	struct alpha *alpha = sink_priv(sink);

	if (paced_timeout(&alpha->line, sink) == PACED_WAITS || alpha->line.state != PACED_IDLE)
		return;
	if (alpha->next < alpha->count) {
		int error = send_piece(sink, alpha);
		if (error)
			sink_down(sink, error, "the port has gone");
	} else if (alpha->starting) {
		alpha->starting = false;
		sink_up(sink);
	} else {
		sink_shown(sink, alpha->sequence);
		sink_ready(sink);
	}
}

static void alpha_close(struct sink *sink)
{
	struct alpha *alpha = sink_priv(sink);

	paced_close(&alpha->line);
	free(alpha->bytes);
	alpha->bytes = NULL;
}

static const struct sink_option options[] = {
	PACED_OPTION_PORT(struct alpha),
	{.name = "baud",
		.type = OPTION_INT,
		.offset = offsetof(struct alpha, baud),
		.standard = "9600",
		.least = 1200,
		.most = 38400,
		.help = N_("Speed of the line, bits a second; most signs find it out, some want 4800.")},
	{.name = "mode",
		.type = OPTION_WORD,
		.offset = offsetof(struct alpha, mode),
		.standard = "7E2",
		.words = mode_words,
		.word_count = sizeof mode_words / sizeof *mode_words,
		.help = N_("Data bits, parity, stop bits. A sign that expects 7E1 understands 7E2.")},
	{.name = "type",
		.type = OPTION_TEXT,
		.offset = offsetof(struct alpha, type),
		.standard = "Z",
		.help = N_("Which signs on the line listen, by their type code: Z all, ^ BetaBrite.")},
	{.name = "address",
		.type = OPTION_INT,
		.offset = offsetof(struct alpha, address),
		.standard = "0",
		.most = 255,
		.help = N_("The sign's address; 0: all.")},
	{.name = "set-up",
		.type = OPTION_BOOL,
		.offset = offsetof(struct alpha, set_up),
		.standard = "true",
		.help = N_(
			"Set up the sign's memory at opening, which erases all messages in it. false: it was "
			"set up "
			"before, with a picture P of this size that a running text shows.")},
	{.name = "packed",
		.type = OPTION_BOOL,
		.offset = offsetof(struct alpha, packed),
		.standard = "false",
		.help = N_("Send runs of one colour as a count: less to send; not every sign knows it.")},
	{.name = NULL},
};

const struct sink_driver sink_driver_alpha = {
	.name = "alpha",
	.summary = N_("Alpha and BetaBrite signs over a serial line: DOTS pictures"),
	.caps = SINK_HOLDS | SINK_REPLIES,
	.format = PANEL_DUAL,
	.options = options,
	.priv_size = sizeof(struct alpha),
	.minimum_cycle = PAUSE,
	.cycle = alpha_cycle,
	.check = alpha_check,
	.open = alpha_open,
	.submit = alpha_submit,
	.event = alpha_event,
	.timeout = alpha_timeout,
	.close = alpha_close,
};
