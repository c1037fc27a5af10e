/* The serial ports of this machine, with all that helps to tell them apart. */
#ifndef TOOLS_TESTPATTERN_PORTS_H
#define TOOLS_TESTPATTERN_PORTS_H

#include <stdio.h>

/* A paragraph a port; says so if there is none. */
void ports_print(FILE *to);

/* What is known of that port, in one line: path, adapter, the name that stays with it. */
void ports_identify(const char *path, char *to, size_t most);

#endif
