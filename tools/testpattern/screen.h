/* A list on the whole terminal, led with keys; the terminal is as it was afterwards, signals included (those that
 * board_heed_signals heeds). Source: ECMA-48 control sequences, termios(3). */
#ifndef TOOLS_TESTPATTERN_SCREEN_H
#define TOOLS_TESTPATTERN_SCREEN_H

#include <stddef.h>

struct screen_item {
	const char *name, *help; /* help may be NULL */
};

struct screen_list {
	const char *title; /* first line */
	const char *state; /* second line */
	const char *keys;  /* last line */
	const struct screen_item *items;
	size_t count, at; /* at: the one that is chosen */
};

enum screen_key {
	KEY_NONE,
	KEY_UP,
	KEY_DOWN,
	KEY_FIRST,
	KEY_LAST,
	KEY_ENTER,
	KEY_SPACE,
	KEY_BACK,
	KEY_LETTER
};

void screen_enter(void);
void screen_leave(void); /* idempotent */
void screen_draw(const struct screen_list *list);
/* A line to type into, below the title. */
void screen_draw_prompt(const char *title, const char *prompt, const char *typed);
/* What was pressed, when something can be read; *ret_letter of KEY_LETTER. KEY_NONE: nothing that is known, or the end of
 * the input, which *ret_letter says as EOF. */
enum screen_key screen_key(int *ret_letter);

#endif
