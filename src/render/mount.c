#include "render/mount.h"

#include "base/alloc.h"
#include "render/image.h"
#include "render/qr.h"

/* Boards up to this height give a QR code all of it: it can hardly be read any smaller. */
#define LOW_BOARD	160
#define CODE_OF_HEIGHT	0.45 /* of a screen */
#define CODE_OF_WIDTH	0.4
#define PICTURE_OF_WIDE 0.5
#define TEXT_BELOW	0.28 /* of the height, where the text stands below a picture */

bool mount_wanted(const struct message *message)
{
	return message->image || message->qr;
}

/* --- who gets which part of the display */

struct plan {
	const struct face *face;
	const struct message *message;
	struct rect image, text; /* zero size: none */
	struct qr *qr;		 /* NULL: none */
	int qr_x, qr_y;
};

static int part(double share, int of)
{
	return (int)(share * of + 0.5);
}

static int gap_of(const struct face *face)
{
	int shorter = face->width < face->height ? face->width : face->height;
	return 1 + shorter / 40;
}

static bool is_upright(struct rect box)
{
	return box.height > box.width;
}

/* The code's square, cut off from the right of a wide box, from below of an upright one. */
static void place_code(struct plan *plan, struct rect *box)
{
	int length = is_upright(*box) ? box->height : box->width;
	int across = is_upright(*box) ? box->width : box->height;
	bool whole = across <= LOW_BOARD || plan->message->image;
	int room = whole ? across : part(CODE_OF_HEIGHT, across), most = part(CODE_OF_WIDTH, length);
	if (room > most)
		room = most;
	if (qr_create(plan->message->qr, room, room, &plan->qr, NULL) < 0)
		return;
	int side = plan->qr->side, margin = across > LOW_BOARD ? 2 * gap_of(plan->face) : 0;
	if (is_upright(*box)) {
		plan->qr_x = box->x + (box->width - side) / 2;
		plan->qr_y = box->y + box->height - side - margin;
		box->height -= side + margin + gap_of(plan->face);
	} else {
		plan->qr_x = box->x + box->width - side - margin;
		plan->qr_y = box->y + (box->height - side) / 2;
		box->width -= side + margin + gap_of(plan->face);
	}
}

/* The picture on the left of a wide box, above the text otherwise. */
static void place_image(struct plan *plan, struct rect *box)
{
	const struct asset *asset = plan->message->image;
	plan->image = *box;
	if (plan->message->text[0] == '\0')
		return;
	if (box->width >= 2 * box->height) {
		plan->image.width = part(PICTURE_OF_WIDE, box->width);
		if (plan->message->image_fit == IMAGE_CONTAIN)
			plan->image.width = image_place(&asset->header, IMAGE_CONTAIN, plan->image).width;
		int used = plan->image.width + gap_of(plan->face);
		box->x += used;
		box->width -= used;
	} else {
		int height = part(TEXT_BELOW, box->height);
		plan->image.height = box->height - height - gap_of(plan->face);
		box->y += box->height - height;
		box->height = height;
	}
}

/* What shows beside the text, from all of it to nothing. */
enum company { ALL, NO_CODE, NOTHING };

static struct plan plan_create(const struct face *face, const struct message *message, enum company company)
{
	struct plan plan = {.face = face, .message = message};
	struct rect box = {0, 0, face->width, face->height};
	bool has_text = message->text[0] != '\0';
	if (message->image && has_text && company != NOTHING)
		place_image(&plan, &box);
	if (message->qr && company == ALL)
		place_code(&plan, &box);
	if (message->image && !has_text)
		place_image(&plan, &box);
	if (has_text)
		plan.text = box;
	return plan;
}

static void plan_finish(struct plan *plan)
{
	qr_destroy(plan->qr);
}

/* --- text within its part */

struct mounting {
	struct preparing *p;
	const struct face *face;
	const struct item *item;
	const struct frame *ground; /* NULL: the style's background */
	const struct layout_zone *zone;
};

static struct face face_of(const struct plan *plan)
{
	struct face face = *plan->face;
	if (plan->text.width > 0) {
		face.width = plan->text.width;
		face.height = plan->text.height;
	}
	return face;
}

static bool is_room(struct rect text)
{
	return text.width >= 8 && text.height >= 8;
}

static struct frame *ground_of(const struct mounting *m, const struct plan *plan)
{
	if (!m->ground || !m->p->paint)
		return NULL;
	struct frame *ground = frame_create(plan->text.width, plan->text.height);
	frame_copy(ground, 0, 0, m->ground, plan->text);
	return ground;
}

