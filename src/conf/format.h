/* One layout for playlist files: `bangtin fmt`.
 *
 * Blocks are indented by two, lists within maps too; `key: value`, `- item`, `[a, b]`, `{a: b}` have their spaces as here;
 * lines end in LF without blanks before it, at most one empty line stands between others, none at the ends. Comments,
 * the order, quotes, the text of every value to the byte, line breaks in texts and within brackets stay as they are.
 * A second run changes nothing.
 */
#ifndef CONF_FORMAT_H
#define CONF_FORMAT_H

#include "conf/tree.h"

/* The formatted text, allocated, size in *ret_size; NULL: it is no YAML that conf_read_yaml reads without an error
 * (reported). What it says is compared with data event by event before it is given out. */
char *conf_format_yaml(
	const char *name, const char *data, size_t size, struct diag_list *diags, size_t *ret_size);

#endif
