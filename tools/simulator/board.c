#include "board.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "frame/frame.h"

void board_init(struct board *board, int width, int height)
{
	*board = (struct board){.width = width, .height = height, .size = (size_t)width * (size_t)height * 3};
	board->pixels = xcalloc(board->size, 1);
}

void board_finish(struct board *board)
{
	free(board->pixels);
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
	char *path = xasprintf("%s/frame-%06" PRIu64 ".png", board->dump, board->frames);
	struct frame *frame = frame_create(board->width, board->height);
	for (int i = 0; i < board->width * board->height; i++) {
		const uint8_t *p = board->pixels + (size_t)i * 3;
		frame->pixels[i] = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	}
	if (frame_write_png(frame, path) < 0)
		fprintf(stderr, "bangtin-simulator: %s cannot be written\n", path);
	frame_unref(frame);
	free(path);
}

/* Two pixels a character cell: the upper half block in the upper pixel's colour on the lower one's. */
static void draw(const struct board *board)
{
	static const uint8_t dark[3];
	printf("\033[H");
	for (int y = 0; y < board->height; y += 2) {
		for (int x = 0; x < board->width; x++) {
			const uint8_t *upper =
				board->pixels + ((size_t)y * (size_t)board->width + (size_t)x) * 3;
			const uint8_t *lower =
				y + 1 < board->height ? upper + (size_t)board->width * 3 : dark;
			printf("\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm▀", upper[0], upper[1], upper[2],
				lower[0], lower[1], lower[2]);
		}
		printf("\033[0m\033[K\n");
	}
	printf("frame %" PRIu64 ", %" PRIu64 " faults\033[K\n", board->frames, board->faults);
}

void board_show(struct board *board)
{
	board->frames++;
	if (board->json)
		printf("{\"frame\": %" PRIu64 ", \"arrived\": %" PRId64 ", \"monotonic\": %" PRId64
		       ", \"width\": %d, \"height\": %d, \"digest\": \"%016" PRIx64 "\"}\n",
			board->frames, now(CLOCK_REALTIME), now(CLOCK_MONOTONIC), board->width, board->height,
			digest_picture(DIGEST_START, board->pixels, board->size));
	if (board->dump)
		dump(board);
	if (board->terminal)
		draw(board);
	fflush(stdout);
}

void board_fault(struct board *board, const char *kind)
{
	board->faults++;
	if (board->json) {
		printf("{\"event\": \"%s\", \"arrived\": %" PRId64 "}\n", kind, now(CLOCK_REALTIME));
		fflush(stdout);
	}
}
