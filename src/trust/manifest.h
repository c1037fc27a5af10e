/* MANIFEST: what a bundle is and which files it has. `sha256sum -c --strict MANIFEST` checks the files; what is said of
 * the bundle stands in lines that it takes for comments:
 *
 *   # bangtin-manifest: 1
 *   # scope: tan-an                          the unit; * for class blank
 *   # class: content                         content | emergency | blank
 *   # epoch: 1                               raised when counting has to begin anew
 *   # sequence: 42
 *   # root-version: 3                        of the root file that the author knew
 *   # not-before: 2026-03-01T00:00:00Z
 *   # expires: 2026-06-01T00:00:00Z
 *   <SHA-256>  thong-bao.yaml
 *
 * Each of these lines once, in any order after the first; nothing else.
 */
#ifndef TRUST_MANIFEST_H
#define TRUST_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "trust/fault.h"

enum { MANIFEST_MOST = 256 << 10, MANIFEST_FILES_MOST = 1000 };
enum bundle_class { BUNDLE_CONTENT, BUNDLE_EMERGENCY, BUNDLE_BLANK };

struct manifest_entry {
	char hash[65];
	char *name;
};

struct manifest {
	enum bundle_class class;
	char scope[64];
	int64_t epoch, sequence, root_version;
	int64_t not_before, expires; /* ns */
	struct manifest_entry *entries;
	size_t count;
};

const char *bundle_class_name(enum bundle_class class);
int bundle_class_parse(const char *text, enum bundle_class *ret_class); /* -EINVAL */

/* -EKEYREJECTED with the fault: rule signatures, for it is what was signed that is wrong. */
int manifest_parse(const char *data, size_t size, struct manifest *ret_manifest, struct trust_fault *fault);
void manifest_finish(struct manifest *manifest);
void manifest_add(struct manifest *manifest, const char *name, const void *data, size_t size);
char *manifest_text(const struct manifest *manifest); /* the caller frees */

#endif
