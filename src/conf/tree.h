/* The located tree: what a YAML or libconfig file says, with the place of every key and value.
 *
 * Both readers refuse early: too large, too deep, aliases, anchors, tags, duplicate keys, several documents, invalid
 * UTF-8 or control characters. They report every fault to a diag_list and never abort. Scalars stay text, NFC
 * normalised, with their place; conf/check.h gives them types. Immutable after reading, but for `visited`.
 */
#ifndef CONF_TREE_H
#define CONF_TREE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node { /* 64 bytes: files have tens of thousands, and what is slow about a large one is its memory */
	enum node_kind kind : 8;
	bool quoted : 1;  /* NODE_SCALAR: quoted or block style: it is a string whatever it looks like */
	bool was_nfd : 1; /* NODE_SCALAR: NFC changed it */
	bool visited : 1; /* of a map's child: a checker has taken it; what is left at the end is an unknown key */
	int8_t lead; /* NODE_SCALAR: the file has text verbatim this many columns after where; -1: it has not */
	uint32_t count;	       /* children of a list or map */
	struct location where; /* of the value */
	const char *key;       /* of a map's child */
	struct location key_where;
	const char *text; /* NODE_SCALAR: NFC UTF-8 */
	struct node *const *children;
};

struct conf_limits {
	size_t bytes; /* default 256 KiB */
	int depth;    /* default 16 */
	size_t nodes; /* default 200000 */
};
extern const struct conf_limits conf_limits_default;

struct tree; /* owns its nodes and texts */

/* name is what diagnostics call the file. data need not end in a NUL. NULL when there is nothing to check: the text is
 * not UTF-8, too large, or has no map at its root. After any other fault (a duplicate key, an anchor, a syntax error
 * further down: see tree_truncated) the rest is returned, so that it is checked in the same run; whoever builds from
 * it must look at diags->errors first. */
struct tree *conf_read_yaml(const char *name, const char *data, size_t size, const struct conf_limits *limits,
	struct diag_list *diags);
/* The same with its nodes and texts in an arena, in which they stay when the tree is destroyed. */
struct tree *conf_read_yaml_into(struct arena *arena, const char *name, const char *data, size_t size,
	const struct conf_limits *limits, struct diag_list *diags);
/* Never follows @include: one file, named on the command line. */
struct tree *conf_read_libconfig(const char *name, const char *data, size_t size,
	const struct conf_limits *limits, struct diag_list *diags);
void tree_destroy(struct tree *tree);
struct node *tree_root(const struct tree *tree); /* always a map */
/* A syntax error ended the reading: what stood open there below the root's own children is missing. */
bool tree_truncated(const struct tree *tree);
/* The place of the character at this byte offset of a scalar's text; the scalar's own place where that is unknown
 * (escapes, several lines, normalised). */
struct location node_text_place(const struct node *node, size_t offset);

#endif
