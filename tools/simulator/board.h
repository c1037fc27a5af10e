/* The board that a wire stands for: pixels in wire order, and what happens when a frame is complete. */
#ifndef TOOLS_SIMULATOR_BOARD_H
#define TOOLS_SIMULATOR_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct board {
	int width, height;
	uint8_t *pixels; /* R, G, B in wire order */
	size_t size;	 /* bytes */
	bool json, terminal;
	const char *dump; /* directory; NULL: none */
	uint64_t frames;  /* shown so far */
	uint64_t faults;  /* reported so far */
	/* Sends bytes back to whoever sent the last; NULL where the wire has no way back. */
	void (*reply)(void *data, const void *bytes, size_t size);
	void *reply_data;
};

void board_init(struct board *board, int width, int height);
void board_finish(struct board *board);
/* Writes n bytes of pixels from byte offset on; what lies beyond the board is cut off and reported. */
void board_write(struct board *board, size_t offset, const uint8_t *bytes, size_t n);
/* The frame is complete: digest, JSON line, picture, terminal. */
void board_show(struct board *board);
/* Something on the wire was wrong and was dropped: a word such as "checksum". */
void board_fault(struct board *board, const char *kind);

#endif
