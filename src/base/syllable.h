/* Whether something can be a Vietnamese syllable: an initial, a rime and a tone that go together. Pure. */
#ifndef BASE_SYLLABLE_H
#define BASE_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>

/* text: valid UTF-8 of that size, in any case, composed or not. Names from other languages are mostly none. */
bool syllable_valid(const char *text, size_t size);

#endif
