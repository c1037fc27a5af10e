/* Base64 (RFC 4648) for bytes that travel in JSON. The caller frees. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

char *base64_encode(const void *data, size_t size);
/* NULL if text is not base64. The result ends in a NUL beyond *ret_size. */
char *base64_decode(const char *text, size_t *ret_size);

#endif
