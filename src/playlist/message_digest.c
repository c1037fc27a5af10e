/* What a message says, as a digest by which the record of what was shown can tell one wording from another. A line each,
 * in this order: language, text, short forms, code, picture's digest; then for each page and zone that says something, the
 * zone's name and its text, code, picture. Texts have samples in the place of their fields. How it looks is not in it: the
 * generation's digest covers that. */
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "playlist/build.h"

static void put(FILE *to, const char *what, const char *text)
{
	if (text)
		fprintf(to, "%s %s\n", what, text);
}

static void put_picture(FILE *to, const struct asset *image)
{
	put(to, "image", image ? image->digest : NULL);
}

static void put_page(FILE *to, const struct page *page)
{
	for (size_t i = 0; i < page->layout->zone_count; i++) {
		const struct content *content = &page->contents[i];
		if (content_is_empty(content))
			continue;
		put(to, "zone", page->layout->zones[i].name);
		put(to, "text", content->words.text);
		put(to, "qr", content->qr);
		put_picture(to, content->image);
	}
}

void message_digest(struct message *message)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	put(to, "lang", message->lang);
	put(to, "text", message->text);
	for (size_t i = 0; i < message->short_count; i++)
		put(to, "short", message->shorts[i]);
	put(to, "qr", message->qr);
	put_picture(to, message->image);
	for (size_t i = 0; i < message->page_count; i++)
		put_page(to, &message->pages[i]);
	fclose(to);
	digest_sha256(text, size, message->digest);
	free(text);
}
