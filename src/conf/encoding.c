/* Whether a text for people was written in the way that everything here expects: Unicode, composed. */
#include "base/alloc.h"
#include "base/legacy.h"
#include "base/note.h"
#include "conf/check.h"

static void refuse_legacy(
	struct check *check, const struct node *node, const char *what, enum legacy encoding)
{
	char *converted = legacy_convert_text(encoding, node->text);
	diag_note(check->diags, NOTE_LEGACY_TEXT, node->where,
		"`%s` was copied from a document in %s; if it says this, write: %s", what,
		legacy_name(encoding), converted);
	free(converted);
}

bool check_node_encoding(struct check *check, const struct node *node, const char *what)
{
	enum legacy encoding = legacy_of_text(node->text);
	if (encoding != LEGACY_NONE)
		refuse_legacy(check, node, what, encoding);
	else if (node->was_nfd)
		diag_note(check->diags, NOTE_DECOMPOSED, node->where,
			"`%s` has letters apart from their marks (NFD); they are joined for the display: "
			"save the file in NFC",
			what);
	return encoding == LEGACY_NONE;
}
