/* Vietnamese names as file names have them. */
#ifndef TOOLS_BANGTIN_FOLD_H
#define TOOLS_BANGTIN_FOLD_H

/* Small letters without marks, words joined by hyphens, as units are named; the caller frees. */
char *fold(const char *text);

#endif
