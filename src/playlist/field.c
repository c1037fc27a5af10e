/* Reading fields: `{name}`, `{name:argument}`, `{name:argument|form}`. */
#include <stdio.h>
#include <string.h>

#include "base/lunar.h"
#include "playlist/build.h"
#include "playlist/conversion.h"

static const char *const names[] = {"time", "date", "lunar-date", "countdown", "data"};
enum { NAMES = sizeof names / sizeof *names, FORM_MOST = 64, KEY_MOST = 100 };

struct reading {
	struct build *build;
	const struct node *node;
	const char *english; /* the language's names */
	struct field *field;
};

static struct location place(const struct reading *r, const char *at)
{
	return node_text_place(r->node, (size_t)(at - r->node->text));
}

/* Checks the conversions of form, which stands at `at` in the node's text, and takes their pace. */
static bool read_form(struct reading *r, const char *form, const char *at)
{
	struct field *field = r->field;
	struct form_piece piece;
	const char *next = form;
	if (strlen(form) > FORM_MOST) {
		diag_error(r->build->check.diags, place(r, at), "a form has at most %d bytes", FORM_MOST);
		return false;
	}
	for (const char *from = next; form_next(&next, &piece); from = next) {
		const struct conversion *found =
			piece.letter ? conversion_find(field->kind, piece.letter) : NULL;
		if (piece.letter && !found) {
			diag_error(r->build->check.diags, place(r, at + (from - form)),
				"`{%s}` has no `%%%s`; it has %s, and %%%% is a percent sign",
				names[field->kind], check_excerpt(from + 1 + piece.bare),
				conversion_letters(field->kind));
			return false;
		}
		if (found && found->pace > field->pace)
			field->pace = found->pace;
	}
	field->form = form;
	return true;
}

static bool read_countdown(struct reading *r, const char *argument, const char *at)
{
	struct field *field = r->field;
	const char *bar = strchr(argument, '|');
	const char *form = bar ? bar + 1 : NULL;
	char *target =
		arena_strndup(r->build->arena, argument, bar ? (size_t)(bar - argument) : strlen(argument));
	field->day = DAY_NONE;
	if (time_parse_date(target, &field->day) == 0)
		return read_form(r, form ? form : "%D", form ? at + (form - argument) : at);
	if (time_parse_instant(r->build->zone, target, &field->instant) == 0)
		return read_form(r, form ? form : "%H:%M:%S", form ? at + (form - argument) : at);
	diag_error(r->build->check.diags, place(r, at),
		"`{countdown}`: `%s` is no date; write `{countdown:2026-12-31}`, `{countdown:2026-12-31 "
		"17:00}`, or with a form `{countdown:2026-12-31 17:00|%%D ngày %%H:%%M}`",
		check_excerpt(target));
	return false;
}

/* file.key, and keys within: `queue.now`, `queue.rooms.a1`. */
static bool is_data_key(const char *key)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t parts = 0;
	if (strlen(key) > KEY_MOST)
		return false;
	for (;; parts++) {
		size_t length = strspn(key, letters);
		if (length == 0)
			return false;
		key += length;
		if (*key == '\0')
			return parts > 0;
		if (*key++ != '.')
			return false;
	}
}

static bool read_data(struct reading *r, const char *argument, const char *at)
{
	struct field *field = r->field;
	const char *bar = strchr(argument, '|');
	field->key =
		arena_strndup(r->build->arena, argument, bar ? (size_t)(bar - argument) : strlen(argument));
	field->form = bar ? bar + 1 : "--";
	if (strlen(field->form) > FORM_MOST) {
		diag_error(r->build->check.diags, place(r, at),
			"what stands for no value has at most %d bytes", FORM_MOST);
		return false;
	}
	if (!is_data_key(field->key)) {
		diag_error(r->build->check.diags, place(r, at),
			"`{data}`: `%s` names no value; write a file and a key in it as `{data:queue.now}`, "
			"and what to say without it as `{data:queue.now|--}`",
			check_excerpt(field->key));
		return false;
	}
	if (r->build->site && !r->build->site->data_directory)
		diag_warning(r->build->check.diags, place(r, at),
			"this site has no `data-directory`: `%s` is what will be shown",
			check_excerpt(field->form));
	return true;
}

static bool read_argument(struct reading *r, const char *argument, const char *at)
{
	static const char *const standard[2][3] = {{"%H:%M", "%A, %d/%m/%Y", "%-d/%-m%L năm %Y"},
		{"%H:%M", "%A, %-d %B %Y", "%-d/%-m%L năm %Y"}};
	struct field *field = r->field;
	switch (field->kind) {
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_LUNAR_DATE:
		return read_form(r, *argument ? argument : standard[field->english][field->kind], at);
	case FIELD_COUNTDOWN:
		return read_countdown(r, argument, at);
	case FIELD_DATA:
		return read_data(r, argument, at);
	}
	return false;
}

static bool refuse_name(struct reading *r, const char *brace, const char *name)
{
	const char *near = nearest_word(name, names, NAMES);
	if (near)
		diag_error(r->build->check.diags, place(r, brace),
			"there is no field `{%s}`; did you mean `{%s}`? Else there are {time}, {date}, "
			"{lunar-date}, {countdown:…} and {data:…}, and `{{` is a brace",
			check_excerpt(name), near);
	else
		diag_error(r->build->check.diags, place(r, brace),
			"there is no field `{%s}`; there are {time}, {date}, {lunar-date}, {countdown:…} and "
			"{data:…}, and `{{` is a brace",
			check_excerpt(name));
	return false;
}

bool read_field(struct build *build, const struct node *node, const char *brace, bool english,
	struct field *ret_field, size_t *ret_size)
{
	struct reading r = {.build = build, .node = node, .field = ret_field};
	const char *begin = brace + 1, *at;
	size_t size = strcspn(begin, "{}\n"), length;
	*ret_field = (struct field){.english = english};
	*ret_size = size + 2;
	if (begin[size] != '}') {
		diag_error(build->check.diags, place(&r, brace),
			"this `{` is never closed; for a brace in the text write `{{`, for a field `{time}`");
		*ret_size = 1;
		return false;
	}
	length = strcspn(begin, ":}");
	char *name = arena_strndup(build->arena, begin, length);
	at = begin + length + (begin[length] == ':');
	int kind = 0;
	while (kind < NAMES && strcmp(names[kind], name) != 0)
		kind++;
	if (kind == NAMES)
		return refuse_name(&r, brace, name);
	ret_field->kind = (enum field_kind)kind;
	return read_argument(&r, arena_strndup(build->arena, at, (size_t)(begin + size - at)), at);
}
