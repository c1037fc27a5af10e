/* Alpha signs: transmissions of commands, and a memory of files that must be declared before they are written.
 *   five or more 00, 01, type, address (2 digits), then one or several of: 02, command, data, 03, sum (4 digits, may be
 *   left out); 04. A wrong sum is answered by NAK.
 * The general information (F, 22) can be read.
 * A SMALL DOTS PICTURE is shown when the run order has a text that calls it. Source: manual 9708-8061, alphasign. */
#include <stdio.h>
#include <string.h>

#include "protocol.h"

#define NULLS_LEAST 5
#define SOH	    0x01
#define STX	    0x02
#define ETX	    0x03
#define EOT	    0x04
#define CALL_DOTS   0x14
#define SAME	    0x11
#define BODY_MOST   65536
#define LABELS	    128

enum phase { IDLE, HEADER, BODY, SUM };

struct file {
	char kind;    /* 'A' text, 'B' string, 'D' dots; 0: not declared */
	int size;     /* as it was declared */
	uint8_t call; /* of a text: the picture that it shows; 0: none */
};

struct alpha {
	enum phase phase;
	size_t nulls, count; /* count: of the header or the sum */
	uint8_t body[BODY_MOST], sum[4];
	size_t size;
	bool cut; /* the body was longer than there is room for */
	struct file files[LABELS];
	uint8_t order[LABELS];
	size_t order_size;
	int refuse; /* so many pictures are answered by NAK, whatever they are */
};

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* -1: not so many hexadecimal digits */
static int number(const uint8_t *text, int digits)
{
	int value = 0;

	for (int i = 0; i < digits; i++) {
		if (digit(text[i]) < 0)
			return -1;
		value = value * 16 + digit(text[i]);
	}
	return value;
}

/* --- commands: data without the letter */

/* Entries of 11: label, kind, lock, size (4 digits; of dots: height and width), 4 more. None: everything is erased. */
static void set_memory(struct alpha *alpha, struct board *board, const uint8_t *data, size_t size)
{
	memset(alpha->files, 0, sizeof alpha->files);
	alpha->order_size = 0;
	for (; size >= 11; data += 11, size -= 11) {
		int declared = number(data + 3, 4);
		if (data[0] < 0x20 || data[0] >= LABELS || declared < 0 || !strchr("ABD", data[1])) {
			board_fault(board, "memory");
			return;
		}
		alpha->files[data[0]] = (struct file){(char)data[1], declared, 0};
	}
	if (size > 0)
		board_fault(board, "memory");
}

static void take_special(struct alpha *alpha, struct board *board, const uint8_t *data, size_t size)
{
	if (size >= 1 && data[0] == '$') {
		set_memory(alpha, board, data + 1, size - 1);
	} else if (size >= 3 && data[0] == '.') { /* kind of order, lock, labels */
		alpha->order_size = size - 3 < LABELS ? size - 3 : LABELS;
		memcpy(alpha->order, data + 3, alpha->order_size);
	}
}

static struct file *file_of(
	struct alpha *alpha, struct board *board, const uint8_t *data, size_t size, char kind)
{
	if (size > 0 && data[0] < LABELS && alpha->files[data[0]].kind == kind)
		return &alpha->files[data[0]];
	board_fault(board, "undeclared");
	return NULL;
}

static void take_text(struct alpha *alpha, struct board *board, const uint8_t *data, size_t size)
{
	struct file *file = file_of(alpha, board, data, size, 'A');
	const uint8_t *call = file ? memchr(data, CALL_DOTS, size) : NULL;

	if (file)
		file->call = call && call + 1 < data + size ? call[1] : 0;
}

static bool is_running(const struct alpha *alpha, uint8_t picture)
{
	for (size_t i = 0; i < alpha->order_size; i++)
		if (alpha->order[i] < LABELS && alpha->files[alpha->order[i]].call == picture)
			return true;
	return false;
}

/* One row's colours. How many bytes it took with its 0D; 0: it is not as long as it should be, or no colour. */
static size_t read_row(const uint8_t *data, size_t size, int width, uint8_t *colours)
{
	size_t at = 0;

	for (int x = 0; x < width;) {
		int run = 1;
		if (at + 4 <= size && data[at] == SAME) {
			run = number(data + at + 1, 2);
			at += 3;
		}
		if (at >= size || data[at] < '0' || data[at] > '8' || run < 1 || run > width - x)
			return 0;
		memset(colours + x, data[at++] - '0', (size_t)run);
		x += run;
	}
	return at < size && data[at] == '\r' ? at + 1 : 0;
}

