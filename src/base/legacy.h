/* Vietnamese text in an encoding from before Unicode: recognised and converted, never silently (a person decides).
 *
 * Documents in such encodings are looked at with fonts of their own. Pasted elsewhere, `hồ sơ` becomes `hå s¬` (TCVN3),
 * `hoà sô` (VNI), `h° s½` (VISCII) or `hôÌ sõ` (code page 1258). Recognised by decoding the text in each way and
 * counting which gives the most Vietnamese syllables (base/syllable.h): with eight syllables right in 99 of 100
 * trials for each encoding; a single word is not enough. Clean Unicode is never taken for one of these. Pure.
 */
#ifndef BASE_LEGACY_H
#define BASE_LEGACY_H

#include <stddef.h>
#include <stdint.h>

enum legacy { LEGACY_NONE, LEGACY_TCVN3, LEGACY_VNI, LEGACY_VISCII, LEGACY_CP1258 };

const char *legacy_name(enum legacy encoding); /* for people */
/* Bytes that are not UTF-8. */
enum legacy legacy_of_bytes(const char *bytes, size_t size);
/* Valid UTF-8 whose characters are the bytes of such a text, as Latin-1 or Windows-1252 shows them. */
enum legacy legacy_of_text(const char *text);
/* As UTF-8 in NFC; the caller frees. What is no character of that encoding becomes U+FFFD. */
char *legacy_convert_bytes(enum legacy encoding, const char *bytes, size_t size);
char *legacy_convert_text(enum legacy encoding, const char *text);

#endif
