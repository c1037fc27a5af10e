/* Private to conf: what both readers share: the look at the raw bytes, and the making of a tree. */
#ifndef CONF_BUILD_H
#define CONF_BUILD_H

#include "conf/tree.h"

/* Walks over a text counting lines and columns. CR, LF and CR LF each end a line. */
struct cursor {
	const char *at, *end;
	struct location where;
};
void cursor_init(struct cursor *cursor, const char *name, const char *data, size_t size);
uint32_t cursor_peek(const struct cursor *cursor); /* 0 at the end; the text must be valid UTF-8 */
uint32_t cursor_next(struct cursor *cursor);
/* The text of one line, from 1, without its end. */
const char *line_text(const char *data, size_t size, int line, size_t *ret_size);

/* Size, encoding, control and other characters that no file may have. False if the rest cannot be read. */
bool source_check(const char *name, const char *data, size_t size, const struct conf_limits *limits,
	struct diag_list *diags);
/* Whether a character may not stand in any value: C0 but tab and line feed, DEL, C1, line and paragraph separators,
 * bidirectional overrides, the byte order mark, noncharacters. */
bool character_forbidden(uint32_t character);
bool character_curly_quote(uint32_t character);

struct open_node {
	struct node *node;
	struct node **children; /* kept for the next node at this depth */
	size_t capacity;
	const char *key; /* of the child to come */
	struct location key_where;
};

struct builder {
	struct tree *tree;
	struct diag_list *diags;
	const struct conf_limits *limits;
	struct open_node *stack;
	int depth;
	size_t nodes;
	bool full; /* a limit was passed and reported: stop */
};

/* arena: where nodes and texts go; NULL: the tree has one of its own. */
void builder_init(struct builder *builder, struct arena *arena, const char *name,
	const struct conf_limits *limits, struct diag_list *diags);
const char *builder_file(const struct builder *builder);
const struct node *builder_innermost(const struct builder *builder); /* open node; NULL: none */
/* Whether the next scalar is a map's key. */
bool builder_wants_key(const struct builder *builder);
/* escaped: the text may hold what the file does not, characters that escapes have made. */
void builder_key(struct builder *builder, const char *text, size_t size, bool escaped, struct location where);
/* NULL at a limit. The result is in the tree, and its quoted and lead may be set. */
struct node *builder_scalar(
	struct builder *builder, const char *text, size_t size, bool escaped, struct location where);
bool builder_open(struct builder *builder, enum node_kind kind, struct location where);
void builder_close(struct builder *builder);
/* Ends the building where it is after a syntax error: what is open deeper than the root's children is dropped. */
void builder_truncate(struct builder *builder);
/* The tree, or NULL if its root is no map (reported). */
struct tree *builder_finish(struct builder *builder);

#endif
