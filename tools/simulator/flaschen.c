/* Flaschen-Taschen: every datagram is a PPM (P6). Its place is a comment "#FT: x y layer", or three numbers after the
 * pixels. Above layer 0 black lets layer 0 through. A picture in bands is complete here with the display's lowest row.
 * Source: github.com/hzeller/flaschen-taschen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "protocol.h"

struct flaschen {
	uint8_t *base; /* layer 0 */
	size_t size;
};

struct reader {
	const uint8_t *at, *end;
	int place[3]; /* x, y, layer */
};

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void take_place(struct reader *reader, const uint8_t *text, size_t size)
{
	char copy[64];
	int place[3];

	snprintf(copy, sizeof copy, "%.*s", (int)(size < 63 ? size : 63), (const char *)text);
	if (sscanf(copy, " %6d %6d %6d", &place[0], &place[1], &place[2]) == 3)
		memcpy(reader->place, place, sizeof place);
}

/* White space and comments. */
static void skip(struct reader *reader)
{
	while (reader->at < reader->end) {
		if (*reader->at == '#') {
			const uint8_t *comment = reader->at;
			while (reader->at < reader->end && *reader->at != '\n')
				reader->at++;
			size_t size = (size_t)(reader->at - comment);
			if (size > 4 && memcmp(comment, "#FT:", 4) == 0)
				take_place(reader, comment + 4, size - 4);
		} else if (!is_space(*reader->at)) {
			return;
		} else {
			reader->at++;
		}
	}
}

/* -1: there is none */
static int read_number(struct reader *reader)
{
	int value = -1;

	skip(reader);
	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9' && value < 100000)
		value = (value < 0 ? 0 : value) * 10 + (*reader->at++ - '0');
	return value;
}

static bool is_black(const uint8_t *pixel)
{
	return pixel[0] == 0 && pixel[1] == 0 && pixel[2] == 0;
}

/* False: it lies beyond the display. */
static bool put(struct flaschen *ft, struct board *board, int x, int y, int layer, const uint8_t *pixel)
{
	if (x < 0 || y < 0 || x >= board->width || y >= board->height)
		return false;
	size_t at = ((size_t)y * (size_t)board->width + (size_t)x) * 3;
	if (layer == 0)
		memcpy(ft->base + at, pixel, 3);
	board_write(board, at, layer > 0 && is_black(pixel) ? ft->base + at : pixel, 3);
	return true;
}

static void draw(struct flaschen *ft, struct board *board, const struct reader *reader, int width, int height)
{
	const int *place = reader->place;
	bool inside = true;

	for (int i = 0; i < width * height; i++)
		inside &= put(ft, board, place[0] + i % width, place[1] + i / width, place[2],
			reader->at + 3 * (size_t)i);
	if (!inside)
		board_fault(board, "beyond");
	if (place[1] + height >= board->height)
		board_show(board);
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	struct reader reader = {.at = bytes + 2, .end = bytes + size};

	(void)arrival;
	if (size < 3 || memcmp(bytes, "P6", 2) != 0 || !is_space(bytes[2])) {
		board_fault(board, "header");
		return;
	}
	int width = read_number(&reader), height = read_number(&reader), most = read_number(&reader);
	if (width < 1 || height < 1 || width > 65536 || height > 65536 || most != 255 ||
		reader.at >= reader.end || !is_space(*reader.at)) {
		board_fault(board, "header");
		return;
	}
	reader.at++;
	size_t pixels = 3 * (size_t)width * (size_t)height, left = (size_t)(reader.end - reader.at);
	if (left < pixels) {
		board_fault(board, "short");
		return;
	}
	take_place(&reader, reader.at + pixels, left - pixels);
	draw(state, board, &reader, width, height);
}

static void init(void *state, const struct board *board, const struct decoder_options *options)
{
	struct flaschen *ft = state;

	(void)options;
	ft->size = board->size;
	ft->base = xcalloc(board->size, 1);
}

static void finish(void *state)
{
	free(((struct flaschen *)state)->base);
}

const struct protocol flaschen_protocol = {
	.name = "flaschen",
	.transport = TRANSPORT_DATAGRAM,
	.port = 1337,
	.state_size = sizeof(struct flaschen),
	.init = init,
	.feed = feed,
	.finish = finish,
};
