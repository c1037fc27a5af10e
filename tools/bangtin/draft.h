/* A file that is there whole or not at all: written under another name beside it, then renamed. And the signals that
 * end a long command: they only leave a mark, so that what was begun is removed first. */
#ifndef TOOLS_BANGTIN_DRAFT_H
#define TOOLS_BANGTIN_DRAFT_H

#include <stdbool.h>

struct draft {
	char *path, *temporary;
};

/* Makes the temporary file, empty. The exit code; reported; draft_end either way. */
int draft_begin(struct draft *draft, const char *path);
/* code EXIT_DONE and no signal yet: the file stands at its path. Otherwise nothing is left. The exit code; reported. */
int draft_end(struct draft *draft, int code);

/* Interrupt, termination and hang-up from now on leave a mark. */
void signals_catch(void);
bool signals_came(void);
/* Ends the program by the signal that came, as the shell expects it; returns if none did. */
void signals_obey(void);

#endif
