#include "conf/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/words.h"

const struct conf_limits conf_limits_default = {.bytes = 256 * 1024, .depth = 16, .nodes = 200000};

enum { FEW_KEYS = 8 };

struct tree {
	struct arena own, *arena; /* what is in use: its own, or another's */
	const char *file;
	struct node *root;
	bool truncated;
};

void tree_destroy(struct tree *tree)
{
	if (!tree)
		return;
	arena_finish(&tree->own);
	free(tree);
}

struct node *tree_root(const struct tree *tree)
{
	return tree->root;
}

bool tree_truncated(const struct tree *tree)
{
	return tree->truncated;
}

struct location node_text_place(const struct node *node, size_t offset)
{
	struct location where = node->where;
	if (node->lead < 0)
		return where;
	const char *at = node->text, *stop = node->text + offset;
	where.column += node->lead;
	while (at < stop && utf8_next(&at) != 0)
		where.column++;
	return where;
}

void builder_init(struct builder *builder, struct arena *arena, const char *name,
	const struct conf_limits *limits, struct diag_list *diags)
{
	*builder = (struct builder){.diags = diags, .limits = limits ? limits : &conf_limits_default};
	builder->tree = xcalloc(1, sizeof *builder->tree);
	arena_init(&builder->tree->own);
	builder->tree->arena = arena ? arena : &builder->tree->own;
	builder->tree->file = arena_strdup(builder->tree->arena, name);
	builder->stack = xcalloc((size_t)builder->limits->depth, sizeof *builder->stack);
}

const char *builder_file(const struct builder *builder)
{
	return builder->tree->file;
}

const struct node *builder_innermost(const struct builder *builder)
{
	return builder->depth > 0 ? builder->stack[builder->depth - 1].node : NULL;
}

bool builder_wants_key(const struct builder *builder)
{
	if (builder->depth == 0)
		return false;
	const struct open_node *top = &builder->stack[builder->depth - 1];
	return top->node->kind == NODE_MAP && !top->key;
}

/* Whether it is certain, without the tables, that composing leaves the text alone: ASCII, and what is encoded with the
 * lead bytes of U+0080..U+02FF and U+1E00..U+1EFF. Vietnamese is all here. */
static bool is_composed(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte < 0xcc)
			continue;
		if (byte != 0xe1 || (unsigned char)text[i + 1] < 0xb8 || (unsigned char)text[i + 1] > 0xbb)
			return false;
	}
	return true;
}

static const char *check_escapes(
	struct builder *builder, const char *text, size_t size, struct location where, size_t *ret_size)
{
	size_t valid = utf8_valid_prefix(text, size);
	char *kept = arena_strndup(builder->tree->arena, text, valid);
	*ret_size = valid;
	if (valid != size)
		diag_error(builder->diags, where, "an escape here makes %s; write the character itself",
			text[valid] ? _("bytes that are not UTF-8") : _("a NUL character"));
	for (const char *at = kept; *at;) {
		uint32_t c = utf8_next(&at);
		if (!character_forbidden(c) || c == '\r')
			continue;
		diag_error(builder->diags, where,
			"an escape here makes the control character U+%04X; delete it", c);
		break;
	}
	return kept;
}

/* The text as the tree keeps it: NFC. */
static const char *keep_text(struct builder *builder, const char *text, size_t size, bool escaped,
	struct location where, bool *ret_changed)
{
	struct arena *arena = builder->tree->arena;
	const char *kept =
		escaped ? check_escapes(builder, text, size, where, &size) : arena_strndup(arena, text, size);
	*ret_changed = false;
	if (is_composed(kept, size) || text_is_nfc(kept))
		return kept;
	char *normal = text_nfc(kept);
	kept = arena_strdup(arena, normal);
	free(normal);
	*ret_changed = true;
	return kept;
}

void builder_key(struct builder *builder, const char *text, size_t size, bool escaped, struct location where)
{
	struct open_node *top = &builder->stack[builder->depth - 1];
	bool changed;
	top->key = keep_text(builder, text, size, escaped, where, &changed);
	top->key_where = where;
	if (size == 0)
		diag_error(builder->diags, where, "a key is missing before the colon");
	if (strstr(top->key, "\xc2\xa0"))
		diag_error(builder->diags, where,
			"the key `%s` contains a no-break space (U+00A0); write ordinary spaces", top->key);
}

