#include "trust/accepted.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "trust/private.h"

static bool is_id(const char *text)
{
	return strcmp(text, "-") == 0 ||
	       (strlen(text) == MINISIGN_ID_HEX - 1 && strspn(text, "0123456789ABCDEF") == strlen(text));
}

static int parse_line(char *line, struct accepted *ret)
{
	char *words[9], *word;
	size_t count = 0;
	while (count < 9 && (word = strsep(&line, " ")))
		words[count++] = word;
	if (count != 8 || bundle_class_parse(words[0], &ret->class) < 0 ||
		!(trust_is_name(words[1]) || is_id(words[1])) || !trust_number(words[2], &ret->epoch) ||
		!trust_number(words[3], &ret->sequence) || !trust_is_hash(words[4], strlen(words[4])) ||
		!is_id(words[5]) || !is_id(words[6]) || !*words[7] || strlen(words[7]) > 19 ||
		strspn(words[7], "0123456789") != strlen(words[7]))
		return -EBADMSG;
	snprintf(ret->scope, sizeof ret->scope, "%s", words[1]);
	snprintf(ret->digest, sizeof ret->digest, "%s", words[4]);
	snprintf(ret->author, sizeof ret->author, "%s", words[5]);
	snprintf(ret->approver, sizeof ret->approver, "%s", words[6]);
	errno = 0;
	ret->expires = strtoll(words[7], NULL, 10);
	return errno ? -EBADMSG : 0;
}

int accepted_parse(const char *data, size_t size, struct accepted_list *ret_list)
{
	struct accepted_list list = {0};
	struct lines lines = {data, data + size};
	const char *line;
	size_t length;
	int error = size > 0 && data[size - 1] != '\n' ? -EBADMSG : 0; /* cut off */
	while (!error && lines_next(&lines, &line, &length)) {
		struct accepted item = {0};
		char *copy = xstrndup(line, length);
		error = strlen(copy) == length ? parse_line(copy, &item) : -EBADMSG;
		free(copy);
		if (!error && accepted_find(&list, item.class, item.scope))
			error = -EBADMSG;
		if (!error)
			accepted_set(&list, &item);
	}
	if (error)
		accepted_finish(&list);
	else
		*ret_list = list;
	return error;
}

char *accepted_text(const struct accepted_list *list)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	if (!to)
		abort();
	for (size_t i = 0; i < list->count; i++) {
		const struct accepted *a = &list->items[i];
		fprintf(to, "%s %s %lld %lld %s %s %s %lld\n", bundle_class_name(a->class), a->scope,
			(long long)a->epoch, (long long)a->sequence, a->digest, a->author, a->approver,
			(long long)a->expires);
	}
	if (fclose(to) != 0)
		abort();
	return text;
}

void accepted_finish(struct accepted_list *list)
{
	free(list->items);
	*list = (struct accepted_list){0};
}

static struct accepted *find(const struct accepted_list *list, enum bundle_class class, const char *scope)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].class == class && strcmp(list->items[i].scope, scope) == 0)
			return &list->items[i];
	return NULL;
}

const struct accepted *accepted_find(
	const struct accepted_list *list, enum bundle_class class, const char *scope)
{
	return find(list, class, scope);
}

bool accepted_is_above(const struct accepted *a, const struct accepted *b)
{
	return a->epoch != b->epoch ? a->epoch > b->epoch : a->sequence > b->sequence;
}

void accepted_set(struct accepted_list *list, const struct accepted *item)
{
	struct accepted *old = find(list, item->class, item->scope);
	if (!old) {
		list->items = xrealloc(list->items, list->count + 1, sizeof *list->items);
		old = &list->items[list->count++];
	}
	*old = *item;
}

void accepted_raise(struct accepted_list *list, const struct accepted *item)
{
	const struct accepted *old = accepted_find(list, item->class, item->scope);
	if (!old || accepted_is_above(item, old))
		accepted_set(list, item);
}

void accepted_drop(struct accepted_list *list, enum bundle_class class, const char *scope)
{
	struct accepted *old = find(list, class, scope);
	if (old)
		*old = list->items[--list->count];
}
