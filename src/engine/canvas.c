#include "engine/canvas.h"

#include <assert.h>

#include "base/alloc.h"

struct canvas {
	struct canvases *all;
	struct canvas *next;
	struct frame *frame;
	int64_t kind;
	struct viewer *readers; /* NULL: it is free */
	bool known;
	struct show_picture picture; /* if known: what the frame shows */
};

struct canvases {
	struct canvas *first;
	uint64_t painted;
};

static void show(struct canvas *canvas, struct instant at);

/* --- who reads what */

static void add_reader(struct canvas *canvas, struct viewer *viewer)
{
	viewer->canvas = canvas;
	viewer->next = canvas->readers;
	canvas->readers = viewer;
}

static void remove_reader(struct viewer *viewer)
{
	struct viewer **p = &viewer->canvas->readers;

	while (*p && *p != viewer)
		p = &(*p)->next;
	assert(*p);
	*p = viewer->next;
	if (!viewer->canvas->readers)
		viewer->canvas->known = false;
	viewer->canvas = NULL;
}

static void move_to(struct canvas *canvas, struct viewer *viewer)
{
	add_reader(canvas, viewer);
	viewer->whole = true;
	viewer->calls->move(viewer->data, canvas->frame);
}

static bool is_alike(const struct canvas *a, const struct canvas *b)
{
	return a->kind == b->kind && a->frame->width == b->frame->width &&
	       a->frame->height == b->frame->height;
}

/* There is one: each display brought one, and who asks reads none or shares. */
static struct canvas *free_like(const struct canvas *like)
{
	struct canvas *canvas = like->all->first;

	while (canvas && (canvas->readers || !is_alike(canvas, like)))
		canvas = canvas->next;
	assert(canvas);
	return canvas;
}

/* The one that shows that picture, at whichever instant. NULL: none. */
static struct canvas *find_with(const struct canvas *like, const struct show_picture *picture)
{
	struct canvas *canvas = like->all->first;

	while (canvas && (!canvas->known || !is_alike(canvas, like) ||
				 !show_picture_goes_on(&canvas->picture, picture)))
		canvas = canvas->next;
	return canvas;
}

/* --- painting */

static void tell(struct viewer *viewer, struct instant at, const struct region *damage)
{
	const struct frame *frame = viewer->canvas->frame;
	struct region all = {1, {{0, 0, frame->width, frame->height}}};
	bool whole = viewer->whole;

	viewer->whole = false;
	viewer->calls->shown(viewer->data, at, whole ? &all : damage);
}

/* All its readers show this picture by now. */
static void paint(struct canvas *canvas, struct viewer *painter, struct instant at)
{
	struct show_picture picture = painter->picture;
	struct region damage;

	region_clear(&damage);
	if (!canvas->known || !show_picture_equal(&canvas->picture, &picture)) {
		painter->calls->paint(
			painter->data, canvas->known ? &canvas->picture : NULL, canvas->frame, &damage);
		canvas->all->painted++;
	}
	canvas->picture = picture;
	canvas->known = true;
	for (struct viewer *viewer = canvas->readers; viewer; viewer = viewer->next)
		tell(viewer, at, &damage);
}

/* --- splitting and merging */

static struct viewer *look(struct canvas *canvas, struct instant at)
{
	struct viewer *painter = NULL;
	bool goes_on = false;

	for (struct viewer *viewer = canvas->readers; viewer; viewer = viewer->next) {
		viewer->ready = viewer->calls->look(viewer->data, at, &viewer->picture);
		if (!viewer->ready || goes_on)
			continue;
		goes_on = canvas->known && show_picture_goes_on(&canvas->picture, &viewer->picture);
		if (goes_on || !painter)
			painter = viewer;
	}
	return painter;
}

/* Takes off the canvas whoever does not show the painter's picture; a list of them. */
static struct viewer *take_differing(struct canvas *canvas, const struct viewer *painter)
{
	struct viewer **p = &canvas->readers, *differing = NULL;

	while (*p) {
		struct viewer *viewer = *p;
		if (viewer->ready && show_picture_equal(&viewer->picture, &painter->picture)) {
			p = &viewer->next;
			continue;
		}
		*p = viewer->next;
		viewer->next = differing;
		viewer->canvas = NULL;
		differing = viewer;
	}
	return differing;
}

/* Those who are not ready keep what there is, in a copy. Returns the others. */
static struct viewer *keep_late(struct canvas *canvas, struct viewer *differing, struct instant at)
{
	struct canvas *copy = NULL;
	struct viewer *ready = NULL;

