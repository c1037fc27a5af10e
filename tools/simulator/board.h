/* The board that a wire stands for: pixels in wire order, and what happens when a frame is complete. */
#ifndef TOOLS_SIMULATOR_BOARD_H
#define TOOLS_SIMULATOR_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct board_outputs {
	FILE *json;	  /* a line for every frame and event; NULL: none */
	FILE *terminal;	  /* the board in half blocks; NULL: none */
	const char *dump; /* a directory for a PNG of every frame; NULL: none */
};

struct board {
	int width, height;
	uint8_t *pixels; /* R, G, B in wire order */
	size_t size;	 /* bytes */
	struct board_outputs outputs;
	uint64_t frames; /* shown so far */
	uint64_t faults; /* reported so far */
	unsigned lost;	 /* datagrams that are known to be missing since the frame before */
	/* Sends bytes back to whoever sent the last; NULL where nobody listens. */
	void (*answer)(void *data, const void *bytes, size_t size);
	void *answer_data;
	/* What a device keeps when its link breaks; made by its protocol, freed with the board. */
	void *memory;
	void (*forget)(void *memory);
};

void board_init(struct board *board, int width, int height);
void board_finish(struct board *board);
/* Writes n bytes of pixels from byte offset on; what lies beyond the board is cut off and reported. */
void board_write(struct board *board, size_t offset, const uint8_t *bytes, size_t n);
/* The frame is complete, or as complete as it gets (lost, which starts again from 0): JSON line, picture, terminal. */
void board_show(struct board *board);
/* Something on the wire was wrong and was dropped: a word such as "checksum". */
void board_fault(struct board *board, const char *kind);
/* Something that is no fault of the wire: "stall", "disconnect". */
void board_event(struct board *board, const char *kind);
/* What a device was told besides pictures: a word such as "brightness", and to what. */
void board_note(struct board *board, const char *kind, const char *value);
void board_answer(struct board *board, const void *bytes, size_t size);

#endif
