/* Digests: SHA-256 for what is stored, a fast 64-bit FNV-1a for pictures (no adversary, equality only). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_HEX 65
void digest_sha256(const void *data, size_t size, char ret_hex[DIGEST_HEX]);
/* FNV-1a 64: offset basis cbf29ce484222325, prime 100000001b3 (RFC 9923 / draft-eastlake-fnv). Start with
 * DIGEST_START; may be continued over several pieces. */
#define DIGEST_START UINT64_C(0xcbf29ce484222325)
uint64_t digest_picture(uint64_t state, const void *data, size_t size);

#endif
