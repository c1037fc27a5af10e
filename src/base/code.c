#include "base/code.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 3 };

void code_write(char letter, int number, char ret_code[CODE_SIZE])
{
	snprintf(ret_code, CODE_SIZE, "%c%0*u", letter, DIGITS, (unsigned)number % 1000);
}

int code_read(char letter, const char *code)
{
	bool bracket = *code == '[';

	code += bracket;
	if (toupper((unsigned char)*code) != letter || strspn(code + 1, "0123456789") != DIGITS ||
		strcmp(code + 1 + DIGITS, bracket ? "]" : "") != 0)
		return -1;
	return (int)strtol(code + 1, NULL, 10);
}
