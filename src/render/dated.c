/* Scenes with fields over a span of time: what each field says is painted beforehand, so that the frame path only copies.
 * What was painted for one span serves the next. */
#include <glib.h>

#include "base/alloc.h"
#include "render/text_part.h"

/* How far back what was painted is kept: the picture before may still have to be known when the next one is due. */
#define KEPT_BEHIND (2 * NS_PER_MIN)

struct dating {
	struct fonts *fonts;
	struct asking asking;
	int64_t from, until; /* until: comes nearer once nothing more may be painted */
	size_t most;	     /* pictures that may be painted of each text */
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

/* What is painted already, by its text. A variant is its steps'. */
static GHashTable *known_variants(const struct dated_part *former)
{
	GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; former && i < former->step_count; i++)
		g_hash_table_replace(known, former->steps[i].variant->text, former->steps[i].variant);
	return known;
}

static void add_step(struct dated_part *dated, int64_t from, struct variant *variant)
{
	dated->steps = xrealloc(dated->steps, dated->step_count + 1, sizeof *dated->steps);
	dated->steps[dated->step_count++] = (struct dated_step){from, variant};
}

/* NULL: nothing more may be painted. */
static struct variant *take_variant(
	const struct dating *d, const struct part *part, GHashTable *known, const char *text, size_t *painted)
{
	struct variant *variant = g_hash_table_lookup(known, text);
	if (variant)
		return variant_ref(variant);
	if (*painted > 0 && *painted >= d->most)
		return NULL;
	++*painted;
	variant = text_part_variant(d->fonts, part, text);
	g_hash_table_replace(known, variant->text, variant);
	return variant;
}

static void date_text(
	struct dating *d, const struct part *part, const struct dated_part *former, struct dated_part *dated)
{
	const struct words *words = text_source_words(part->source);
	enum pace pace = words_pace(words);
	GHashTable *known = known_variants(former);
	const char *last = NULL;
	size_t painted = 0;
	for (int64_t at = d->from; at < d->until; at = pace_next(pace, d->asking.zone, at)) {
		char *text = words_at(words, &d->asking, at);
		struct variant *variant = NULL;
		if (!last || strcmp(text, last) != 0) {
			variant = take_variant(d, part, known, text, &painted);
			if (!variant)
				d->until = at;
		}
		if (variant) {
			add_step(dated, at, variant);
			last = variant->text;
		}
		free(text);
	}
	g_hash_table_destroy(known);
}

static struct scene *date_scene(struct dating *d, struct scene *scene, const struct scene *former);

static void date_part(
	struct dating *d, const struct part *part, const struct dated_part *former, struct dated_part *dated)
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

static struct scene *date_scene(struct dating *d, struct scene *base, const struct scene *former)
{
	if (!has_fields(base))
		return scene_ref(base);
	struct scene *scene = xcalloc(1, sizeof *scene);
	*scene = *base;
	scene->references = 1;
	scene->base = scene_ref(base);
	scene->from = d->from;
	scene->dated = xcalloc(scene->part_count + 1, sizeof *scene->dated);
	for (size_t i = 0; i < scene->part_count; i++)
		date_part(d, &scene->parts[i], former && former->dated ? &former->dated[i] : NULL,
			&scene->dated[i]);
	scene->until = d->until;
	return scene;
}

struct scene *scene_dated(struct fonts *fonts, struct scene *base, const struct asking *asking,
	const struct scene *former, int64_t from, int64_t until, size_t most)
{
	if (former && former->base != base)
		former = NULL;
	if (former && former->from < from && former->until >= from)
		from = former->from > from - KEPT_BEHIND ? former->from : from - KEPT_BEHIND;
	struct dating d = {fonts, *asking, from, until, most};
	return date_scene(&d, base, former);
}

int64_t scene_until(const struct scene *scene)
{
	return scene->base ? scene->until : TIME_NEVER;
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
