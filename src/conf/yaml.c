/* Playlists' YAML through libyaml's events. Its document interface is not used: it has no limit on nesting and accepts
 * duplicate keys. */
#include <string.h>
#include <yaml.h>

#include "conf/build.h"
#include "conf/yaml_fault.h"

struct reader {
	struct builder builder;
	yaml_parser_t parser;
	bool no_break; /* there are no-break spaces in the file */
	int documents;
	bool stop; /* the stream's end, or a fault after which nothing can be read */
};

static struct location place(const struct reader *reader, yaml_mark_t mark)
{
	return (struct location){builder_file(&reader->builder), (int)mark.line + 1, (int)mark.column + 1};
}

static void refuse_properties(
	struct reader *reader, const yaml_char_t *anchor, const yaml_char_t *tag, struct location where)
{
	if (anchor)
		diag_error(reader->builder.diags, where,
			"anchors (`&%s`) are not used here; write the value out, or put a text in quotes",
			anchor);
	if (tag)
		diag_error(reader->builder.diags, where,
			"tags (`!`) are not used here; delete it, or put a text in quotes");
}

/* How far behind the scalar's place its text begins in the file, -1 if it does not stand there as it is. */
static int8_t verbatim_lead(const yaml_event_t *event, size_t length)
{
	size_t span = event->end_mark.index - event->start_mark.index;
	if (event->start_mark.line != event->end_mark.line)
		return -1;
	switch (event->data.scalar.style) {
	case YAML_PLAIN_SCALAR_STYLE:
		return span == length ? 0 : -1;
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return span == length + 2 ? 1 : -1;
	default:
		return -1;
	}
}

static size_t characters(const unsigned char *text, size_t size)
{
	size_t count = 0;
	for (size_t i = 0; i < size; i++)
		count += (text[i] & 0xc0) != 0x80;
	return count;
}

/* `key:` followed by a no-break space is no key to YAML but the beginning of a text, and looks the same. */
static void check_plain(struct reader *reader, const struct node *node)
{
	if (strstr(node->text, ":\xc2\xa0"))
		diag_error(reader->builder.diags, node->where,
			"a no-break space (U+00A0) follows a colon; write an ordinary space, or put the text "
			"in quotes");
}

static void on_scalar(struct reader *reader, const yaml_event_t *event)
{
	struct location where = place(reader, event->start_mark);
	const char *text = (const char *)event->data.scalar.value;
	size_t size = event->data.scalar.length;
	bool escaped = event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	refuse_properties(reader, event->data.scalar.anchor, event->data.scalar.tag, where);
	if (builder_wants_key(&reader->builder)) {
		builder_key(&reader->builder, text, size, escaped, where);
		return;
	}
	struct node *node = builder_scalar(&reader->builder, text, size, escaped, where);
	if (!node)
		return;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (!node->was_nfd)
		node->lead = verbatim_lead(event, characters(event->data.scalar.value, size));
	if (!node->quoted && reader->no_break)
		check_plain(reader, node);
}

static void on_open(struct reader *reader, enum node_kind kind, const yaml_char_t *anchor,
	const yaml_char_t *tag, yaml_mark_t mark)
{
	struct location where = place(reader, mark);
	refuse_properties(reader, anchor, tag, where);
	if (builder_wants_key(&reader->builder)) {
		diag_error(reader->builder.diags, where,
			"a key must be a word, not a list or a map; put a text that begins with `[` or `{` "
			"in quotes");
		reader->builder.full = true;
		return;
	}
	builder_open(&reader->builder, kind, where);
}

static void on_alias(struct reader *reader, const yaml_event_t *event)
{
	struct location where = place(reader, event->start_mark);
	diag_error(reader->builder.diags, where,
		"aliases (`*%s`) are not used here; write the value out, or put a text that begins with `*` "
		"in quotes",
		event->data.alias.anchor);
	/* In its place a text, so that keys and values stay in step. */
	if (builder_wants_key(&reader->builder))
		builder_key(&reader->builder, "*", 1, false, where);
	else
		builder_scalar(&reader->builder, "*", 1, false, where);
}

static void on_document(struct reader *reader, const yaml_event_t *event)
{
	struct location where = place(reader, event->start_mark);
	if (++reader->documents > 1) {
		diag_error(reader->builder.diags, where,
			"a second document begins here (`---`); a file holds one: delete the line or divide "
			"the file");
		reader->stop = true;
		return;
	}
	if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
		diag_error(reader->builder.diags, where,
			"tag directives (`%%TAG`) are not used here; delete the line");
}

static void on_event(struct reader *reader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		on_scalar(reader, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		on_open(reader, NODE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag,
			event->start_mark);
		break;
	case YAML_MAPPING_START_EVENT:
		on_open(reader, NODE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag,
			event->start_mark);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		builder_close(&reader->builder);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(reader, event);
		break;
	case YAML_DOCUMENT_START_EVENT:
		on_document(reader, event);
		break;
	case YAML_STREAM_END_EVENT:
		reader->stop = true;
		break;
	default:
		break;
	}
}

static void read_events(struct reader *reader, const char *data, size_t size)
{
	struct diag_list *diags = reader->builder.diags;
	while (!reader->stop && !reader->builder.full) {
		yaml_event_t event;
		if (!yaml_parser_parse(&reader->parser, &event)) {
			yaml_fault_report(&reader->parser, builder_innermost(&reader->builder),
				builder_file(&reader->builder), data, size, diags);
			reader->builder.full = true;
			break;
		}
		on_event(reader, &event);
		yaml_event_delete(&event);
	}
	if (reader->builder.full)
		builder_truncate(&reader->builder);
	else if (reader->documents == 0)
		diag_error(diags, (struct location){builder_file(&reader->builder), 1, 1},
			"the file is empty; begin with `bangtin: 1`");
}

struct tree *conf_read_yaml_into(struct arena *arena, const char *name, const char *data, size_t size,
	const struct conf_limits *limits, struct diag_list *diags)
{
	limits = limits ? limits : &conf_limits_default;
	if (!source_check(name, data, size, limits, diags))
		return NULL;
	struct reader reader = {.no_break = memmem(data, size, "\xc2\xa0", 2) != NULL};
	builder_init(&reader.builder, arena, name, limits, diags);
	if (!yaml_parser_initialize(&reader.parser))
		abort(); /* out of memory: see base/alloc.h */
	/* What source_check has not accepted never gets here; without this libyaml guesses UTF-16. */
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	size_t mark = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)data + mark, size - mark);
	read_events(&reader, data, size);
	yaml_parser_delete(&reader.parser);
	return builder_finish(&reader.builder);
}

struct tree *conf_read_yaml(const char *name, const char *data, size_t size, const struct conf_limits *limits,
	struct diag_list *diags)
{
	return conf_read_yaml_into(NULL, name, data, size, limits, diags);
}
