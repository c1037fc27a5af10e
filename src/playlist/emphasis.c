/* Emphasis as it is written in playlists. Braces were errors before, so that no text that was plain has changed. */
#include <stdio.h>
#include <string.h>

#include "playlist/build.h"

enum { NAME_MOST = 12 };

static const char *const words[] = {"bold", "white", "red", "green", "blue", "yellow", "amber", "orange",
	"cyan", "magenta", "grey", "black"};

static struct location place(const struct node *node, const char *at)
{
	return node_text_place(node, (size_t)(at - node->text));
}

/* `bold` or a colour: its mark. */
static bool make_mark(const char *name, char mark[EMPHASIS_MARK_MOST])
{
	uint32_t colour;
	if (strcmp(name, "bold") == 0)
		snprintf(mark, EMPHASIS_MARK_MOST, "%c", EMPHASIS_BOLD);
	else if (colour_parse(name, &colour))
		snprintf(mark, EMPHASIS_MARK_MOST, "%c%06x", EMPHASIS_COLOUR, (unsigned)colour & 0xffffff);
	else
		return false;
	return true;
}

/* Something like emphasis: a word that is nearly one of its names, or a colour with a digit too few. */
static bool refuse_mistyped(struct build *build, const struct node *node, const char *at, const char *name,
	struct emphasis_reading *reading)
{
	const char *near = nearest_word(name, words, sizeof words / sizeof *words);
	if (name[0] != '#' && !near)
		return false;
	diag_error(build->check.diags, place(node, at),
		"there is no emphasis `{%s:…}`; write `{%s:…}`, or `{{` for a brace", check_excerpt(name),
		near ? near : "#ff8000");
	reading->bad = true;
	return true;
}

static size_t open_emphasis(struct build *build, const struct node *node, const char *at,
	struct emphasis_reading *reading, char mark[EMPHASIS_MARK_MOST])
{
	char name[NAME_MOST + 1];
	size_t length = strcspn(at + 1, ":{}\n");
	if (strncmp(at, "{~}", 3) == 0) {
		snprintf(mark, EMPHASIS_MARK_MOST, "\u00a0");
		return 3;
	}
	if (at[1 + length] != ':' || length > NAME_MOST)
		return 0;
	snprintf(name, sizeof name, "%.*s", (int)length, at + 1);
	static const char *const fields[] = {"time", "date", "lunar-date", "countdown", "data"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(name, fields[i]) == 0)
			return 0;
	if (!make_mark(name, mark) && !refuse_mistyped(build, node, at, name, reading))
		return 0;
	if (reading->bad)
		mark[0] = '\0';
	if (reading->depth == EMPHASIS_DEPTH_MOST) {
		diag_error(build->check.diags, place(node, at), "emphasis within emphasis, more than %d deep",
			EMPHASIS_DEPTH_MOST);
		reading->bad = true;
		return 2 + length;
	}
	reading->open[reading->depth++] = at;
	return 2 + length;
}

size_t read_emphasis(struct build *build, const struct node *node, const char *at,
	struct emphasis_reading *reading, char ret_mark[EMPHASIS_MARK_MOST])
{
	if (*at == '{')
		return open_emphasis(build, node, at, reading, ret_mark);
	if (*at != '}' || reading->depth == 0)
		return 0;
	reading->depth--;
	snprintf(ret_mark, EMPHASIS_MARK_MOST, "%c", EMPHASIS_END);
	return 1;
}

void end_emphasis(struct build *build, const struct node *node, struct emphasis_reading *reading)
{
	if (reading->depth == 0 || reading->bad)
		return;
	const char *open = reading->open[0];
	diag_error(build->check.diags, place(node, open),
		"this emphasis `%.*s:` is never closed; end it with `}`, or write `{{` for a brace",
		(int)strcspn(open, ":"), open);
	reading->bad = true;
}
