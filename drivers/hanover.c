/* Hanover flip-dot signs on an RS-485 line, 4800 baud, 8N1; they answer nothing.
 *   02, '1', address, length, data, 03, sum: all between in hexadecimal digits. Length: the data's bytes modulo 256. Data:
 *   column by column, from the left; of a column the top 8 dots first, the topmost in bit 0. Sum: what the bytes from the
 *   command to 03 lack to a multiple of 256.
 * Source: github.com/briggySmalls/pyflipdot (MIT), github.com/tuna-f1sh/node-flipdot. */
#include <stddef.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/words.h"
#include "drivers/link/paced.h"

#define FRAME_EVERY (600 * NS_PER_MS) /* the dots are slow, and wear */
#define LINE_MOST   (15 * NS_PER_SEC)
#define STX	    0x02
#define ETX	    0x03
#define WRITE_IMAGE '1'
#define OVERHEAD    8 /* bytes of a message besides its data */

struct hanover {
	char *port; /* options */
	int64_t baud, address;
	bool invert;

	struct paced line;
	uint8_t *bytes;
	int width, height;
	uint64_t sequence;
};

static size_t message_size(int width, int height)
{
	return OVERHEAD + 2 * (size_t)width * (size_t)((height + 7) / 8);
}

static uint8_t *put_hex(uint8_t *to, unsigned byte)
{
	static const char digits[] = "0123456789ABCDEF";

	*to++ = (uint8_t)digits[byte >> 4 & 15];
	*to++ = (uint8_t)digits[byte & 15];
	return to;
}

/* Eight dots of a column, from row y on: those that hang below the sign are dark. */
static unsigned dots(const struct hanover *h, const uint8_t *wire, int x, int y)
{
	size_t stride = ((size_t)h->width + 7) / 8;
	unsigned byte = 0;

	for (int i = 0; i < 8 && y + i < h->height; i++) {
		bool lit = wire[(size_t)(y + i) * stride + (size_t)x / 8] >> (7 - x % 8) & 1;
		byte |= (unsigned)(lit != h->invert) << i;
	}
	return byte;
}

static size_t encode(const struct hanover *h, const uint8_t *wire, uint8_t *to)
{
	uint8_t *at = to;
	size_t size = message_size(h->width, h->height);
	unsigned sum = 0;

	*at++ = STX;
	*at++ = WRITE_IMAGE;
	*at++ = (uint8_t) "0123456789ABCDEF"[h->address & 15];
	at = put_hex(at, (unsigned)((size - OVERHEAD) / 2) & 255);
	for (int x = 0; x < h->width; x++)
		for (int y = 0; y < h->height; y += 8)
			at = put_hex(at, dots(h, wire, x, y));
	*at++ = ETX;
	for (const uint8_t *p = to + 1; p < at; p++)
		sum += *p;
	put_hex(at, -sum & 255);
	return size;
}

static size_t wired_size(const struct display *display)
{
	int width, height;

	sink_display_shape(display, &width, &height);
	return message_size(width, height);
}

static int64_t hanover_cycle(const void *priv, const struct display *display)
{
	const struct hanover *h = priv;
	const struct serial_mode mode = {h->baud, PARITY_NONE, 8, 1};
	int64_t takes = paced_time(&mode, wired_size(display));

	return takes > FRAME_EVERY ? takes : FRAME_EVERY;
}

static void hanover_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct hanover *h = priv;

	paced_check_port(display, diags);
	int64_t takes = hanover_cycle(h, display);
	if (takes > LINE_MOST)
		diag_error(diags, display->where,
			"driver hanover: a picture would take %lld s at %lld baud; the sign's own size is "
			"wanted",
			(long long)(takes / NS_PER_SEC), (long long)h->baud);
}

static int hanover_open(struct sink *sink)
{
	struct hanover *h = sink_priv(sink);
	const struct serial_mode mode = {h->baud, PARITY_NONE, 8, 1};
	int error = paced_open(&h->line, sink, h->port, &mode);

	if (error)
		return error;
	sink_shape(sink, &h->width, &h->height);
	h->bytes = xmalloc(message_size(h->width, h->height));
	sink_up(sink);
	return 0;
}

static int hanover_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct hanover *h = sink_priv(sink);

	h->sequence = frame->sequence;
	return paced_send(&h->line, sink, h->bytes, encode(h, frame->wire, h->bytes), 0);
}

static void hanover_event(struct sink *sink, int fd, unsigned events)
{
	struct hanover *h = sink_priv(sink);
	char said[64];

	paced_event(&h->line, sink, events, said, sizeof said);
}

static void hanover_timeout(struct sink *sink)
{
	struct hanover *h = sink_priv(sink);

	if (paced_timeout(&h->line, sink) == PACED_SENT) {
		sink_shown(sink, h->sequence);
		sink_ready(sink);
	}
}

static void hanover_close(struct sink *sink)
{
	struct hanover *h = sink_priv(sink);

	paced_close(&h->line);
	free(h->bytes);
	h->bytes = NULL;
}

static const struct sink_option options[] = {
	PACED_OPTION_PORT(struct hanover),
	{.name = "baud",
		.type = OPTION_INT,
		.offset = offsetof(struct hanover, baud),
		.standard = "4800",
		.least = 300,
		.most = 115200,
		.help = N_("Speed of the line, bits a second.")},
	{.name = "address",
		.type = OPTION_INT,
		.offset = offsetof(struct hanover, address),
		.standard = "1",
		.most = 15,
		.help = N_("The sign's address on the line; 0 to 15. Signs with a rotary switch have the "
			   "switch's number, "
			   "many one more.")},
	{.name = "invert",
		.type = OPTION_BOOL,
		.offset = offsetof(struct hanover, invert),
		.standard = "false",
		.help = N_("true: a lit dot shows its dark side, for discs that are mounted the other way "
			   "round.")},
	{.name = NULL},
};

const struct sink_driver sink_driver_hanover = {
	.name = "hanover",
	.summary = N_("Hanover flip-dot signs over a serial line"),
	.caps = SINK_HOLDS,
	.format = PANEL_MONO1,
	.options = options,
	.priv_size = sizeof(struct hanover),
	.minimum_cycle = FRAME_EVERY,
	.cycle = hanover_cycle,
	.check = hanover_check,
	.open = hanover_open,
	.submit = hanover_submit,
	.event = hanover_event,
	.timeout = hanover_timeout,
	.close = hanover_close,
};
