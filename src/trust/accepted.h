/* What a site accepted: for each class and scope the highest (epoch, sequence), and who signed it. A text of a line each,
 * kept twice in the state directory: in the generation that it made, so that both become current by one rename, and,
 * merged over all that ever was, in the file `accepted`, which never goes back.
 *
 *   class scope epoch sequence SHA-256-of-MANIFEST author-key approver-key expires-ns
 *
 * Of an order to blank the scope is its key's id: each key counts for itself.
 */
#ifndef TRUST_ACCEPTED_H
#define TRUST_ACCEPTED_H

#include "trust/manifest.h"
#include "trust/minisign.h"

struct accepted {
	enum bundle_class class;
	char scope[64];
	int64_t epoch, sequence;
	char digest[65];					 /* of MANIFEST */
	char author[MINISIGN_ID_HEX], approver[MINISIGN_ID_HEX]; /* "-" : none */
	int64_t expires;
};

struct accepted_list {
	struct accepted *items;
	size_t count;
};

int accepted_parse(const char *data, size_t size, struct accepted_list *ret_list); /* -EBADMSG */
char *accepted_text(const struct accepted_list *list);				   /* the caller frees */
void accepted_finish(struct accepted_list *list);
const struct accepted *accepted_find(
	const struct accepted_list *list, enum bundle_class class, const char *scope); /* NULL: none */
/* Whether (epoch, sequence) of a is greater than b's. */
bool accepted_is_above(const struct accepted *a, const struct accepted *b);
void accepted_set(
	struct accepted_list *list, const struct accepted *item); /* replaces that of its class and scope */
void accepted_raise(struct accepted_list *list, const struct accepted *item); /* if it is above */
void accepted_drop(struct accepted_list *list, enum bundle_class class, const char *scope);

#endif
