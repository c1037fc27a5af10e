/* Private to conf: a YAML text as the pieces that are not blanks or comments, in order, each with the block that it
 * stands in. From libyaml's tokens, which have the places that its events lack. */
#ifndef CONF_PIECES_H
#define CONF_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* A block map or list, or a list that is not indented below its key. Columns count from 0. */
struct block {
	const struct block *outer; /* NULL: the outermost */
	int old_column, new_column;
	bool is_map, is_unindented;
};

enum piece_kind {
	PIECE_OTHER, /* --- and the like */
	PIECE_DASH,
	PIECE_QUESTION,
	PIECE_COLON,
	PIECE_COMMA,
	PIECE_OPEN,
	PIECE_CLOSE,
	PIECE_SCALAR,
	PIECE_BLOCK_SCALAR, /* | and > */
};

struct piece {
	enum piece_kind kind;
	size_t begin, end;	   /* bytes of the text */
	int line, end_line;	   /* from 0 */
	int column;		   /* of its beginning, in characters */
	int indent;		   /* where it goes if it begins a line outside of brackets */
	int brackets;		   /* open before it */
	const struct block *block; /* NULL: outside of all */
};

struct pieces {
	const char *text;
	size_t size;
	size_t *lines; /* where each begins; one more than there are */
	int line_count;
	struct piece *items;
	size_t count, capacity;
	struct arena arena; /* blocks */
};

enum { FORMAT_STEP = 2 };

/* text ends its lines in LF only and is YAML without an error; it is borrowed. */
void pieces_init(struct pieces *pieces, const char *text, size_t size);
void pieces_finish(struct pieces *pieces);

#endif
