#include "base/base64.h"

#include <glib.h>
#include <string.h>

#include "base/alloc.h"

char *base64_encode(const void *data, size_t size)
{
	gchar *text = g_base64_encode(data, size);
	char *result = xstrdup(text);
	g_free(text);
	return result;
}

char *base64_decode(const char *text, size_t *ret_size)
{
	/* GLib skips what is not in the alphabet; silently dropped bytes would be loaded as somebody's notice. */
	size_t length = strlen(text);
	if (length % 4 != 0)
		return NULL;
	size_t body = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	if (length - body > 2 || strspn(text + body, "=") != length - body)
		return NULL;
	gsize size = 0;
	guchar *data = length ? g_base64_decode(text, &size) : NULL;
	char *result = xmalloc(size + 1);
	if (size)
		memcpy(result, data, size);
	result[size] = '\0';
	g_free(data);
	*ret_size = size;
	return result;
}
