#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "playlist/build.h"

enum { SHORTS_MOST = 8 };

static void read_shorts(struct build *build, struct node *map, struct message *message, struct words *forms)
{
	struct check *check = &build->check;
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, "short", CHECK_OPTIONAL, &single, &nodes, &count))
		return;
	if (count > SHORTS_MOST) {
		diag_error(check->diags, nodes[SHORTS_MOST]->where, "a message has at most %d short forms",
			SHORTS_MOST);
		return;
	}
	const char **shorts = arena_alloc(build->arena, count * sizeof *shorts);
	const char *longer = forms[0].text;
	for (size_t i = 0; i < count; i++) {
		struct words *form = &forms[1 + message->short_count];
		if (!read_words(build, nodes[i], "short", message->lang, form))
			continue;
		const char *text = form->text;
		if (longer && utf8_length(text) >= utf8_length(longer))
			diag_warning(check->diags, nodes[i]->where,
				"this short form is not shorter than the one before it, and will not be "
				"taken");
		longer = text;
		shorts[message->short_count++] = text;
	}
	message->shorts = shorts;
}

/* BCP 47 as far as its shape: a language and subtags. */
static bool has_shape(const char *text)
{
	size_t part = 0;
	bool first = true;
	for (const char *at = text;; at++) {
		if (isalnum((unsigned char)*at) && (!first || isalpha((unsigned char)*at))) {
			part++;
		} else if (part < (first ? 2 : 1) || part > (first ? 3 : 8) || (*at && *at != '-')) {
			return false;
		} else if (*at == '\0') {
			return true;
		} else {
			first = false;
			part = 0;
		}
	}
}

/* Of those that fields have names of days and months in. */
static bool is_language(const char *text)
{
	bool known = strncasecmp(text, "vi", 2) == 0 || strncasecmp(text, "en", 2) == 0;
	return has_shape(text) && known && !isalpha((unsigned char)text[2]);
}

const char *read_language(struct build *build, struct node *map)
{
	struct node *node = check_any(&build->check, map, "lang", CHECK_OPTIONAL);
	const char *text;
	if (!node || !check_node_text(&build->check, node, "lang", &text))
		return "vi";
	if (is_language(text))
		return text;
	check_refuse(&build->check, node, "lang", "a language as `vi` or `en`");
	return "vi";
}

const char *read_qr_text(struct build *build, struct node *node)
{
	const char *text;
	if (!check_node_text(&build->check, node, "qr", &text))
		return NULL;
	if (strlen(text) > SOURCE_QR_MOST)
		diag_error(build->check.diags, node->where,
			"`qr` has %zu bytes and at most %d can be read off a display; use a shorter address",
			strlen(text), SOURCE_QR_MOST);
	else if (strpbrk(text, "\n\t"))
		diag_error(build->check.diags, node->where, "`qr` must be one line without tabs");
	else
		return text;
	return NULL;
}

/* A date is the end of that day. */
static void read_expiry(struct build *build, struct node *map, struct message *message)
{
	struct node *node = check_any(&build->check, map, "until", CHECK_OPTIONAL);
	day_t day;
	if (!node || !check_node_kind(&build->check, node, "until", NODE_SCALAR))
		return;
	if (strlen(node->text) > 10 && time_parse_instant(build->zone, node->text, &message->until) == 0)
		return;
	if (check_node_date(&build->check, node, "until", &day))
		message->until = zone_instant(build->zone, day + 1, 0);
}

static bool any_field(const struct words *forms, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (forms[i].field_count > 0)
			return true;
	return false;
}

/* A picture may say it all, and a message with a layout may leave the text out, if the layout does without. */
static void read_texts(struct build *build, struct node *map, struct declared_message *declared)
{
	struct message *message = &declared->message;
	struct words forms[1 + SHORTS_MOST] = {0};
	declared->text = check_any(&build->check, map, "text",
		declared->layout_count > 0 || declared->image ? CHECK_OPTIONAL : CHECK_REQUIRED);
	if (declared->text) {
		message->text_where = declared->text->where;
		if (read_words(build, declared->text, "text", message->lang, &forms[0]))
			message->text = forms[0].text;
	}
	read_shorts(build, map, message, forms);
	size_t count = 1 + message->short_count;
	if (any_field(forms, count))
		message->forms = arena_memdup(build->arena, forms, count * sizeof *forms);
}

/* The keys of a message that fill a layout's zones, besides `text`, `image` and `qr`. */
static void read_layouts(struct build *build, struct node *map, struct declared_message *declared)
{
	struct check *check = &build->check;
	struct node *layout = check_any(check, map, "layout", CHECK_OPTIONAL);
	if (layout)
		check_values(check, map, "layout", CHECK_OPTIONAL, &declared->single, &declared->layouts,
			&declared->layout_count);
	declared->title = check_any(check, map, "title", CHECK_OPTIONAL);
	declared->zones = check_map(check, map, "zones", CHECK_OPTIONAL);
	struct node *const fillers[] = {declared->title, declared->zones};
	for (size_t i = 0; i < 2 && !layout; i++)
		if (fillers[i])
			diag_error(check->diags, fillers[i]->key_where,
				"`%s` fills a zone of a layout, and the message has none; write `layout: "
				"name`",
				fillers[i]->key);
}

void declare_message(struct build *build, struct unit_state *unit, struct node *node)
{
	struct check *check = &build->check;
	struct declared_message *declared = arena_alloc(build->arena, sizeof *declared);
	struct message *message = &declared->message;
	declared->unit = unit;
	message->until = TIME_NEVER;
	declare_name(build, &build->messages, unit, node, declared, "message");
	if (!check_name(check, node->key_where, node->key, "a message") ||
		!check_node_kind(check, node, node->key, NODE_MAP))
		return;
	message->unit = unit->name;
	message->name = node->key;
	message->where = node->key_where;
	message->text_where = node->key_where;
	message->text = "";
	message->lang = read_language(build, node);
	declared->image = check_any(check, node, "image", CHECK_OPTIONAL);
	message->image_fit = read_image_fit(build, node);
	if (declared->image)
		message->text_where = message->image_where = declared->image->where;
	read_layouts(build, node, declared);
	read_texts(build, node, declared);
	declared->qr = check_any(check, node, "qr", CHECK_OPTIONAL);
	if (declared->qr) {
		message->qr = read_qr_text(build, declared->qr);
		message->qr_where = declared->qr->where;
	}
	read_expiry(build, node, message);
	declared->style = check_any(check, node, "style", CHECK_OPTIONAL);
	check_done(check, node, "a message");
	build_append(build, message_list, declared);
}

void resolve_messages(struct build *build)
{
	for (size_t i = 0; i < build->message_list.count; i++) {
		struct declared_message *declared = build->message_list.items[i];
		declared->message.index = i;
		declared->message.style = resolve_style(build, declared->unit, declared->style);
		declared->message.image = resolve_asset(build, declared->unit, declared->image);
		if (declared->layout_count > 0)
			fill_pages(build, declared);
	}
}
