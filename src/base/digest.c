#include "base/digest.h"

#include <stdbool.h>
#include <string.h>

void digest_begin(struct digest *digest)
{
	SHA256Init(&digest->state);
}

void digest_add(struct digest *digest, const void *data, size_t size)
{
	if (size > 0)
		SHA256Update(&digest->state, data, size);
}

void digest_end(struct digest *digest, char ret_hex[DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[SHA256_DIGEST_LENGTH];

	SHA256Final(bytes, &digest->state);
	for (size_t i = 0; i < sizeof bytes; i++) {
		ret_hex[2 * i] = digits[bytes[i] >> 4];
		ret_hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_hex[DIGEST_HEX - 1] = '\0';
}

void digest_sha256(const void *data, size_t size, char ret_hex[DIGEST_HEX])
{
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, data, size);
	digest_end(&digest, ret_hex);
}

#define PRIME UINT64_C(0x100000001b3)

/* PRIME to the power of BLACK_RUN, modulo 2^64: what so many zero bytes do to the state. */
#define BLACK_RUN 64

static uint64_t prime_to(int power)
{
	uint64_t product = 1;

	while (power-- > 0)
		product *= PRIME;
	return product;
}

static bool is_black(const uint8_t *bytes)
{
	static const uint8_t black[BLACK_RUN];

	return memcmp(bytes, black, BLACK_RUN) == 0;
}

/* Most of most pictures is black: what is, is taken many bytes at once. */
uint64_t digest_picture(uint64_t state, const void *data, size_t size)
{
	const uint8_t *byte = data;
	const uint64_t black_run = size >= BLACK_RUN ? prime_to(BLACK_RUN) : 1;

	while (size > 0) {
		size_t piece = size < BLACK_RUN ? size : BLACK_RUN;
		if (piece == BLACK_RUN && is_black(byte))
			state *= black_run;
		else
			for (size_t i = 0; i < piece; i++)
				state = (state ^ byte[i]) * PRIME;
		byte += piece;
		size -= piece;
	}
	return state;
}
