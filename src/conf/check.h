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

struct check {
	struct diag_list *diags;
};

enum { CHECK_OPTIONAL, CHECK_REQUIRED };

/* NULL if absent or of another kind (reported). */
struct node *check_map(struct check *check, struct node *map, const char *key, int required);
struct node *check_list(struct check *check, struct node *map, const char *key, int required);
struct node *check_any(struct check *check, struct node *map, const char *key, int required);
bool check_text(struct check *check, struct node *map, const char *key, int required, const char **ret);
bool check_int(struct check *check, struct node *map, const char *key, int required, int64_t least, int64_t most,
	int64_t *ret);
bool check_number(
	struct check *check, struct node *map, const char *key, int required, double least, double most, double *ret);
bool check_bool(struct check *check, struct node *map, const char *key, int required, bool *ret);
bool check_duration(struct check *check, struct node *map, const char *key, int required, int64_t least, int64_t most,
	int64_t *ret);
bool check_colour(struct check *check, struct node *map, const char *key, int required, uint32_t *ret); /* #RRGGBB, names */
/* *ret is an index into words. */
bool check_word(struct check *check, struct node *map, const char *key, int required, const char *const *words,
	size_t count, int *ret);
/* The same on one node instead of a map's key, for elements of lists. what names it in the message. */
bool check_node_text(struct check *check, struct node *node, const char *what, const char **ret);
bool check_node_int(
	struct check *check, struct node *node, const char *what, int64_t least, int64_t most, int64_t *ret);
bool check_node_duration(
	struct check *check, struct node *node, const char *what, int64_t least, int64_t most, int64_t *ret);
bool check_node_date(struct check *check, struct node *node, const char *what, day_t *ret);
bool check_name(struct check *check, struct location where, const char *name, const char *what); /* [a-z0-9-]+ */
void check_done(struct check *check, struct node *map, const char *what);

#endif
