#include "fold.h"

#include <glib.h>

char *fold(const char *text)
{
	char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_NFD);
	char *small = g_utf8_strdown(apart, -1);
	GString *folded = g_string_new(NULL);

	for (const char *p = small; *p; p = g_utf8_next_char(p)) {
		gunichar letter = g_utf8_get_char(p);
		if (letter == 0x111)
			g_string_append_c(folded, 'd');
		else if (g_unichar_isspace(letter))
			g_string_append_c(folded, '-');
		else if (!g_unichar_ismark(letter))
			g_string_append_unichar(folded, letter);
	}
	g_free(small);
	g_free(apart);
	return g_string_free(folded, FALSE);
}
