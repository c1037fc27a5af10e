/* A board that somebody stands before and talks about: opened here, or lent by the daemon, for as long as a conversation
 * at the terminal lasts. One thread; while the caller waits for a key, board_wait keeps the pictures flowing. */
#ifndef TOOLS_TESTPATTERN_BOARD_H
#define TOOLS_TESTPATTERN_BOARD_H

#include "output/output.h"
#include "show.h"

struct board;

/* Opens the display's own device and waits until it is up. An exit code; what failed was explained. */
int board_open(const struct display *display, struct board **ret_board);
/* Borrows that display of the daemon on socket; name and socket stay the caller's. An exit code; -errno: no daemon. */
int board_borrow(const char *name, const char *socket, struct board **ret_board);
/* Black, unless keep; a lent display is given back. NULL is fine. */
void board_close(struct board *board, bool keep);

/* Shows a pattern from now on. False: the daemon refuses, or has gone (reported). */
bool board_pattern(struct board *board, const char *name);
/* Opened here only: paint the canvas, then push; it stays until the next picture. */
struct frame *board_canvas(struct board *board);
void board_push(struct board *board);
/* Waits until what was pushed was shown. */
bool board_settle(struct board *board);
/* Until fd (-1: none) can be read, a signal asks for the end, or the time is over. True: it can be read. */
bool board_wait(struct board *board, int fd, int64_t time);
/* Of a board opened here; of a lent one all zeroes but health. */
void board_status(const struct board *board, struct output_status *ret_status);

/* SIGINT, SIGTERM, SIGHUP end nothing at once from now on: they are asked for here. */
void board_heed_signals(void);
bool board_interrupted(void);

/* Calls fn with the board that the arguments name: --display [-c FILE] of the daemon, else of the file; or --driver. An
 * exit code. raw: the display as its wire has it, without rotation and module map, never lent. */
int with_board(const struct arguments *arguments, bool raw,
	int (*fn)(const struct arguments *arguments, struct board *board, const struct display *display));

#endif
