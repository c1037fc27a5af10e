#include "render/text_source.h"

#include "base/alloc.h"

struct text_source {
	struct text_order order; /* forms: one, words */
	struct face face;
	char *family;
	struct words words;
	struct field *fields;
	struct frame *ground; /* NULL */
};

static void copy_words(struct text_source *source, const struct words *words)
{
	source->fields = xcalloc(words->field_count + 1, sizeof *source->fields);
	for (size_t i = 0; i < words->field_count; i++) {
		source->fields[i] = words->fields[i];
		source->fields[i].form = xstrdup(words->fields[i].form);
		source->fields[i].key = xstrdup(words->fields[i].key);
	}
	source->words = (struct words){xstrdup(words->text), source->fields, words->field_count};
}

struct text_source *text_source_create(
	const struct text_order *order, const struct words *words, const struct font *font)
{
	struct text_source *source = xcalloc(1, sizeof *source);
	source->order = *order;
	source->face = *order->face;
	source->face.asking = (struct asking){NULL, NULL}; /* they may be gone; who dates brings them */
	source->family = xstrdup(order->setting.family);
	copy_words(source, words);
	if (order->ground) {
		source->ground = frame_create(order->width, order->height);
		frame_copy(source->ground, 0, 0, order->ground,
			(struct rect){0, 0, order->width, order->height});
	}
	source->order.face = &source->face;
	source->order.form_count = 1;
	source->order.setting.family = source->family;
	source->order.setting.size = font->ink.up + font->ink.down;
	source->order.ground = source->ground;
	return source;
}

void text_source_destroy(struct text_source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < source->words.field_count; i++) {
		free((char *)source->fields[i].form);
		free((char *)source->fields[i].key);
	}
	free(source->fields);
	free((char *)source->words.text);
	free(source->family);
	frame_unref(source->ground);
	free(source);
}

const struct words *text_source_words(const struct text_source *source)
{
	return &source->words;
}

/* --- variants */

/* The box of what differs; false: nothing. */
static bool difference(const struct frame *a, const struct frame *b, struct rect *ret)
{
	int left = a->width, right = -1, top = a->height, bottom = -1;
	for (int y = 0; y < a->height; y++) {
		const uint32_t *p = frame_row(a, y), *q = frame_row(b, y);
		for (int x = 0; x < a->width; x++) {
			if (!((p[x] ^ q[x]) & 0xffffff))
				continue;
			left = x < left ? x : left;
			right = x > right ? x : right;
			top = y < top ? y : top;
			bottom = y;
		}
	}
	*ret = (struct rect){left, top, right - left + 1, bottom - top + 1};
	return right >= 0;
}

static void add_patch(struct variant *variant, size_t picture, const struct frame *frame, struct rect box)
{
	variant->patches = xrealloc(variant->patches, variant->patch_count + 1, sizeof *variant->patches);
	struct frame *cut = frame_create(box.width, box.height);
	frame_copy(cut, 0, 0, frame, box);
	variant->patches[variant->patch_count++] = (struct patch){picture, box.x, box.y, cut};
}

struct variant *text_part_variant(struct fonts *fonts, const struct part *part, const char *text)
{
	struct variant *variant = xcalloc(1, sizeof *variant);
	struct text_order order = part->source->order;
	const struct words words = {.text = text};
	struct part painted;
	variant->references = 1;
	variant->text = xstrdup(text);
	order.forms = &words;
	if (!text_part_repaint(fonts, &order, part, &painted))
		return variant;
	/* Pages that only one of them has do not show. */
	for (size_t i = 0; i < part->picture_count && i < painted.picture_count; i++) {
		const struct frame *sample = part->pictures[i], *own = painted.pictures[i];
		struct rect box;
		if (own->width == sample->width && own->height == sample->height &&
			difference(sample, own, &box))
			add_patch(variant, i, own, box);
	}
	part_finish(&painted);
	return variant;
}

struct variant *variant_ref(struct variant *variant)
{
	__atomic_add_fetch(&variant->references, 1, __ATOMIC_RELAXED);
	return variant;
}

void variant_unref(struct variant *variant)
{
	if (!variant || __atomic_sub_fetch(&variant->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < variant->patch_count; i++)
		frame_unref(variant->patches[i].frame);
	free(variant->patches);
	free(variant->text);
	free(variant);
}
