#include "board.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/words.h"
#include "frame/frame.h"

void board_init(struct board *board, int width, int height)
{
	*board = (struct board){.width = width, .height = height, .size = (size_t)width * (size_t)height * 3};
	board->pixels = xcalloc(board->size, 1);
}

void board_finish(struct board *board)
{
	if (board->memory)
		board->forget(board->memory);
	board->memory = NULL;
	free(board->pixels);
	board->pixels = NULL;
}

static int64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void board_write(struct board *board, size_t offset, const uint8_t *bytes, size_t n)
{
	if (offset >= board->size || n > board->size - offset) {
		board_fault(board, "beyond");
		n = offset >= board->size ? 0 : board->size - offset;
	}
	if (n > 0)
		memcpy(board->pixels + offset, bytes, n);
}

static void dump(const struct board *board)
{
	char *path = xasprintf("%s/frame-%06" PRIu64 ".png", board->outputs.dump, board->frames);
	struct frame *frame = frame_create(board->width, board->height);

	for (int y = 0; y < board->height; y++) {
		const uint8_t *p = board->pixels + (size_t)y * (size_t)board->width * 3;
		uint32_t *row = frame_row(frame, y);
		for (int x = 0; x < board->width; x++, p += 3)
			row[x] = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	}
	int error = frame_write_png(frame, path);
	if (error < 0)
		fprintf(stderr, "bangtin-simulator: %s: %s\n", path, words_error(error));
	frame_unref(frame);
	free(path);
}

/* Two pixels a character cell: the upper half block in the upper pixel's colour on the lower one's. */
static void draw(const struct board *board, FILE *to)
{
	static const uint8_t dark[3];
	size_t stride = (size_t)board->width * 3;

	fputs("\033[H", to);
	for (int y = 0; y < board->height; y += 2) {
		const uint8_t *upper = board->pixels + (size_t)y * stride;
		for (int x = 0; x < board->width; x++, upper += 3) {
			const uint8_t *lower = y + 1 < board->height ? upper + stride : dark;
			fprintf(to, "\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm▀", upper[0], upper[1], upper[2],
				lower[0], lower[1], lower[2]);
		}
		fputs("\033[0m\033[K\n", to);
	}
	fprintf(to, _("frame %" PRIu64 ", %" PRIu64 " faults"), board->frames, board->faults);
	fputs("\033[K\n", to);
	fflush(to);
}

static void print_frame(const struct board *board, FILE *to)
{
	fprintf(to,
		"{\"frame\": %" PRIu64 ", \"arrived\": %" PRId64 ", \"monotonic\": %" PRId64
		", \"width\": %d, \"height\": %d, \"digest\": \"%016" PRIx64 "\"",
		board->frames, now(CLOCK_REALTIME), now(CLOCK_MONOTONIC), board->width, board->height,
		digest_picture(DIGEST_START, board->pixels, board->size));
	if (board->lost)
		fprintf(to, ", \"lost\": %u", board->lost);
	fputs("}\n", to);
	fflush(to);
}

void board_show(struct board *board)
{
	board->frames++;
	if (board->outputs.json)
		print_frame(board, board->outputs.json);
	if (board->outputs.dump)
		dump(board);
	if (board->outputs.terminal)
		draw(board, board->outputs.terminal);
	board->lost = 0;
}

void board_event(struct board *board, const char *kind)
{
	FILE *to = board->outputs.json;

	if (!to)
		return;
	fprintf(to, "{\"event\": \"%s\", \"arrived\": %" PRId64 ", \"monotonic\": %" PRId64 "}\n", kind,
		now(CLOCK_REALTIME), now(CLOCK_MONOTONIC));
	fflush(to);
}

void board_note(struct board *board, const char *kind, const char *value)
{
	FILE *to = board->outputs.json;

	if (!to)
		return;
	fprintf(to, "{\"event\": \"%s\", \"value\": \"%s\", \"monotonic\": %" PRId64 "}\n", kind, value,
		now(CLOCK_MONOTONIC));
	fflush(to);
}

void board_fault(struct board *board, const char *kind)
{
	board->faults++;
	board_event(board, kind);
}

void board_answer(struct board *board, const void *bytes, size_t size)
{
	if (board->answer)
		board->answer(board->answer_data, bytes, size);
}
