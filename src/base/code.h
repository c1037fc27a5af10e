/* What notes and events are called: a letter and three digits, B013 or E202. Pure; any thread. */
#ifndef BASE_CODE_H
#define BASE_CODE_H

enum { CODE_SIZE = 8 }; /* with the NUL */

void code_write(char letter, int number, char ret_code[CODE_SIZE]);
/* In any case, with or without brackets; -1: it is no code of that letter. */
int code_read(char letter, const char *code);

#endif
