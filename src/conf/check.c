#include "conf/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

enum { NAME_MOST = 63, EXCERPT_MOST = 40, UNKNOWN_CANDIDATES = 96 };

static const char *kind_name(enum node_kind kind)
{
	return kind == NODE_SCALAR ? _("a single value") : kind == NODE_LIST ? _("a list") : _("a map");
}

const char *check_excerpt(const char *text)
{
	static _Thread_local char buffers[4][EXCERPT_MOST * 4 + 8];
	static _Thread_local unsigned turn;
	char *buffer = buffers[turn++ % 4], *to = buffer;
	const char *from = text;
	for (int count = 0; *from && *from != '\n' && count < EXCERPT_MOST; count++) {
		const char *begin = from;
		utf8_next(&from);
		memcpy(to, begin, (size_t)(from - begin));
		to += from - begin;
	}
	memcpy(to, "…", sizeof "…");
	if (!*from)
		*to = '\0';
	return buffer;
}

static struct node *find(struct check *check, struct node *map, const char *key, int required)
{
	if (check->asked_count < sizeof check->asked / sizeof *check->asked) {
		check->asked[check->asked_count].map = map;
		check->asked[check->asked_count++].key = key;
	}
	for (size_t i = 0; i < map->count; i++) {
		struct node *child = map->children[i];
		if (child->key[0] == key[0] && strcmp(child->key, key) == 0) {
			child->visited = true;
			return child;
		}
	}
	if (required)
		diag_error(check->diags, map->where, "`%s` is missing", key);
	return NULL;
}

struct node *check_any(struct check *check, struct node *map, const char *key, int required)
{
	return find(check, map, key, required);
}

bool check_node_kind(struct check *check, const struct node *node, const char *what, enum node_kind kind)
{
	if (node->kind == kind)
		return true;
	if (node->kind == NODE_SCALAR && node->text[0] == '\0' && !node->quoted)
		diag_error(check->diags, node->where, "`%s` is empty; %s is expected", what, kind_name(kind));
	else
		diag_error(check->diags, node->where, "`%s` must be %s, not %s", what, kind_name(kind),
			kind_name(node->kind));
	return false;
}

static struct node *find_kind(
	struct check *check, struct node *map, const char *key, int required, enum node_kind kind)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_kind(check, node, key, kind) ? node : NULL;
}

struct node *check_map(struct check *check, struct node *map, const char *key, int required)
{
	return find_kind(check, map, key, required, NODE_MAP);
}

struct node *check_list(struct check *check, struct node *map, const char *key, int required)
{
	return find_kind(check, map, key, required, NODE_LIST);
}

bool check_values(struct check *check, struct node *map, const char *key, int required, struct node **single,
	struct node *const **ret_items, size_t *ret_count)
{
	struct node *node = find(check, map, key, required);
	if (!node)
		return false;
	if (node->kind == NODE_SCALAR) {
		*single = node;
		*ret_items = single;
		*ret_count = 1;
		return true;
	}
	if (node->kind == NODE_LIST && node->count > 0) {
		*ret_items = node->children;
		*ret_count = node->count;
		return true;
	}
	if (node->kind == NODE_LIST)
		diag_error(check->diags, node->where,
			"`%s` is an empty list; name one at least or delete the line", key);
	else
		diag_error(check->diags, node->where, "`%s` must be a value or a list, not a map", key);
	return false;
}

/* What the text holds that people do not see is wrong. */
static const char *suspicion(const char *text)
{
	static const struct {
		const char *sign, *advice;
	} signs[] = {
		{"\xe2\x80\x9c", N_("; the quotes in it are curly: write \" or none")},
		{"\xe2\x80\x9d", N_("; the quotes in it are curly: write \" or none")},
		{"\xe2\x80\x98", N_("; the quotes in it are curly: write ' or none")},
		{"\xe2\x80\x99", N_("; the quotes in it are curly: write ' or none")},
		{"\xe2\x80\x93", N_("; its dash is `–`: write `-`")},
		{"\xe2\x80\x94", N_("; its dash is `—`: write `-`")},
		{"\xe2\x80\xa6", N_("; it has one character `…`: write two points `..`")},
		{"\xc2\xa0", N_("; it has a no-break space (U+00A0): write an ordinary one")},
		{"\xef\xbc\x9a", N_("; its colon is a wide one: write `:`")},
	};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strstr(text, signs[i].sign))
			return _(signs[i].advice);
	return "";
}

void check_refuse(struct check *check, const struct node *node, const char *what, const char *form)
{
	if (node->text[0] == '\0')
		diag_error(check->diags, node->where, "`%s` is empty; write %s", what, _(form));
	else
		diag_error(check->diags, node->where, "`%s`: `%s` is not understood; write %s%s", what,
			check_excerpt(node->text), _(form), suspicion(node->text));
}

