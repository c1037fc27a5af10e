#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "playlist/build.h"

enum { SHORTS_MOST = 8 };

static void read_shorts(struct build *build, struct node *map, struct message *message)
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
	const char *longer = message->text;
	for (size_t i = 0; i < count; i++) {
		const char *text = read_text(build, nodes[i], "short");
		if (!text)
			continue;
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
static bool is_language(const char *text)
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

static void read_language(struct build *build, struct node *map, struct message *message)
{
	message->lang = "vi";
	struct node *node = check_any(&build->check, map, "lang", CHECK_OPTIONAL);
	const char *text;
	if (!node || !check_node_text(&build->check, node, "lang", &text))
		return;
	if (is_language(text))
		message->lang = text;
	else
		check_refuse(&build->check, node, "lang", "a language as `vi` or `en`");
}

static void read_qr(struct build *build, struct node *map, struct message *message)
{
	struct node *node = check_any(&build->check, map, "qr", CHECK_OPTIONAL);
	const char *text;
	if (!node || !check_node_text(&build->check, node, "qr", &text))
		return;
	if (strlen(text) > SOURCE_QR_MOST)
		diag_error(build->check.diags, node->where,
			"`qr` has %zu bytes and at most %d can be read off a display; use a shorter address",
			strlen(text), SOURCE_QR_MOST);
	else if (strpbrk(text, "\n\t"))
		diag_error(build->check.diags, node->where, "`qr` must be one line without tabs");
	else
		message->qr = text;
	message->qr_where = node->where;
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
	declared->image = check_any(check, node, "image", CHECK_OPTIONAL);
	message->image_fit = read_image_fit(build, node);
	message->text = "";
	struct node *text = check_any(check, node, "text", declared->image ? CHECK_OPTIONAL : CHECK_REQUIRED);
	if (text) {
		message->text_where = text->where;
		message->text = read_text(build, text, "text");
	}
	if (declared->image) {
		message->image_where = declared->image->where;
		if (!text)
			message->text_where = declared->image->where;
	}
	read_shorts(build, node, message);
	read_qr(build, node, message);
	read_language(build, node, message);
	read_expiry(build, node, message);
	declared->style = check_any(check, node, "style", CHECK_OPTIONAL);
	refuse_later(build, node, "layout", "layouts");
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
	}
}