	for (struct viewer *viewer = differing, *next; viewer; viewer = next) {
		next = viewer->next;
		if (viewer->ready) {
			viewer->next = ready;
			ready = viewer;
			continue;
		}
		if (!copy) {
			struct rect all = {0, 0, canvas->frame->width, canvas->frame->height};
			copy = free_like(canvas);
			frame_copy(copy->frame, 0, 0, canvas->frame, all);
		}
		add_reader(copy, viewer); /* unknown, so that when it is ready it looks for company */
		viewer->calls->move(viewer->data, copy->frame);
		viewer->calls->late(viewer->data, at);
	}
	return ready;
}

/* To where its picture is, else to a free canvas. The others of a canvas that is not yet at the instant are brought there
 * with it: their turn would have come now. */
static void place(const struct canvas *like, struct viewer *viewer, struct instant at)
{
	static const struct region nothing;
	struct canvas *canvas = find_with(like, &viewer->picture);

	if (!canvas) {
		move_to(free_like(like), viewer);
		paint(viewer->canvas, viewer, at);
		return;
	}
	move_to(canvas, viewer);
	if (show_picture_equal(&canvas->picture, &viewer->picture))
		tell(viewer, at, &nothing);
	else
		show(canvas, at);
}

static void place_all(const struct canvas *like, struct viewer *viewers, struct instant at)
{
	for (struct viewer *viewer = viewers, *next; viewer; viewer = next) {
		next = viewer->next;
		place(like, viewer, at);
	}
}

/* The picture is a new one here. All readers go where it is already, and the canvas is free before they do. False:
 * nowhere. */
static bool join_others(struct canvas *canvas, struct instant at)
{
	struct viewer *readers = canvas->readers;

	if (!find_with(canvas, &readers->picture))
		return false;
	canvas->readers = NULL;
	canvas->known = false;
	place_all(canvas, readers, at);
	return true;
}

/* Whatever is called from here on finds each canvas under way at the instant already, or without readers: it ends. */
static void show(struct canvas *canvas, struct instant at)
{
	struct viewer *painter = look(canvas, at), *differing;
	bool goes_on;

	if (!painter) {
		for (struct viewer *viewer = canvas->readers; viewer; viewer = viewer->next)
			viewer->calls->late(viewer->data, at);
		return;
	}
	differing = keep_late(canvas, take_differing(canvas, painter), at);
	goes_on = canvas->known && show_picture_goes_on(&canvas->picture, &painter->picture);
	if (goes_on || !join_others(canvas, at))
		paint(canvas, painter, at);
	place_all(canvas, differing, at);
}

/* --- front door */

struct canvases *canvases_create(void)
{
	return xcalloc(1, sizeof(struct canvases));
}

void canvases_destroy(struct canvases *canvases)
{
	if (!canvases)
		return;
	for (struct canvas *canvas = canvases->first, *next; canvas; canvas = next) {
		next = canvas->next;
		assert(!canvas->readers);
		frame_unref(canvas->frame);
		free(canvas);
	}
	free(canvases);
}

uint64_t canvases_painted(const struct canvases *canvases)
{
	return canvases->painted;
}

void canvases_join(struct canvases *canvases, struct viewer *viewer, struct frame *frame, int64_t kind)
{
	struct canvas *canvas = xcalloc(1, sizeof *canvas);

	*canvas = (struct canvas){
		.all = canvases, .next = canvases->first, .frame = frame_ref(frame), .kind = kind};
	canvases->first = canvas;
	add_reader(canvas, viewer);
}

void canvases_leave(struct viewer *viewer)
{
	if (viewer->canvas)
		remove_reader(viewer);
}

void canvas_show(struct viewer *viewer, struct instant at)
{
	show(viewer->canvas, at);
}

void canvas_owe_all(struct viewer *viewer)
{
	viewer->whole = true;
}

struct frame *canvas_alone(struct viewer *viewer)
{
	struct canvas *canvas = viewer->canvas;

	if (canvas_readers(viewer) > 1) {
		struct canvas *own = free_like(canvas);
		remove_reader(viewer);
		move_to(own, viewer);
	}
	viewer->canvas->known = false;
	return viewer->canvas->frame;
}

unsigned canvas_readers(const struct viewer *viewer)
{
	unsigned count = 0;

	for (const struct viewer *reader = viewer->canvas->readers; reader; reader = reader->next)
		count++;
	return count;
}
