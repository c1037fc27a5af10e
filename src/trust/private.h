/* What the files of this room share. */
#ifndef TRUST_PRIVATE_H
#define TRUST_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- minisign's files: lines, and base64 that must decode to exactly so many bytes */
struct lines {
	const char *at, *end;
};
/* The next line without its end; false: there is none. A last line needs no newline; CR before it is taken off. */
bool lines_next(struct lines *lines, const char **ret_line, size_t *ret_length);
bool line_begins(const char *line, size_t length, const char *prefix);
bool base64_exactly(const char *text, size_t length, void *ret_bytes, size_t wanted);

/* --- names and numbers in MANIFEST, ROOT and the record of what was accepted */
bool trust_is_name(const char *text);	   /* [a-z0-9-.]: units and people */
bool trust_is_file_name(const char *text); /* flat, visible, no line of sha256sum can be forged with it */
bool trust_number(const char *text, int64_t *ret);   /* 0 … 2^53 */
bool trust_is_hash(const char *text, size_t length); /* 64 small hexadecimal digits */

#endif
