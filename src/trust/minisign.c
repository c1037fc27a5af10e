/* Public keys and signatures; secret.c has the secret key's file. */
#include "trust/minisign.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "trust/private.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED	  "trusted comment: "

struct packed_public {
	uint8_t algorithm[2], id[MINISIGN_ID], key[32];
};
struct packed_signature {
	uint8_t algorithm[2], id[MINISIGN_ID], signature[64];
};
struct parsed {
	struct packed_signature packed;
	const char *comment;
	size_t comment_size;
	uint8_t global[64];
};

int minisign_start(void)
{
	return sodium_init() < 0 ? -EIO : 0;
}

void minisign_id_text(const uint8_t id[MINISIGN_ID], char ret_hex[MINISIGN_ID_HEX])
{
	for (int i = 0; i < MINISIGN_ID; i++)
		snprintf(ret_hex + (size_t)2 * i, 3, "%02X", id[MINISIGN_ID - 1 - i]);
}

int minisign_public_parse(const char *text, size_t size, struct minisign_public *ret_key)
{
	struct lines lines = {text, text + size};
	struct packed_public packed;
	const char *line;
	size_t length;
	if (size > MINISIGN_FILE_MOST || !lines_next(&lines, &line, &length))
		return -EBADMSG;
	if (line_begins(line, length, UNTRUSTED) && !lines_next(&lines, &line, &length))
		return -EBADMSG;
	if (!base64_exactly(line, length, &packed, sizeof packed) || memcmp(packed.algorithm, "Ed", 2) != 0)
		return -EBADMSG;
	memcpy(ret_key->id, packed.id, sizeof packed.id);
	memcpy(ret_key->key, packed.key, sizeof packed.key);
	return 0;
}

void minisign_public_text(const struct minisign_public *key, char ret_text[MINISIGN_PUBLIC_TEXT])
{
	struct packed_public packed = {.algorithm = {'E', 'd'}};
	memcpy(packed.id, key->id, sizeof packed.id);
	memcpy(packed.key, key->key, sizeof packed.key);
	sodium_bin2base64(ret_text, MINISIGN_PUBLIC_TEXT, (const uint8_t *)&packed, sizeof packed,
		sodium_base64_VARIANT_ORIGINAL);
}

static int parse(const char *text, size_t size, struct parsed *ret)
{
	struct lines lines = {text, text + size};
	const char *line;
	size_t length;
	if (size > MINISIGN_FILE_MOST || !lines_next(&lines, &line, &length) ||
		!line_begins(line, length, UNTRUSTED))
		return -EBADMSG;
	if (!lines_next(&lines, &line, &length) ||
		!base64_exactly(line, length, &ret->packed, sizeof ret->packed) ||
		memcmp(ret->packed.algorithm, "ED", 2) != 0)
		return -EBADMSG;
	if (!lines_next(&lines, &line, &length) || !line_begins(line, length, TRUSTED))
		return -EBADMSG;
	ret->comment = line + strlen(TRUSTED);
	ret->comment_size = length - strlen(TRUSTED);
	if (ret->comment_size > MINISIGN_COMMENT_MOST || !lines_next(&lines, &line, &length) ||
		!base64_exactly(line, length, ret->global, sizeof ret->global))
		return -EBADMSG;
	return 0;
}

int minisign_signer(const char *signature, size_t size, uint8_t ret_id[MINISIGN_ID])
{
	struct parsed parsed;
	int error = parse(signature, size, &parsed);
	if (!error)
		memcpy(ret_id, parsed.packed.id, MINISIGN_ID);
	return error;
}

static void digest(const void *data, size_t size, uint8_t ret[64])
{
	crypto_generichash(ret, 64, data, size, NULL, 0);
}

/* What the second signature is over. */
static size_t join(
	uint8_t to[64 + MINISIGN_COMMENT_MOST], const uint8_t signature[64], const char *comment, size_t size)
{
	memcpy(to, signature, 64);
	memcpy(to + 64, comment, size);
	return 64 + size;
}

int minisign_verify(const struct minisign_public *key, const char *signature, size_t signature_size,
	const void *data, size_t size)
{
	struct parsed parsed;
	uint8_t hash[64], joined[64 + MINISIGN_COMMENT_MOST];
	int error = parse(signature, signature_size, &parsed);
	if (error)
		return error;
	if (memcmp(parsed.packed.id, key->id, MINISIGN_ID) != 0)
		return -ENOKEY;
	digest(data, size, hash);
	if (crypto_sign_verify_detached(parsed.packed.signature, hash, sizeof hash, key->key) != 0)
		return -EKEYREJECTED;
	size_t length = join(joined, parsed.packed.signature, parsed.comment, parsed.comment_size);
	return crypto_sign_verify_detached(parsed.global, joined, length, key->key) == 0 ? 0 : -EKEYREJECTED;
}

char *minisign_sign(const struct minisign_secret *key, const void *data, size_t size, const char *comment)
{
	struct packed_signature packed = {.algorithm = {'E', 'D'}};
	uint8_t hash[64], joined[64 + MINISIGN_COMMENT_MOST], global[64];
	char first[sodium_base64_ENCODED_LEN(sizeof packed, sodium_base64_VARIANT_ORIGINAL)];
	char second[sodium_base64_ENCODED_LEN(sizeof global, sodium_base64_VARIANT_ORIGINAL)];
	char id[MINISIGN_ID_HEX];
	size_t comment_size = strnlen(comment, MINISIGN_COMMENT_MOST);
	memcpy(packed.id, key->id, MINISIGN_ID);
	digest(data, size, hash);
	crypto_sign_detached(packed.signature, NULL, hash, sizeof hash, key->key);
	size_t length = join(joined, packed.signature, comment, comment_size);
	crypto_sign_detached(global, NULL, joined, length, key->key);
	sodium_bin2base64(
		first, sizeof first, (const uint8_t *)&packed, sizeof packed, sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(second, sizeof second, global, sizeof global, sodium_base64_VARIANT_ORIGINAL);
	minisign_id_text(key->id, id);
	return xasprintf(UNTRUSTED "signature by key %s\n%s\n" TRUSTED "%.*s\n%s\n", id, first,
		(int)comment_size, comment, second);
}