/* A child of the innermost open node, or the root. */
static struct node *add_node(struct builder *builder, enum node_kind kind, struct location where)
{
	if (builder->full)
		return NULL;
	if (builder->nodes++ == builder->limits->nodes) {
		diag_error(builder->diags, where, "more than %zu values; divide the file",
			builder->limits->nodes);
		builder->full = true;
		return NULL;
	}
	struct node *node = arena_alloc(builder->tree->arena, sizeof *node);
	node->kind = kind;
	node->where = where;
	node->lead = -1;
	if (builder->depth == 0) {
		builder->tree->root = node;
		return node;
	}
	struct open_node *top = &builder->stack[builder->depth - 1];
	node->key = top->key;
	node->key_where = top->key_where;
	top->key = NULL;
	array_reserve_one(top->children, top->node->count, top->capacity);
	top->children[top->node->count++] = node;
	return node;
}

struct node *builder_scalar(
	struct builder *builder, const char *text, size_t size, bool escaped, struct location where)
{
	struct node *node = add_node(builder, NODE_SCALAR, where);
	bool changed;
	if (!node)
		return NULL;
	node->text = keep_text(builder, text, size, escaped, where, &changed);
	node->was_nfd = changed;
	return node;
}

bool builder_open(struct builder *builder, enum node_kind kind, struct location where)
{
	if (builder->depth == builder->limits->depth) {
		diag_error(builder->diags, where, "nested deeper than %d levels", builder->limits->depth);
		builder->full = true;
		return false;
	}
	struct node *node = add_node(builder, kind, where);
	if (!node)
		return false;
	struct open_node *top = &builder->stack[builder->depth++];
	top->node = node;
	top->key = NULL;
	return true;
}

static int compare_keys(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
	int order = strcmp(x->key, y->key);
	if (order == 0)
		order = x->key_where.line - y->key_where.line;
	return order ? order : x->key_where.column - y->key_where.column;
}

static void report_duplicate(struct builder *builder, struct node *second, const struct node *first)
{
	diag_error(builder->diags, second->key_where,
		"`%s` is here a second time, the first is in line %d; keep one of them", first->key,
		first->key_where.line);
	second->visited = true;
}

/* A map of messages may have thousands of keys. */
static void check_many(struct builder *builder, struct node *const *children, size_t count)
{
	struct node **sorted = xmemdup(children, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, compare_keys);
	const struct node *first = sorted[0];
	for (size_t i = 1; i < count; i++) {
		if (strcmp(sorted[i]->key, first->key) == 0)
			report_duplicate(builder, sorted[i], first);
		else
			first = sorted[i];
	}
	free(sorted);
}

static void check_duplicates(struct builder *builder, struct node *const *children, size_t count)
{
	if (count > FEW_KEYS) {
		check_many(builder, children, count);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(children[i]->key, children[j]->key) != 0)
				continue;
			report_duplicate(builder, children[i], children[j]);
			break;
		}
	}
}

void builder_close(struct builder *builder)
{
	struct open_node *top = &builder->stack[--builder->depth];
	struct node *node = top->node;
	if (node->kind == NODE_MAP && node->count > 1)
		check_duplicates(builder, top->children, node->count);
	node->children =
		arena_memdup(builder->tree->arena, top->children, node->count * sizeof *top->children);
}

void builder_truncate(struct builder *builder)
{
	builder->tree->truncated = true;
	while (builder->depth > 0) {
		bool deep = builder->depth > 2;
		builder_close(builder);
		if (deep)
			builder->stack[builder->depth - 1].node->count--;
	}
}

struct tree *builder_finish(struct builder *builder)
{
	struct tree *tree = builder->tree;
	for (int i = 0; i < builder->limits->depth; i++)
		free(builder->stack[i].children);
	free(builder->stack);
	builder->stack = NULL;
	if (tree->root && tree->root->kind == NODE_MAP)
		return tree;
	if (tree->root && !builder->full)
		diag_error(builder->diags, tree->root->where, "the file must be made of `key: value` lines");
	tree_destroy(tree);
	return NULL;
}
