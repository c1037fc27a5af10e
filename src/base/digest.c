#include "base/digest.h"

#include <glib.h>
#include <string.h>

void digest_sha256(const void *data, size_t size, char ret_hex[DIGEST_HEX])
{
	/* an empty input may come as NULL, which GLib asserts against */
	char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data ? data : (const guchar *)"", size);

	memcpy(ret_hex, hex, DIGEST_HEX);
	g_free(hex);
}

uint64_t digest_picture(uint64_t state, const void *data, size_t size)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < size; i++)
		state = (state ^ byte[i]) * UINT64_C(0x100000001b3);
	return state;
}
