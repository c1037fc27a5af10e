/* Text: UTF-8, Unicode normalisation, small string helpers. Pure. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the valid UTF-8 prefix; equal to size when all is valid. Overlong forms, surrogates and NUL are not. */
size_t utf8_valid_prefix(const char *text, size_t size);
/* At most size - 1 bytes of a text of whatever origin, as far as they are valid: no torn character; ends with NUL. */
void utf8_copy(char *to, size_t size, const char *text);
size_t utf8_length(const char *text); /* code points */
/* Next code point of valid UTF-8, advancing *text; 0 at its end. */
uint32_t utf8_next(const char **text);
/* NFC of valid UTF-8; the caller frees. Idempotent. */
char *text_nfc(const char *text);
bool text_is_nfc(const char *text);
bool text_equal(const char *a, const char *b); /* NULL equals NULL only */

#endif
