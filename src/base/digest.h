/* Digests: SHA-256 for what is stored, a fast 64-bit FNV-1a for pictures (no adversary, equality only). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <sha2.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_HEX 65
void digest_sha256(const void *data, size_t size, char ret_hex[DIGEST_HEX]);
/* The same of several pieces. Allocates nothing. */
struct digest {
	SHA2_CTX state;
};
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *data, size_t size);
void digest_end(struct digest *digest, char ret_hex[DIGEST_HEX]);
/* FNV-1a 64: offset basis cbf29ce484222325, prime 100000001b3 (RFC 9923 / draft-eastlake-fnv). Start with
 * DIGEST_START; may be continued over several pieces. */
#define DIGEST_START UINT64_C(0xcbf29ce484222325)
uint64_t digest_picture(uint64_t state, const void *data, size_t size);

#endif
