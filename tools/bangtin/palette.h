/* At most 256 colours for pictures that may have more: exact where they suffice, else by median cut. */
#ifndef TOOLS_BANGTIN_PALETTE_H
#define TOOLS_BANGTIN_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PALETTE_MOST 256

struct tally {
	uint32_t colour; /* 0xRRGGBB */
	uint32_t count;	 /* 0: the place is free */
	int index;	 /* in the palette */
};

struct palette {
	struct tally *tallies; /* a hash table */
	size_t capacity, used;
	uint32_t colours[PALETTE_MOST];
	int count;
};

void palette_init(struct palette *palette);
void palette_finish(struct palette *palette);
void palette_clear(struct palette *palette); /* nothing is noted; no colours */
void palette_note(struct palette *palette, uint32_t colour);
/* Chooses at most `most` colours for all that was noted. */
void palette_choose(struct palette *palette, int most);
/* The index of the colour's nearest; -1: it was never noted. */
int palette_index(const struct palette *palette, uint32_t colour);

#endif
