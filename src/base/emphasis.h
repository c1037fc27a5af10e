/* Emphasis within a text: marks around words, of control characters, which no input may contain. What takes a text for
 * a display takes these too; they nest, and every one is ended. Playlists write them `{bold:…}` and `{red:…}`
 * (playlist/text.c). Pure.
 */
#ifndef BASE_EMPHASIS_H
#define BASE_EMPHASIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMPHASIS_BOLD	    '\x01'
#define EMPHASIS_COLOUR	    '\x02' /* and six hexadecimal digits, RRGGBB */
#define EMPHASIS_END	    '\x03' /* of the innermost one */
#define EMPHASIS_DEPTH_MOST 4

struct emphasis { /* how a piece of text looks; all zero: plain */
	bool bold, coloured;
	uint32_t colour; /* 0xRRGGBB */
};

/* Starts as {.at = text}. */
struct emphasis_reader {
	const char *at;
	/* private */
	struct emphasis outer[EMPHASIS_DEPTH_MOST], now;
	int depth;
};
/* The next piece that looks the same all through, not empty, within the text. False: no more. */
bool emphasis_next(
	struct emphasis_reader *reader, const char **ret_piece, size_t *ret_size, struct emphasis *ret_look);
/* Without the marks; the caller frees. */
char *emphasis_plain(const char *text);

#endif