static void draw_row(struct board *board, int y, const uint8_t *colours)
{
	/* dark, red, green, amber; then what the manual calls dim red, dim green, brown, orange, yellow */
	static const uint8_t palette[9][3] = {{0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {255, 255, 0}, {128, 0, 0},
		{0, 128, 0}, {128, 64, 0}, {255, 128, 0}, {192, 255, 0}};

	for (int x = 0; x < board->width; x++)
		board_write(
			board, ((size_t)y * (size_t)board->width + (size_t)x) * 3, palette[colours[x]], 3);
}

static void take_dots(struct alpha *alpha, struct board *board, const uint8_t *data, size_t size)
{
	struct file *file = file_of(alpha, board, data, size, 'D');
	uint8_t colours[256];
	uint8_t label = size > 0 ? data[0] : 0;

	if (!file)
		return;
	int height = size >= 5 ? number(data + 1, 2) : -1, width = size >= 5 ? number(data + 3, 2) : -1;
	if (height < 0 || width < 0 || file->size != height * 256 + width || height != board->height ||
		width != board->width) {
		board_fault(board, "length");
		return;
	}
	data += 5, size -= 5;
	for (int y = 0; y < height; y++) {
		size_t used = read_row(data, size, width, colours);
		if (used == 0) {
			board_fault(board, "row");
			return;
		}
		draw_row(board, y, colours);
		data += used, size -= used;
	}
	if (is_running(alpha, label))
		board_show(board);
	else
		board_event(board, "hidden");
}

/* Firmware's part number and revision, its month and year; time, speaker, memory in all and free. */
static void answer_general(struct board *board)
{
	static const char body[] = "\002E\"10503701A0796"
				   "1805FF,7500,6D00\003";
	char answer[96];
	size_t used = sizeof "\0\0\0\0\0\0\0\0\001000" - 1;
	unsigned sum = 0;

	memcpy(answer, "\0\0\0\0\0\0\0\0\001000", used);
	for (size_t i = 0; i < sizeof body - 1; i++)
		sum += (uint8_t)body[i];
	used += (size_t)snprintf(answer + used, sizeof answer - used, "%s%04X\004", body, sum & 0xffff);
	board_answer(board, answer, used);
}

static void obey(struct alpha *alpha, struct board *board)
{
	const uint8_t *data = alpha->body + 1;
	size_t size = alpha->size - 1;

	switch (alpha->body[0]) {
	case 'E':
		take_special(alpha, board, data, size);
		break;
	case 'F':
		if (size == 1 && data[0] == '"')
			answer_general(board);
		else
			board_fault(board, "operation");
		break;
	case 'A':
		take_text(alpha, board, data, size);
		break;
	case 'I':
		take_dots(alpha, board, data, size);
		break;
	default:
		board_fault(board, "operation");
	}
}

/* --- transmissions */

static bool sum_is_right(const struct alpha *alpha)
{
	unsigned sum = STX + ETX;

	for (size_t i = 0; i < alpha->size; i++)
		sum += alpha->body[i];
	return alpha->count == 0 || (alpha->count == 4 && number(alpha->sum, 4) == (int)(sum & 0xffff));
}

static void end_command(struct alpha *alpha, struct board *board)
{
	if (alpha->cut || alpha->size == 0) {
		board_fault(board, "length");
	} else if (alpha->body[0] == 'I' && alpha->refuse > 0) {
		alpha->refuse--;
		board_event(board, "refused");
		board_answer(board, "\x15", 1);
	} else if (!sum_is_right(alpha)) {
		board_fault(board, "checksum");
		board_answer(board, "\x15", 1);
	} else {
		obey(alpha, board);
	}
}

static void begin_body(struct alpha *alpha)
{
	alpha->phase = BODY;
	alpha->size = alpha->count = 0;
	alpha->cut = false;
}

static void begin_again(struct alpha *alpha, struct board *board, const char *fault, uint8_t byte)
{
	if (fault)
		board_fault(board, fault);
	alpha->phase = IDLE;
	alpha->nulls = byte == 0;
}

static void take_idle(struct alpha *alpha, struct board *board, uint8_t byte)
{
	if (byte == SOH && alpha->nulls >= NULLS_LEAST) {
		alpha->phase = HEADER;
		alpha->count = 0;
	} else if (byte == SOH) {
		board_fault(board, "header");
	}
	alpha->nulls = byte == 0 ? alpha->nulls + 1 : 0;
}

static void take_header(struct alpha *alpha, struct board *board, uint8_t byte)
{
	bool good = alpha->count == 0 ? byte > 0x20 : alpha->count < 3 ? digit(byte) >= 0 : byte == STX;

	if (!good)
		begin_again(alpha, board, "header", byte);
	else if (++alpha->count == 4)
		begin_body(alpha);
}

static void take_body(struct alpha *alpha, struct board *board, uint8_t byte)
{
	if (byte == 0 || byte == SOH || byte == STX || byte == EOT)
		begin_again(alpha, board, "short", byte);
	else if (byte == ETX)
		alpha->phase = SUM;
	else if (alpha->size < BODY_MOST)
		alpha->body[alpha->size++] = byte;
	else
		alpha->cut = true;
}

static void take_sum(struct alpha *alpha, struct board *board, uint8_t byte)
{
	if (digit(byte) >= 0 && alpha->count < 4) {
		alpha->sum[alpha->count++] = byte;
	} else if (byte == EOT) {
		end_command(alpha, board);
		begin_again(alpha, board, NULL, byte);
	} else if (byte == STX) {
		end_command(alpha, board);
		begin_body(alpha);
	} else {
		begin_again(alpha, board, "short", byte);
	}
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	static void (*const take[])(struct alpha *, struct board *, uint8_t) = {
		[IDLE] = take_idle, [HEADER] = take_header, [BODY] = take_body, [SUM] = take_sum};
	struct alpha *alpha = state;

	(void)arrival;
	for (size_t i = 0; i < size; i++)
		take[alpha->phase](alpha, board, bytes[i]);
}

static void init(void *state, const struct board *board, const struct decoder_options *options)
{
	((struct alpha *)state)->refuse = options->faults.refuse > 0;
}

const struct protocol alpha_protocol = {
	.name = "alpha",
	.transport = TRANSPORT_STREAM,
	.state_size = sizeof(struct alpha),
	.init = init,
	.feed = feed,
};
