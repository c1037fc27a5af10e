/* Typed reading of a located tree: each getter takes a key from a map, checks it, and reports to diags what is wrong
 * and what to write. A getter that fails leaves *ret untouched and returns false; an absent optional key returns
 * false without a diagnostic. Call check_done(map) last: it reports the keys that nobody asked for, with the nearest
 * known one.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include <stdint.h>

#include "base/time.h"
#include "conf/tree.h"

/* Starts as {.diags = …}. */
struct check {
	struct diag_list *diags;
	/* private: the keys asked for, so that an unknown one can be told the nearest of them */
	struct {
		const struct node *map;
		const char *key;
	} asked[96];
	size_t asked_count;
};

enum { CHECK_OPTIONAL, CHECK_REQUIRED };

/* NULL if absent or of another kind (reported). */
struct node *check_map(struct check *check, struct node *map, const char *key, int required);
struct node *check_list(struct check *check, struct node *map, const char *key, int required);
struct node *check_any(struct check *check, struct node *map, const char *key, int required);
bool check_text(struct check *check, struct node *map, const char *key, int required, const char **ret);
bool check_int(struct check *check, struct node *map, const char *key, int required, int64_t least,
	int64_t most, int64_t *ret);
bool check_number(struct check *check, struct node *map, const char *key, int required, double least,
	double most, double *ret);
bool check_bool(struct check *check, struct node *map, const char *key, int required, bool *ret);
bool check_duration(struct check *check, struct node *map, const char *key, int required, int64_t least,
	int64_t most, int64_t *ret);
bool check_colour(struct check *check, struct node *map, const char *key, int required,
	uint32_t *ret);				    /* #RRGGBB, names */
bool colour_parse(const char *text, uint32_t *ret); /* the same of a text */
/* *ret is an index into words. */
bool check_word(struct check *check, struct node *map, const char *key, int required,
	const char *const *words, size_t count, int *ret);
/* The same on one node instead of a map's key, for elements of lists. what names it in the message. */
bool check_node_kind(struct check *check, const struct node *node, const char *what, enum node_kind kind);
bool check_node_text(struct check *check, struct node *node, const char *what, const char **ret);
bool check_node_int(
	struct check *check, struct node *node, const char *what, int64_t least, int64_t most, int64_t *ret);
bool check_node_duration(
	struct check *check, struct node *node, const char *what, int64_t least, int64_t most, int64_t *ret);
bool check_node_number(
	struct check *check, struct node *node, const char *what, double least, double most, double *ret);
bool check_node_word(struct check *check, struct node *node, const char *what, const char *const *words,
	size_t count, int *ret);
/* A text for people: false if it was pasted from a document in an older encoding (reported with what it says; see
 * base/legacy.h). Warns of one that was decomposed. */
bool check_node_encoding(struct check *check, const struct node *node, const char *what);
bool check_node_colour(struct check *check, const struct node *node, const char *what, uint32_t *ret);
bool check_node_date(struct check *check, struct node *node, const char *what, day_t *ret);
/* A list, or one value that stands for a list of one: *ret_items has *ret_count nodes, borrowed from the tree; one
 * value is handed out through single, the caller's. False if absent or a map, or empty (both reported). */
bool check_values(struct check *check, struct node *map, const char *key, int required, struct node **single,
	struct node *const **ret_items, size_t *ret_count);
/* [a-z0-9-]+, 1..63 bytes. */
bool check_name(struct check *check, struct location where, const char *name, const char *what);
/* Text that cannot be read as what it should be: says so, with a word on what it looks like if that is known (curly
 * quotes, a long dash, a missing value). form is what to write, `HH:MM-HH:MM`. */
/* form and what are translated here. */
void check_refuse(struct check *check, const struct node *node, const char *what, const char *form);
void check_done(struct check *check, struct node *map, const char *what);

/* A piece of somebody's text for a message: its first line, at most 40 characters. Static storage a thread, four
 * results at a time. */
const char *check_excerpt(const char *text);

#endif
