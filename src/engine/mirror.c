/* The command `mirror`: a display's picture, no larger than its watcher can show, again and again.
 *
 * Watchers cost the frame path little and the same however many they are: the canvas is copied at most once in
 * COPY_EVERY, all watchers share the copy, and it is made smaller on the thread pool. Each has one answer under way at
 * most, so that a slow one only sees fewer pictures. */
#include "base/alloc.h"
#include "base/base64.h"
#include "engine/private.h"
#include "frame/scale.h"

#define COPY_EVERY (40 * NS_PER_MS)
#define SIDE_MOST  1024

struct mirror {		     /* of one display */
	struct frame *frame; /* NULL: nobody watched yet. Read only while others hold it */
	uint64_t serial;     /* grows with each new picture */
	int64_t taken;	     /* monotonic */
	int64_t instant;
};

struct work {
	struct control_request *request;
	struct frame *frame;
	int width, height;
	json_t *reply; /* without its picture */
	char *rgb;     /* base64 */
	int sent_width, sent_height;
};

static void copy_canvas(
	struct mirror *mirror, const struct channel *channel, const struct channel_status *status)
{
	const struct frame *canvas = channel_frame(channel);

	/* a new one only while a thread still reads the former */
	if (!mirror->frame || mirror->frame->references > 1) {
		frame_unref(mirror->frame);
		mirror->frame = frame_create(canvas->width, canvas->height);
	}
	frame_copy(mirror->frame, 0, 0, canvas, (struct rect){0, 0, canvas->width, canvas->height});
	mirror->serial = status->output.composed;
	mirror->instant = status->instant.time;
	mirror->taken = clock_monotonic();
}

static struct mirror *mirror_of(struct engine *engine, const struct channel *channel)
{
	if (!engine->mirrors)
		engine->mirrors = xcalloc(engine->site->display_count, sizeof *engine->mirrors);
	return &engine->mirrors[channel_display(channel) - engine->site->displays];
}

static void fit(struct work *work)
{
	int width = work->frame->width, height = work->frame->height;

	work->sent_width = width;
	work->sent_height = height;
	if (width > work->width || height > work->height) /* smaller only: larger is the watcher's to do */
		frame_fit(width, height, work->width, work->height, &work->sent_width, &work->sent_height);
}

static void mirror_work(void *data)
{
	struct work *work = data;

	fit(work);
	struct frame *scaled = frame_scaled(work->frame, work->sent_width, work->sent_height);
	size_t size = (size_t)work->sent_width * (size_t)work->sent_height * 3;
	unsigned char *rgb = xmalloc(size), *to = rgb;
	for (int y = 0; y < scaled->height; y++) {
		const uint32_t *row = frame_row(scaled, y);
		for (int x = 0; x < scaled->width; x++) {
			*to++ = (unsigned char)(row[x] >> 16);
			*to++ = (unsigned char)(row[x] >> 8);
			*to++ = (unsigned char)row[x];
		}
	}
	work->rgb = base64_encode(rgb, size);
	free(rgb);
	frame_unref(scaled);
}

static void mirror_done(void *data)
{
	struct work *work = data;

	json_object_set_new(work->reply, "width", json_integer(work->sent_width));
	json_object_set_new(work->reply, "height", json_integer(work->sent_height));
	json_object_set_new(work->reply, "rgb", json_string(work->rgb));
	control_reply(work->request, work->reply);
	frame_unref(work->frame);
	free(work->rgb);
	free(work);
}

static int side_argument(const json_t *arguments, const char *key)
{
	json_int_t side = json_integer_value(json_object_get(arguments, key));

	return side < 1 || side > SIDE_MOST ? SIDE_MOST : (int)side;
}

void run_mirror(void *data, struct control_request *request)
{
	struct engine *engine = data;
	const json_t *arguments = control_arguments(request), *after = json_object_get(arguments, "after");
	struct channel *channel = channel_argument(engine, request);
	struct channel_status status;

	if (!channel)
		return;
	struct mirror *mirror = mirror_of(engine, channel);
	channel_status(channel, &status);
	if (!mirror->frame ||
		(status.output.composed != mirror->serial && clock_monotonic() - mirror->taken >= COPY_EVERY))
		copy_canvas(mirror, channel, &status);
	json_t *reply = json_pack("{s:I, s:I, s:o, s:o}", "serial", (json_int_t)mirror->serial, "instant",
		(json_int_t)mirror->instant, "time", instant_text(engine, mirror->instant), "display",
		display_json(engine, channel));
	if (json_is_integer(after) && (uint64_t)json_integer_value(after) == mirror->serial) {
		control_reply(request, reply);
		return;
	}
	struct work *work = xcalloc(1, sizeof *work);
	*work = (struct work){.request = request,
		.frame = frame_ref(mirror->frame),
		.width = side_argument(arguments, "width"),
		.height = side_argument(arguments, "height"),
		.reply = reply};
	loop_work(engine->loop, mirror_work, mirror_done, work);
}

void mirrors_destroy(struct engine *engine)
{
	for (size_t i = 0; engine->mirrors && i < engine->site->display_count; i++)
		frame_unref(engine->mirrors[i].frame);
	free(engine->mirrors);
}
