/* The secret key's file. Whatever held key or password is wiped before it is given back. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "trust/minisign.h"
#include "trust/private.h"

#define UNTRUSTED "untrusted comment: "
/* What a key file from elsewhere may make this machine spend. */
#define OPERATIONS_MOST (UINT64_C(1) << 27)
#define MEMORY_MOST	(UINT64_C(2) << 30)

struct locked { /* under the scrypt stream */
	uint8_t id[MINISIGN_ID], key[64], check[32];
};
struct packed_secret {
	uint8_t algorithm[2], derivation[2], checksum[2], salt[32], operations[8], memory[8];
	struct locked locked;
};

static void store_little(uint8_t to[8], uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t load_little(const uint8_t from[8])
{
	uint64_t value = 0;
	for (int i = 0; i < 8; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

static void checksum(const struct locked *locked, uint8_t ret[32])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, 32);
	crypto_generichash_update(&state, (const uint8_t *)"Ed", 2);
	crypto_generichash_update(&state, locked->id, sizeof locked->id);
	crypto_generichash_update(&state, locked->key, sizeof locked->key);
	crypto_generichash_final(&state, ret, 32);
}

static int cross(struct packed_secret *packed, const char *password)
{
	uint64_t operations = load_little(packed->operations), memory = load_little(packed->memory);
	uint8_t stream[sizeof packed->locked], *bytes = (uint8_t *)&packed->locked;
	if (operations > OPERATIONS_MOST || memory > MEMORY_MOST)
		return -ENOMEM;
	if (crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password),
		    packed->salt, operations, (size_t)memory) != 0)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof stream; i++)
		bytes[i] ^= stream[i];
	sodium_memzero(stream, sizeof stream);
	return 0;
}

/* minisign leaves the checksum out of a key without a password: there the key itself must hang together. */
static bool is_whole(const struct locked *locked)
{
	uint8_t check[32], seed[32], public[32], secret[64];
	checksum(locked, check);
	if (sodium_memcmp(check, locked->check, sizeof check) == 0)
		return true;
	if (!sodium_is_zero(locked->check, sizeof locked->check))
		return false;
	crypto_sign_ed25519_sk_to_seed(seed, locked->key);
	crypto_sign_seed_keypair(public, secret, seed);
	bool whole = sodium_memcmp(secret, locked->key, sizeof secret) == 0;
	sodium_memzero(seed, sizeof seed);
	sodium_memzero(secret, sizeof secret);
	return whole;
}

int minisign_create(struct minisign_secret *ret_key)
{
	uint8_t public[32];
	int error = minisign_start();
	if (error)
		return error;
	crypto_sign_keypair(public, ret_key->key);
	randombytes_buf(ret_key->id, sizeof ret_key->id);
	return 0;
}

void minisign_forget(struct minisign_secret *key)
{
	sodium_memzero(key, sizeof *key);
}

void minisign_public_of(const struct minisign_secret *key, struct minisign_public *ret_public)
{
	memcpy(ret_public->id, key->id, sizeof key->id);
	crypto_sign_ed25519_sk_to_pk(ret_public->key, key->key);
}

int minisign_secret_text(const struct minisign_secret *key, const char *password, char **ret_text)
{
	struct packed_secret packed = {.algorithm = {'E', 'd'}, .checksum = {'B', '2'}};
	char text[sodium_base64_ENCODED_LEN(sizeof packed, sodium_base64_VARIANT_ORIGINAL)];
	int error = 0;
	memcpy(packed.locked.id, key->id, sizeof key->id);
	memcpy(packed.locked.key, key->key, sizeof key->key);
	checksum(&packed.locked, packed.locked.check);
	randombytes_buf(packed.salt, sizeof packed.salt);
	store_little(packed.operations, crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE);
	store_little(packed.memory, crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE);
	if (password) {
		memcpy(packed.derivation, "Sc", 2);
		error = cross(&packed, password);
	}
	if (!error) {
		sodium_bin2base64(text, sizeof text, (const uint8_t *)&packed, sizeof packed,
			sodium_base64_VARIANT_ORIGINAL);
		*ret_text = xasprintf(UNTRUSTED "%s\n%s\n",
			password ? "bangtin secret key, protected by a password"
				 : "bangtin secret key, not protected: keep it in the safe",
			text);
	}
	sodium_memzero(text, sizeof text);
	sodium_memzero(&packed, sizeof packed);
	return error;
}

void minisign_free_text(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
}

static int unpack(const char *text, size_t size, struct packed_secret *ret_packed)
{
	struct lines lines = {text, text + size};
	const char *line;
	size_t length;
	if (size > MINISIGN_FILE_MOST || !lines_next(&lines, &line, &length) ||
		!line_begins(line, length, UNTRUSTED) || !lines_next(&lines, &line, &length) ||
		!base64_exactly(line, length, ret_packed, sizeof *ret_packed) ||
		memcmp(ret_packed->algorithm, "Ed", 2) != 0 || memcmp(ret_packed->checksum, "B2", 2) != 0)
		return -EBADMSG;
	if (memcmp(ret_packed->derivation, "Sc", 2) != 0 && memcmp(ret_packed->derivation, "\0\0", 2) != 0)
		return -EBADMSG;
	return 0;
}

int minisign_secret_is_protected(const char *text, size_t size)
{
	struct packed_secret packed;
	int error = unpack(text, size, &packed);
	bool protected = !error && packed.derivation[0] != 0;
	sodium_memzero(&packed, sizeof packed);
	return error ? error : protected;
}

int minisign_secret_parse(
	const char *text, size_t size, const char *password, struct minisign_secret *ret_key)
{
	struct packed_secret packed;
	int error = unpack(text, size, &packed);
	if (!error && packed.derivation[0])
		error = password ? cross(&packed, password) : -EKEYREJECTED;
	if (!error && !is_whole(&packed.locked))
		error = packed.derivation[0] ? -EKEYREJECTED : -EBADMSG;
	if (!error) {
		memcpy(ret_key->id, packed.locked.id, sizeof ret_key->id);
		memcpy(ret_key->key, packed.locked.key, sizeof ret_key->key);
	}
	sodium_memzero(&packed, sizeof packed);
	return error;
}
