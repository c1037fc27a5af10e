/* A text as a part of a scene: in the largest letters that fit, standing, in pages or in motion, and with fields that
 * are painted anew for each instant at which they say something else. */
#ifndef RENDER_TEXT_PART_H
#define RENDER_TEXT_PART_H

#include "render/scene.h"
#include "render/typeset.h"

/* How a text is wanted: style and face merged. All of it is borrowed. */
struct text_order {
	const struct face *face;
	const struct words *forms; /* the first that fits is taken; one at least */
	size_t form_count;
	enum motion motion;
	struct setting setting;
	int least, most; /* bounds of the chosen letters' ink in pixels; 0: none */
	int speed;
	int64_t page_time;
	int width, height;	    /* of the part */
	int margin;		    /* around a text that does not run */
	const struct frame *ground; /* what lies below, as large as the part; NULL: setting.background */
	bool by_wall;
	bool squeeze; /* smaller letters rather than pages, down to what is legible */
};

struct text_report {
	unsigned faults; /* bits of render_fault */
	uint32_t missing;
	int64_t reading_time; /* ns, of the form that was taken */
	struct reading reading;
};

/* What a style asks for on that face. background_set false: the face's. */
void text_order_style(struct text_order *order, const struct style *style);
/* A slow device is sent pages instead of motion. */
enum motion possible_motion(const struct face *face, enum motion motion);

/* Fills the part, whose area is as large as the order says. paint false: all but its pictures, and whether it stands on
 * an even ground. */
void text_part_make(struct fonts *fonts, const struct text_order *order, bool paint, struct part *part,
	struct text_report *ret_report);

/* How the part looks while its text is the one given: what is different. Slow. */
struct variant *text_part_variant(struct fonts *fonts, const struct part *part, const char *text);
struct variant *variant_ref(struct variant *variant);
void variant_unref(struct variant *variant);
void text_source_destroy(struct text_source *source); /* NULL is fine */
const struct words *text_source_words(const struct text_source *source);

#endif
