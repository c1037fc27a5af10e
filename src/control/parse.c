/* From a line to a JSON object, whoever wrote it: what it may cost is known before it is spent. */
#include "base/words.h"
#include "control/private.h"

#include <stdio.h>

#define DEPTH_MOST 16
#define VALUES_MOST                                                                                          \
	100000 /* a value costs some 100 bytes, whatever it says: 24 MiB of "[]," would be a gigabyte */

/* Size of the string literal whose opening quote is at text[0]. */
static size_t string_size(const char *text, size_t size)
{
	size_t i = 1;

	while (i < size && text[i] != '"')
		i += text[i] == '\\' ? 2 : 1;
	return i < size ? i + 1 : size;
}

static const char *check_cost(const char *text, size_t size)
{
	size_t values = 0;
	int depth = 0;

	for (size_t i = 0; i < size;) {
		char c = text[i];

		if (c == '"') {
			i += string_size(text + i, size - i);
			continue;
		}
		values += c == ',' || c == '[' || c == '{';
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		if (depth > DEPTH_MOST)
			return _("nested too deeply");
		if (values > VALUES_MOST)
			return _("too many values");
		i++;
	}
	return NULL;
}

void request_parse(struct parse *parse)
{
	const char *refused = check_cost(parse->line, parse->size);
	json_error_t error;

	if (refused) {
		snprintf(parse->error, sizeof parse->error, "%s", refused);
		return;
	}
	parse->object = json_loadb(parse->line, parse->size, JSON_REJECT_DUPLICATES, &error);
	if (!parse->object) {
		snprintf(parse->error, sizeof parse->error, _("not JSON: column %d: %s"), error.column,
			error.text);
	} else if (!json_is_string(json_object_get(parse->object, "command"))) {
		json_decref(parse->object);
		parse->object = NULL;
		snprintf(parse->error, sizeof parse->error, "%s",
			_("not a request; write {\"command\": \"status\"} or another command"));
	}
}