/* The text in its part; NULL: there is none, or it has no room. */
static struct scene *set_text(
	const struct mounting *m, const struct plan *plan, struct text_report *ret_report)
{
	struct preparing p = *m->p;
	*ret_report = (struct text_report){.faults = 0};
	if (plan->text.width == 0)
		return NULL;
	if (!is_room(plan->text)) {
		ret_report->faults = RENDER_TOO_TALL;
		return NULL;
	}
	struct face face = face_of(plan);
	struct frame *ground = ground_of(m, plan);
	struct scene *scene = prepare_text(&p, &face, m->item, ground, !m->zone, ret_report);
	frame_unref(ground);
	return scene;
}

/* --- all of it */

/* Lit, whatever the display's colours: that of one-colour boards, white otherwise. */
static uint32_t light_of(const struct face *face)
{
	return face->mono && face->foreground ? face->foreground : 0xffffff;
}

static struct frame *paint_ground(const struct mounting *m, const struct plan *plan, unsigned *faults)
{
	const struct face *face = plan->face;
	const struct asset *asset = plan->message->image;
	const struct style *style = plan->message->style;
	const struct rect all = {0, 0, face->width, face->height};
	struct frame *ground = frame_create(face->width, face->height);
	struct image_fault fault;
	if (m->ground)
		frame_copy(ground, 0, 0, m->ground, all);
	else
		frame_fill(ground, all, style->background_set ? style->background : face->background);
	if (asset && plan->image.width > 0 && plan->image.height > 0 &&
		image_paint(asset->data, asset->size, plan->message->image_fit, ground, plan->image, &fault) <
			0)
		*faults |= RENDER_BAD_PICTURE;
	if (plan->qr)
		qr_paint(plan->qr, ground, plan->qr_x, plan->qr_y, light_of(face), 0);
	return ground;
}

/* Who looks at a picture without text wants time too. */
#define LOOKING_TIME (5 * NS_PER_SEC)

/* The text's parts move into the whole. */
static struct scene *mount(
	const struct mounting *m, const struct plan *plan, struct scene *inner, unsigned *faults)
{
	struct scene *scene = scene_create(plan->face);
	scene->length = inner ? inner->length : LOOKING_TIME;
	for (size_t i = 0; inner && i < inner->part_count; i++) {
		struct rect area = inner->parts[i].area;
		area.x += plan->text.x;
		area.y += plan->text.y;
		struct part *part = scene_add_part(scene, area);
		*part = inner->parts[i];
		part->area = area;
	}
	if (inner) {
		scene->reading = inner->reading;
		inner->part_count = 0;
	}
	scene_unref(inner);
	if (m->p->paint)
		scene->backdrop = paint_ground(m, plan, faults);
	return scene;
}

static void note_faults(const struct mounting *m, const struct text_report *report, unsigned picture)
{
	const struct message *message = m->item->message;
	prepare_note(m->p, (struct render_note){.faults = report->faults,
				   .missing = report->missing,
				   .zone = m->zone,
				   .where = message->text_where,
				   .width = m->face->width,
				   .height = m->face->height});
	prepare_note(m->p, (struct render_note){.faults = picture,
				   .zone = m->zone,
				   .where = message->image_where,
				   .picture = message->image});
}

struct scene *mount_build(struct preparing *p, const struct face *face, const struct item *item,
	const struct frame *ground, const struct layout_zone *zone)
{
	const struct mounting m = {p, face, item, ground, zone};
	enum company company = ALL;
	struct text_report report;
	unsigned picture = 0;
	struct plan plan = plan_create(face, item->message, company);
	struct scene *inner = set_text(&m, &plan, &report);
	/* Text must be readable, the rest is welcome; but a text that does not fit alone either gains nothing. */
	unsigned bad = report.faults & ~(unsigned)RENDER_SHORTENED;
	if (bad) {
		struct text_report alone;
		struct plan nothing = plan_create(face, item->message, NOTHING);
		scene_unref(set_text(&m, &nothing, &alone));
		plan_finish(&nothing);
		bad &= ~alone.faults;
	}
	for (; bad && company != NOTHING; bad = report.faults & ~(unsigned)RENDER_SHORTENED) {
		plan_finish(&plan);
		scene_unref(inner);
		plan = plan_create(face, item->message, ++company);
		inner = set_text(&m, &plan, &report);
	}
	struct scene *scene = mount(&m, &plan, inner, &picture);
	note_faults(&m, &report, picture);
	plan_finish(&plan);
	return scene;
}