bool check_node_text(struct check *check, struct node *node, const char *what, const char **ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	if (node->text[0] == '\0') {
		diag_error(check->diags, node->where, "`%s` is empty", what);
		return false;
	}
	*ret = node->text;
	return true;
}

bool check_node_int(
	struct check *check, struct node *node, const char *what, int64_t least, int64_t most, int64_t *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	char form[120], *end;
	snprintf(form, sizeof form, _("a whole number from %" PRId64 " to %" PRId64), least, most);
	const char *digits = node->text + (node->text[0] == '-');
	if (*digits < '0' || *digits > '9' || strlen(digits) > 18) {
		check_refuse(check, node, what, form);
		return false;
	}
	int64_t value = strtoll(node->text, &end, 10);
	if (*end) {
		check_refuse(check, node, what, form);
		return false;
	}
	if (value < least || value > most) {
		diag_error(check->diags, node->where, "`%s` is %s; it must be %s", what, node->text, form);
		return false;
	}
	*ret = value;
	return true;
}

/* Not strtod: its point is a comma in some languages. */
static bool parse_decimal(const char *text, double *ret)
{
	const char *at = text + (*text == '-');
	double value = 0, unit = 1;
	int digits = 0;
	bool point = false;
	for (; *at; at++) {
		if (*at == '.' && !point) {
			point = true;
			continue;
		}
		if (*at < '0' || *at > '9' || ++digits > 17)
			return false;
		value = value * 10 + (*at - '0');
		if (point)
			unit *= 10;
	}
	if (digits == 0)
		return false;
	*ret = (*text == '-' ? -value : value) / unit;
	return true;
}

bool check_node_number(
	struct check *check, struct node *node, const char *what, double least, double most, double *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	char form[120];
	snprintf(form, sizeof form, _("a number from %.10g to %.10g"), least, most);
	double value;
	if (!parse_decimal(node->text, &value)) {
		check_refuse(check, node, what, form);
		return false;
	}
	if (value < least || value > most) {
		diag_error(check->diags, node->where, "`%s` is %s; it must be %s", what, node->text, form);
		return false;
	}
	*ret = value;
	return true;
}

bool check_node_duration(
	struct check *check, struct node *node, const char *what, int64_t least, int64_t most, int64_t *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	int64_t value;
	if (time_parse_duration(node->text, &value) < 0) {
		char form[120];
		snprintf(form, sizeof form, "%s", _("a time such as 20s, 10m or 1h30m"));
		if (node->text[0] && strspn(node->text, "0123456789") == strlen(node->text) &&
			strlen(node->text) < 12)
			snprintf(form, sizeof form, _("the unit too: %ss, %sm or %sh"), node->text,
				node->text, node->text);
		check_refuse(check, node, what, form);
		return false;
	}
	if (value < least || value > most) {
		char from[32], to[32];
		time_format_duration(least, from, sizeof from);
		time_format_duration(most, to, sizeof to);
		diag_error(check->diags, node->where, "`%s` is %s; it must be from %s to %s", what,
			node->text, from, to);
		return false;
	}
	*ret = value;
	return true;
}

bool check_node_date(struct check *check, struct node *node, const char *what, day_t *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	day_t day;
	if (time_parse_date(node->text, &day) == 0) {
		*ret = day;
		return true;
	}
	int a, b, c, used = 0;
	char form[120];
	snprintf(form, sizeof form, "%s", _("a date as 2026-12-31"));
	bool turned = sscanf(node->text, "%4d%*1[/.-]%2d%*1[/.-]%4d%n", &a, &b, &c, &used) == 3 &&
		      node->text[used] == '\0';
	if (turned && a <= 31 && date_valid(c, b, a))
		snprintf(form, sizeof form, "%04d-%02d-%02d", c, b, a);
	else if (turned && date_valid(a, b, c))
		snprintf(form, sizeof form, "%04d-%02d-%02d", a, b, c);
	else if (turned)
		snprintf(form, sizeof form, "%s", _("a day that the calendar has, as 2026-12-31"));
	check_refuse(check, node, what, form);
	return false;
}

/* `scroll` is nearer to `scroll-left` than to `still`, whatever the edit distance says. */
static const char *begun_word(const char *text, const char *const *words, size_t count)
{
	size_t length = strlen(text);
	for (size_t i = 0; i < count; i++)
		if (length >= 3 && strncmp(words[i], text, length) == 0)
			return words[i];
	return NULL;
}

