/* A bundle: MANIFEST, MANIFEST.author.minisig, MANIFEST.approver.minisig and the files that MANIFEST lists, in one flat
 * directory. What a site demands of it, in this order, before one byte of the files is parsed:
 *
 *   sizes, signatures, scope, expiry, (epoch, sequence) strictly greater, hashes.
 *
 * The author and the approver are two people with two keys, each in its role and for the bundle's scope. An order to
 * blank takes one signature, of any key of the root file. Pure; any thread.
 */
#ifndef TRUST_BUNDLE_H
#define TRUST_BUNDLE_H

#include "trust/accepted.h"
#include "trust/root.h"

#define BUNDLE_MANIFEST "MANIFEST"
#define BUNDLE_AUTHOR	"MANIFEST.author.minisig"
#define BUNDLE_APPROVER "MANIFEST.approver.minisig"
#define BUNDLE_ROOT	"ROOT"
enum { BUNDLE_BYTES_MOST = 16 << 20 };

/* What the site knows. */
struct bundle_demands {
	const struct trust_root *root;
	const struct accepted_list *accepted;		    /* NULL: the sequence is not asked for */
	bool (*plays)(const void *data, const char *scope); /* whether the site has that unit; NULL: any */
	const void *data;
	bool timed; /* the time is believed; else whatever hangs on it is refused, but not an order to blank */
	int64_t now; /* ns */
};

struct bundle {
	struct manifest manifest;
	const struct trust_key *author,
		*approver; /* the root's; an order to blank has the one that signed as author */
	char digest[65];   /* of MANIFEST */
};

/* Whether a file of a bundle is neither MANIFEST, ROOT nor a signature of them. */
bool bundle_is_payload(const char *name);
const struct trust_file *bundle_find(const struct trust_file *files, size_t count, const char *name);
/* sizes alone: also for those who sign. */
int bundle_check_sizes(const struct trust_file *files, size_t count, struct trust_fault *fault);
/* hashes alone: also for those who approve. */
int bundle_check_hashes(const struct manifest *manifest, const struct trust_file *files, size_t count,
	struct trust_fault *fault);
/* All of the order. 0, or -EKEYREJECTED with the fault. bundle_finish what was returned. */
int bundle_check(const struct trust_file *files, size_t count, const struct bundle_demands *demands,
	struct bundle *ret_bundle, struct trust_fault *fault);
void bundle_finish(struct bundle *bundle);
/* What is remembered of it. */
void bundle_record(const struct bundle *bundle, struct accepted *ret_record);

#endif
