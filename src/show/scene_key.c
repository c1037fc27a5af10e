#include "show/scene_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_text(FILE *to, const char *text)
{
	if (text)
		fprintf(to, "%zu:%s,", strlen(text), text);
	else
		fputs("-,", to);
}

static void put_asset(FILE *to, const struct asset *asset)
{
	put_text(to, asset ? asset->digest : NULL);
}

static void put_extent(FILE *to, struct extent extent)
{
	fprintf(to, "%d%s,", extent.value, extent.share ? "%" : "");
}

static void put_style(FILE *to, const struct style *style)
{
	put_text(to, style->font);
	fprintf(to, "%d %d %d %x %x %d %d %d %d %d %lld %d,", style->size, style->size_share, style->bold,
		(unsigned)style->colour, (unsigned)style->background, style->colour_set,
		style->background_set, style->align, style->valign, style->speed, (long long)style->page_time,
		style->line_spacing);
	put_extent(to, style->least);
	put_extent(to, style->most);
}

/* A field with what data says now: what depends on time does not belong to the scene. */
static void put_words(FILE *to, const struct words *words, const struct asking *asking)
{
	put_text(to, words->text);
	for (size_t i = 0; i < words->field_count; i++) {
		const struct field *field = &words->fields[i];

		fprintf(to, "field %d %zu %zu %d %d %lld,", field->kind, field->at, field->size,
			field->english, field->day, (long long)field->instant);
		put_text(to, field->form);
		put_text(to, field->key);
		if (field->kind == FIELD_DATA)
			put_text(to, data_find(asking->data, field->key));
	}
}

static void put_message(FILE *to, const struct message *message, const struct asking *asking)
{
	put_text(to, message->text);
	put_text(to, message->lang);
	put_text(to, message->qr);
	put_asset(to, message->image);
	fprintf(to, "%d,", message->image_fit);
	for (size_t i = 0; i < message->short_count; i++)
		put_text(to, message->shorts[i]);
	for (size_t i = 0; message->forms && i <= message->short_count; i++)
		put_words(to, &message->forms[i], asking);
	put_style(to, message->style);
}

static void put_paint(FILE *to, const struct paint *paint)
{
	fprintf(to, "%d %d %d %d %d,", paint->kind, paint->stop_count, paint->angle, paint->opacity,
		paint->fit);
	for (int i = 0; i < paint->stop_count; i++)
		fprintf(to, "%x ", (unsigned)paint->stops[i]);
	put_asset(to, paint->image);
}

static void put_playlist(FILE *to, const struct playlist *playlist, const struct asking *asking)
{
	for (size_t i = 0; i < playlist->item_count; i++) {
		const struct item *item = playlist->items[i];

		fprintf(to, "item %d %lld %d %lld,", item->motion, (long long)item->duration, item->passes,
			(long long)item->message->until);
		put_message(to, item->message, asking);
	}
}

static void put_zone(FILE *to, const struct layout_zone *zone, const struct asking *asking)
{
	const struct extent *const extents[] = {&zone->left, &zone->top, &zone->width, &zone->height,
		&zone->padding[0], &zone->padding[1], &zone->padding[2], &zone->padding[3]};

	fprintf(to, "zone %d %d %d %d %x %u,", zone->kind, zone->radius, zone->fit, zone->border.width,
		(unsigned)zone->border.colour, zone->border.sides);
	for (size_t i = 0; i < sizeof extents / sizeof *extents; i++)
		put_extent(to, *extents[i]);
	put_style(to, zone->style);
	put_paint(to, &zone->background);
	if (zone->playlist)
		put_playlist(to, zone->playlist, asking);
}

static void put_page(FILE *to, const struct page *page, const struct asking *asking)
{
	put_paint(to, &page->layout->background);
	for (size_t i = 0; i < page->layout->zone_count; i++) {
		put_zone(to, &page->layout->zones[i], asking);
		put_words(to, &page->contents[i].words, asking);
		put_text(to, page->contents[i].qr);
		put_asset(to, page->contents[i].image);
	}
}

static void put_item(FILE *to, const struct face *face, const struct item *item)
{
	const struct page *page = scene_page(face, item->message);

	fprintf(to, "item %d,", item->motion);
	if (page)
		put_page(to, page, &face->asking);
	else
		put_message(to, item->message, &face->asking);
}

void scene_key(const struct scene_request *request, char ret_key[DIGEST_HEX])
{
	const struct face *face = request->face;
	char *data = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&data, &size);

	if (!to)
		abort(); /* no memory: see base/alloc.h */
	fprintf(to, "%d %d %x %x %d %d %d %lld,", face->width, face->height, (unsigned)face->foreground,
		(unsigned)face->background, face->mono, face->legible, face->rate,
		(long long)face->minimum_cycle);
	if (request->item) {
		put_item(to, face, request->item);
	} else {
		fprintf(to, "text %d,", request->use);
		put_words(to, request->words, &face->asking);
	}
	fclose(to);
	digest_sha256(data, size, ret_key);
	free(data);
}
