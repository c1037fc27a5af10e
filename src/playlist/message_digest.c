/* What a message says, as a digest by which the record of what was shown can tell one wording from another. A line each,
 * in this order: language, text, short forms, code, picture's digest; then for each page and zone that says something, the
 * zone's name and its text, code, picture. Texts have samples in the place of their fields. How it looks is not in it: the
 * generation's digest covers that. */
#include <string.h>

#include "base/digest.h"
#include "playlist/catalogue.h"

static void put(struct digest *to, const char *what, const char *text)
{
	if (!text)
		return;
	digest_add(to, what, strlen(what));
	digest_add(to, " ", 1);
	digest_add(to, text, strlen(text));
	digest_add(to, "\n", 1);
}

static void put_picture(struct digest *to, const struct asset *image)
{
	put(to, "image", image ? image->digest : NULL);
}

static void put_page(struct digest *to, const struct page *page)
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

void message_digest(const struct message *message, char ret_hex[DIGEST_HEX])
{
	struct digest digest;

	digest_begin(&digest);
	put(&digest, "lang", message->lang);
	put(&digest, "text", message->text);
	for (size_t i = 0; i < message->short_count; i++)
		put(&digest, "short", message->shorts[i]);
	put(&digest, "qr", message->qr);
	put_picture(&digest, message->image);
	for (size_t i = 0; i < message->page_count; i++)
		put_page(&digest, &message->pages[i]);
	digest_end(&digest, ret_hex);
}
