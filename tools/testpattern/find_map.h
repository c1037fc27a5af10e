/* Which wiring a board has, by elimination: all that the configuration can describe, and questions whose answers tell them
 * apart. Pure. Pixels are numbered in wire order, as a display without rotation and map sends them. */
#ifndef TOOLS_TESTPATTERN_FIND_MAP_H
#define TOOLS_TESTPATTERN_FIND_MAP_H

#include "frame/panel.h"

struct wirings;

struct map_question {
	bool module; /* light all of it and ask which module lights up; else one pixel, and ask where in its module */
	int first, count; /* pixels to light */
	size_t left_most; /* wirings that are left after the least telling answer */
};

/* All wirings of a panel of modules of that size; NULL: they do not make it up. The caller destroys. */
struct wirings *wirings_create(int width, int height, int module_width, int module_height);
void wirings_destroy(struct wirings *wirings);	     /* NULL is fine */
size_t wirings_count(const struct wirings *wirings); /* that are left and behave differently */
/* The most telling question that was not asked yet. False: no question tells more. */
bool wirings_question(struct wirings *wirings, struct map_question *ret_question);
/* What somebody saw: column and row of the module, or of the pixel within its module, from 0. False: no wiring that is
 * left does that, and nothing changed. */
bool wirings_answer(struct wirings *wirings, const struct map_question *question, int column, int row);
/* Nobody could tell: not asked again. */
void wirings_skip(struct wirings *wirings, const struct map_question *question);
/* The first that is left. */
void wirings_best(const struct wirings *wirings, struct module_map *ret_map, int *ret_rotate);

#endif