bool check_node_word(struct check *check, struct node *node, const char *what, const char *const *words,
	size_t count, int *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(node->text, words[i]) == 0) {
			*ret = (int)i;
			return true;
		}
	}
	char all[256] = "";
	for (size_t i = 0, length = 0; i < count && length < sizeof all; i++)
		length += (size_t)snprintf(all + length, sizeof all - length, "%s`%s`",
			i == 0		 ? ""
			: i + 1 == count ? _(" or ")
					 : ", ",
			words[i]);
	const char *near = begun_word(node->text, words, count);
	if (!near)
		near = nearest_word(node->text, words, count);
	if (near)
		diag_error(check->diags, node->where,
			"`%s`: `%s` is not known; did you mean `%s`? It may be %s", what,
			check_excerpt(node->text), near, all);
	else
		check_refuse(check, node, what, all);
	return false;
}

bool check_text(struct check *check, struct node *map, const char *key, int required, const char **ret)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_text(check, node, key, ret);
}

bool check_int(struct check *check, struct node *map, const char *key, int required, int64_t least,
	int64_t most, int64_t *ret)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_int(check, node, key, least, most, ret);
}

bool check_number(struct check *check, struct node *map, const char *key, int required, double least,
	double most, double *ret)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_number(check, node, key, least, most, ret);
}

bool check_bool(struct check *check, struct node *map, const char *key, int required, bool *ret)
{
	static const char *const words[] = {"false", "true"};
	int index;
	if (!check_word(check, map, key, required, words, 2, &index))
		return false;
	*ret = index;
	return true;
}

bool check_duration(struct check *check, struct node *map, const char *key, int required, int64_t least,
	int64_t most, int64_t *ret)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_duration(check, node, key, least, most, ret);
}

static const struct {
	const char *name;
	uint32_t value;
} colours[] = {
	{"black", 0x000000},
	{"white", 0xffffff},
	{"red", 0xff0000},
	{"green", 0x00ff00},
	{"blue", 0x0000ff},
	{"yellow", 0xffff00},
	{"amber", 0xffbf00},
	{"orange", 0xff8000},
	{"cyan", 0x00ffff},
	{"magenta", 0xff00ff},
	{"grey", 0x808080},
};

bool colour_parse(const char *text, uint32_t *ret)
{
	for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
		if (strcmp(text, colours[i].name) == 0) {
			*ret = colours[i].value;
			return true;
		}
	}
	if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
		return false;
	*ret = (uint32_t)strtoul(text + 1, NULL, 16);
	return true;
}

bool check_node_colour(struct check *check, const struct node *node, const char *what, uint32_t *ret)
{
	if (!check_node_kind(check, node, what, NODE_SCALAR))
		return false;
	if (colour_parse(node->text, ret))
		return true;
	if (node->text[0] == '\0' && !node->quoted)
		diag_error(check->diags, node->where,
			"`%s` is empty: `#` without quotes begins a comment; write \"#RRGGBB\" in quotes",
			what);
	else
		check_refuse(check, node, what, "\"#RRGGBB\" or a name such as white, red, amber");
	return false;
}

bool check_colour(struct check *check, struct node *map, const char *key, int required, uint32_t *ret)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_colour(check, node, key, ret);
}

bool check_word(struct check *check, struct node *map, const char *key, int required,
	const char *const *words, size_t count, int *ret)
{
	struct node *node = find(check, map, key, required);
	return node && check_node_word(check, node, key, words, count, ret);
}

bool check_name(struct check *check, struct location where, const char *name, const char *what)
{
	size_t length = strlen(name);
	if (length > 0 && length <= NAME_MOST &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length)
		return true;
	diag_error(check->diags, where,
		"`%s` is no name for %s; use 1 to %d of a-z, 0-9 and `-`, as in `nop-ho-so`",
		check_excerpt(name), _(what), NAME_MOST);
	return false;
}

void check_done(struct check *check, struct node *map, const char *what)
{
	const char *candidates[UNKNOWN_CANDIDATES];
	size_t known = 0, kept = 0;
	for (size_t i = 0; i < check->asked_count; i++) {
		if (check->asked[i].map == map)
			candidates[known++] = check->asked[i].key;
		else
			check->asked[kept++] = check->asked[i];
	}
	check->asked_count = kept;
	for (size_t i = 0; i < map->count; i++) {
		struct node *child = map->children[i];
		if (child->visited)
			continue;
		child->visited = true;
		if (strstr(child->key, "\xc2\xa0"))
			continue; /* the reader has reported it */
		const char *near = nearest_word(child->key, candidates, known);
		if (near)
			diag_error(check->diags, child->key_where,
				"unknown key `%s` in %s; did you mean `%s`?", check_excerpt(child->key),
				_(what), near);
		else
			diag_error(check->diags, child->key_where, "unknown key `%s` in %s; delete it",
				check_excerpt(child->key), _(what));
	}
}
