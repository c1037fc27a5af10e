#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "trust/private.h"

bool lines_next(struct lines *lines, const char **ret_line, size_t *ret_length)
{
	if (lines->at == lines->end)
		return false;
	const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	const char *end = newline ? newline : lines->end;
	*ret_line = lines->at;
	*ret_length = (size_t)(end - lines->at);
	if (*ret_length && end[-1] == '\r')
		(*ret_length)--;
	lines->at = newline ? newline + 1 : lines->end;
	return true;
}

bool line_begins(const char *line, size_t length, const char *prefix)
{
	return length >= strlen(prefix) && memcmp(line, prefix, strlen(prefix)) == 0;
}

bool base64_exactly(const char *text, size_t length, void *ret_bytes, size_t wanted)
{
	size_t got;
	return sodium_base642bin(ret_bytes, wanted, text, length, NULL, &got, NULL,
		       sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == wanted;
}

bool trust_is_name(const char *text)
{
	size_t length = strlen(text);
	return length > 0 && length < 64 && text[0] != '.' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

bool trust_is_file_name(const char *text)
{
	size_t length = strlen(text);
	if (length == 0 || length > 200 || text[0] == '.' || text[0] == '-' ||
		utf8_valid_prefix(text, length) != length)
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '/' || *text == '\\')
			return false;
	return true;
}

bool trust_number(const char *text, int64_t *ret)
{
	int64_t number = 0;
	if (!*text || strlen(text) > 16 || strspn(text, "0123456789") != strlen(text))
		return false;
	for (; *text; text++)
		number = number * 10 + (*text - '0');
	if (number > INT64_C(1) << 53)
		return false;
	*ret = number;
	return true;
}

bool trust_is_hash(const char *text, size_t length)
{
	if (length != 64)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!strchr("0123456789abcdef", text[i]) || !text[i])
			return false;
	return true;
}
