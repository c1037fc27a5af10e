/* What `bangtin new` writes: files to begin with, whose comments explain them in Vietnamese or English. */
#ifndef TOOLS_BANGTIN_NEW_H
#define TOOLS_BANGTIN_NEW_H

struct starter_piece {
	const char *vi, *en; /* en NULL: the same in both; @UNIT@ and @SCHEMA@ are filled in */
};

struct starter {
	const char *kind;		    /* as it is asked for */
	const char *name;		    /* of its file, where none is given */
	const char *end;		    /* of every such file's name */
	const struct starter_piece *pieces; /* end with vi NULL */
};

extern const struct starter starters[]; /* end with kind NULL */

#endif
