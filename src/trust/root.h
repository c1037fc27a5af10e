/* The root file: which keys are which people, in which roles, for which units. Text, one line a key:
 *
 *   bangtin-root: 1                                      the format, first
 *   version: 3                                           greater than the root's before
 *   key: RWQ… nguyen-van-an root,author tan-an,province  public key, person, roles, units (* is every unit)
 *   revoked: 0123456789ABCDEF                            a key that was, by its id
 *   # a comment
 *
 * At least three people hold a key of the role root; two of them sign the next root file. A person may have several
 * keys; two signatures are two people's. Immutable once parsed; any thread.
 */
#ifndef TRUST_ROOT_H
#define TRUST_ROOT_H

#include "trust/fault.h"
#include "trust/minisign.h"

enum {
	TRUST_ROOT_FILE_MOST = 64 << 10,
	TRUST_KEYS_MOST = 200,
	TRUST_ROOT_HOLDERS = 3,
	TRUST_ROOT_NEEDED = 2
};
enum trust_role { TRUST_ROLE_ROOT = 1, TRUST_ROLE_AUTHOR = 2, TRUST_ROLE_APPROVER = 4 };

struct trust_key {
	struct minisign_public public;
	char id[MINISIGN_ID_HEX];
	char person[64];
	unsigned roles;
	char *scopes; /* as written: "tan-an,province" or "*" */
};

struct trust_root {
	int64_t version;
	struct trust_key *keys;
	size_t key_count;
	char (*revoked)[MINISIGN_ID_HEX];
	size_t revoked_count;
};

struct trust_file { /* a file handed over: its flat name and its bytes */
	const char *name, *data;
	size_t size;
};

/* name: what faults call it. -EKEYREJECTED with the fault (rule root). */
int trust_root_parse(const char *name, const char *data, size_t size, struct trust_root **ret_root,
	struct trust_fault *fault);
void trust_root_free(struct trust_root *root); /* NULL is fine */
const struct trust_key *trust_root_key(const struct trust_root *root, const uint8_t id[MINISIGN_ID]);
const struct trust_key *trust_root_key_named(const struct trust_root *root, const char *id_hex);
bool trust_root_is_revoked(const struct trust_root *root, const char *id_hex);
bool trust_key_may(const struct trust_key *key, const char *scope);
/* Two people of the role root in `by` signed these bytes: among files, those named ROOT.*.minisig. */
int trust_root_check_signed(const struct trust_root *by, const char *data, size_t size,
	const struct trust_file *files, size_t count, struct trust_fault *fault);

#endif
