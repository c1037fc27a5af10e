/* Private to conf: libyaml's errors in words for people who do not know YAML, at the place to look at. */
#ifndef CONF_YAML_FAULT_H
#define CONF_YAML_FAULT_H

#include <yaml.h>

#include "conf/tree.h"

/* After yaml_parser_parse failed on this text. open is the innermost list or map that has not ended, NULL: none. */
void yaml_fault_report(const yaml_parser_t *parser, const struct node *open, const char *file,
	const char *data, size_t size, struct diag_list *diags);

#endif
