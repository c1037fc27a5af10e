#include "engine/words.h"

#include <string.h>

#include "base/alloc.h"
#include "base/legacy.h"
#include "base/note.h"
#include "base/text.h"
#include "conf/check.h"
#include "playlist/announcement.h"

/* Copied from a document in an older encoding: told with what it says, as the load gate does. */
static bool is_unicode(const char *what, const char *text, struct diag_list *diags)
{
	enum legacy encoding = legacy_of_text(text);
	if (encoding == LEGACY_NONE)
		return true;
	char *converted = legacy_convert_text(encoding, text);
	diag_note(diags, NOTE_LEGACY_TEXT, (struct location){what, 0, 0},
		"the text was copied from a document in %s; if it says this, write: %s",
		legacy_name(encoding), converted);
	free(converted);
	return false;
}

/* Found at the desk, not on the board: a letter that no font has. */
bool words_check(const char *what, const char *text, const struct site *site, struct fonts *fonts,
	struct diag_list *diags)
{
	if (!is_unicode(what, text, diags))
		return false;
	struct face face;
	unsigned faults = 0;
	uint32_t missing = 0;
	face_of_display(&site->displays[0], &face);
	scene_unref(scene_prepare_text(fonts, &face, text, MOTION_STILL, &faults, &missing));
	if (!(faults & RENDER_MISSING_GLYPH))
		return true;
	diag_note(diags, NOTE_MISSING_LETTER, (struct location){what, 0, 0},
		"no font here has the character U+%04X; leave it out", missing);
	return false;
}

bool words_check_braces(const char *what, const char *text, struct diag_list *diags)
{
	const char *fault = announcement_fault(text);
	if (!fault)
		return true;
	diag_error(diags, (struct location){what, 0, 0},
		"`%s`: an announcement has two fields, `{countdown}`, how long it still has to go, and "
		"`{date}`, the date on which it begins; for a brace in the text write `{{`",
		check_excerpt(fault));
	return false;
}

/* --- templates */

char *template_name(const struct source_file *file)
{
	const char *slash = strrchr(file->name, '/'), *base = slash ? slash + 1 : file->name;
	size_t length = strlen(base), end = strlen(".txt");
	if (length <= end || strcmp(base + length - end, ".txt") != 0 ||
		strspn(base, "abcdefghijklmnopqrstuvwxyz0123456789-") != length - end)
		return NULL;
	return xstrndup(base, length - end);
}

static bool is_text(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)data[i] < 0x20 && data[i] != '\n')
			return false;
	return utf8_valid_prefix(data, size) == size;
}

char *template_text(const struct source_file *file, struct diag_list *diags)
{
	struct location where = {file->path ? file->path : file->name, 0, 0};
	size_t size = file->size;
	while (size > 0 && (file->data[size - 1] == '\n' || file->data[size - 1] == ' '))
		size--;
	if (size == 0 || !is_text(file->data, size)) {
		diag_error(diags, where, "a template is a text in UTF-8 without tabs; write its words");
		return NULL;
	}
	char *raw = xstrndup(file->data, size), *text = text_nfc(raw);
	free(raw);
	if (utf8_length(text) <= WORDS_MOST)
		return text;
	diag_error(diags, where, "the text is longer than %d characters; shorten it", WORDS_MOST);
	free(text);
	return NULL;
}

void templates_take(const struct source_file *files, size_t count, struct templates *ret_templates)
{
	struct templates templates = {0};
	struct diag_list diags;
	diag_init(&diags);
	for (size_t i = 0; i < count; i++) {
		if (strncmp(files[i].unit, TEMPLATE_UNIT, strlen(TEMPLATE_UNIT)) != 0)
			continue;
		char *name = template_name(&files[i]), *text = name ? template_text(&files[i], &diags) : NULL;
		if (text) {
			templates.items =
				xrealloc(templates.items, templates.count + 1, sizeof *templates.items);
			templates.items[templates.count++] = (struct template){
				xasprintf("%s/%s", files[i].unit + strlen(TEMPLATE_UNIT), name), text};
		}
		free(name);
	}
	diag_finish(&diags);
	*ret_templates = templates;
}

const struct template *templates_find(const struct templates *templates, const char *name)
{
	for (size_t i = 0; i < templates->count; i++)
		if (strcmp(templates->items[i].name, name) == 0)
			return &templates->items[i];
	return NULL;
}

void templates_finish(struct templates *templates)
{
	for (size_t i = 0; i < templates->count; i++) {
		free(templates->items[i].name);
		free(templates->items[i].text);
	}
	free(templates->items);
	*templates = (struct templates){0};
}
