/* minisign's formats, as its manual and its site describe them, so that the stock program checks what we sign and we
 * check what it signs: Ed25519, over the file's BLAKE2b-512 ("prehashed"; the older kind is refused).
 *
 * Public key  "untrusted comment: …" line, then base64 of: "Ed", key id (8 bytes), public key (32).
 * Signature   "untrusted comment: …", base64 of: "ED", key id, signature (64); "trusted comment: …", base64 of the
 *             signature (64) over the first signature and the trusted comment.
 * Secret key  "untrusted comment: …", base64 of: "Ed", "Sc" (scrypt) or two zeros (no password), "B2", salt (32),
 *             operations and memory limits of scrypt (8 each, little endian); then, under the scrypt stream: key id,
 *             secret key (64), BLAKE2b-256 over "Ed", key id and secret key (without a password minisign
 *             writes zeros for salt, limits and this).
 *
 * Any thread. 0 or -errno. minisign_start first.
 */
#ifndef TRUST_MINISIGN_H
#define TRUST_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MINISIGN_ID = 8,
	MINISIGN_ID_HEX = 17,	   /* with the NUL */
	MINISIGN_PUBLIC_TEXT = 57, /* base64 of 42 bytes, with the NUL */
	MINISIGN_FILE_MOST = 12000,
	MINISIGN_COMMENT_MOST = 512,
};

struct minisign_public {
	uint8_t id[MINISIGN_ID];
	uint8_t key[32];
};
struct minisign_secret { /* wiped by minisign_forget */
	uint8_t id[MINISIGN_ID];
	uint8_t key[64];
};

int minisign_start(void); /* as often as one likes; -EIO: no randomness */
void minisign_id_text(
	const uint8_t id[MINISIGN_ID], char ret_hex[MINISIGN_ID_HEX]); /* as minisign prints it */

/* A key file, or the base64 alone. -EBADMSG: it is none. */
int minisign_public_parse(const char *text, size_t size, struct minisign_public *ret_key);
void minisign_public_text(const struct minisign_public *key, char ret_text[MINISIGN_PUBLIC_TEXT]);

/* Whose key a signature file names. -EBADMSG: it is no prehashed minisign signature. */
int minisign_signer(const char *signature, size_t size, uint8_t ret_id[MINISIGN_ID]);
/* -EBADMSG: no signature file; -ENOKEY: by another key; -EKEYREJECTED: not of these bytes, or its trusted comment was
 * changed. */
int minisign_verify(const struct minisign_public *key, const char *signature, size_t signature_size,
	const void *data, size_t size);

int minisign_create(struct minisign_secret *ret_key);
void minisign_forget(struct minisign_secret *key);
void minisign_public_of(const struct minisign_secret *key, struct minisign_public *ret_public);
/* The signature file; the caller frees. comment: the trusted one, one line. */
char *minisign_sign(const struct minisign_secret *key, const void *data, size_t size, const char *comment);

/* The secret key's file. password NULL: none. Takes a gigabyte and seconds with one, on purpose. -ENOMEM. The caller
 * wipes and frees with minisign_free_text. */
int minisign_secret_text(const struct minisign_secret *key, const char *password, char **ret_text);
void minisign_free_text(char *text);
/* Whether it wants a password; -EBADMSG: no secret key. */
int minisign_secret_is_protected(const char *text, size_t size);
/* -EKEYREJECTED: the password is wrong; -EBADMSG; -ENOMEM: no memory for scrypt, or it asks for too much. */
int minisign_secret_parse(
	const char *text, size_t size, const char *password, struct minisign_secret *ret_key);

#endif
