/* Scenes with fields over a span of time: what each field says is painted beforehand, so that the frame path only copies.
 * What was painted for one span serves the next. */
#include "base/alloc.h"
#include "render/text_part.h"

/* How far back what was painted is kept: the picture before may still have to be known when the next one is due. */
#define KEPT_BEHIND (2 * NS_PER_MIN)

struct dating {
	struct fonts *fonts;
	struct asking asking;
	int64_t from, until;
};

static bool has_fields(const struct scene *scene)
{
	for (size_t i = 0; i < scene->part_count; i++) {
		const struct part *part = &scene->parts[i];
		if (part->source)
			return true;
		for (size_t k = 0; part->sequence && k < part->sequence->count; k++)
			if (has_fields(part->sequence->elements[k].scene))
				return true;
	}
	return false;
}

static struct variant *find_variant(const struct dated_part *dated, const char *text)
{
	for (size_t i = dated ? dated->step_count : 0; i > 0; i--)
		if (strcmp(dated->steps[i - 1].variant->text, text) == 0)
			return variant_ref(dated->steps[i - 1].variant);
	return NULL;
}

static void add_step(struct dated_part *dated, int64_t from, struct variant *variant)
{
	dated->steps = xrealloc(dated->steps, dated->step_count + 1, sizeof *dated->steps);
	dated->steps[dated->step_count++] = (struct dated_step){from, variant};
}

static void date_text(const struct dating *d, const struct part *part, const struct dated_part *former,
	struct dated_part *dated)
{
	const struct words *words = text_source_words(part->source);
	enum pace pace = words_pace(words);
	const char *last = "";
	for (int64_t at = d->from; at < d->until; at = pace_next(pace, d->asking.zone, at)) {
		char *text = words_at(words, &d->asking, at);
		if (dated->step_count == 0 || strcmp(text, last) != 0) {
			struct variant *variant = find_variant(former, text);
			if (!variant)
				variant = find_variant(dated, text);
			if (!variant)
				variant = text_part_variant(d->fonts, part, text);
			add_step(dated, at, variant);
			last = variant->text;
		}
		free(text);
	}
}

static struct scene *date_scene(const struct dating *d, struct scene *scene, const struct scene *former);

static void date_part(const struct dating *d, const struct part *part, const struct dated_part *former,
	struct dated_part *dated)
{
	if (part->source)
		date_text(d, part, former, dated);
	if (!part->sequence)
		return;
	dated->element_count = part->sequence->count;
	dated->elements = xcalloc(dated->element_count + 1, sizeof(struct scene *));
	for (size_t i = 0; i < dated->element_count; i++)
		dated->elements[i] = date_scene(d, part->sequence->elements[i].scene,
			former && former->elements ? former->elements[i] : NULL);
}

static struct scene *date_scene(const struct dating *d, struct scene *base, const struct scene *former)
{
	if (!has_fields(base))
		return scene_ref(base);
	struct scene *scene = xcalloc(1, sizeof *scene);
	*scene = *base;
	scene->references = 1;
	scene->base = scene_ref(base);
	scene->from = d->from;
	scene->until = d->until;
	scene->dated = xcalloc(scene->part_count + 1, sizeof *scene->dated);
	for (size_t i = 0; i < scene->part_count; i++)
		date_part(d, &scene->parts[i], former && former->dated ? &former->dated[i] : NULL,
			&scene->dated[i]);
	return scene;
}

struct scene *scene_dated(struct fonts *fonts, struct scene *base, const struct asking *asking,
	const struct scene *former, int64_t from, int64_t until)
{
	if (former && former->base != base)
		former = NULL;
	if (former && former->from < from && former->until >= from)
		from = former->from > from - KEPT_BEHIND ? former->from : from - KEPT_BEHIND;
	const struct dating d = {fonts, *asking, from, until};
	return date_scene(&d, base, former);
}

void dated_finish(struct scene *scene)
{
	for (size_t i = 0; i < scene->part_count; i++) {
		struct dated_part *dated = &scene->dated[i];
		for (size_t k = 0; k < dated->step_count; k++)
			variant_unref(dated->steps[k].variant);
		for (size_t k = 0; k < dated->element_count; k++)
			scene_unref(dated->elements[k]);
		free(dated->steps);
		free(dated->elements);
	}
	free(scene->dated);
}
