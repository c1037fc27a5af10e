/* HDMI and other screens through the kernel's mode setting (DRM/KMS): dumb buffers, two a head.
 *
 * The frame clock is the daemon's own: some devices have no vblank, so a flip's event only says that a buffer is free.
 * Facts: the kernel's KMS documents; behaviour of virtio-gpu and bochs as tested by tests/kms.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "drivers/link/console.h"
#include "drivers/link/drm_head.h"
#include "drivers/link/uevent.h"
#include "output/sink.h"

#define FLIP_WITHIN NS_PER_SEC	     /* a pulled card never tells: its flip event just does not come */
#define LOOK_AGAIN  (5 * NS_PER_SEC) /* for a monitor, should its uevent be lost */

struct kms {
	/* options */
	char *card_path, *connector, *console_path;
	int64_t refresh, margin;

	struct drm_card *card;
	struct drm_head *head;
	struct console *console;
	int event_fd, uevent_fd; /* -1: none */
	bool flipping;
	uint64_t sequence;	/* of the flip under way */
	struct region stale[2]; /* what each buffer lacks of the newest picture */
	struct sink *sink;
};

/* --- words for people */

static const char *explain(int error)
{
	switch (-error) {
	case ENOENT:
		return "there is no graphics card under /dev/dri";
	case EACCES:
		return "another program (a desktop?) owns the screen, or the group `video` is missing";
	case EOPNOTSUPP:
		return "the graphics card has no dumb buffers";
	case ENODEV:
		return "the card has no connector of that name";
	case ENOTCONN:
		return "no monitor is plugged in";
	case EBUSY:
		return "the card cannot drive one more screen";
	case ENOSPC:
		return "the monitor has no mode of the display's size";
	default:
		return strerror(-error);
	}
}

/* --- painting: the sink's frame, turned, onto the scanout buffer */

struct target {
	uint32_t *pixels;
	int stride;	   /* pixels */
	int width, height; /* of the picture on the screen, within the margins */
	int rotate;
};

/* Where the frame's rectangle lies on the screen. */
static struct rect turn(const struct target *target, const struct frame *frame, struct rect r)
{
	switch (target->rotate) {
	case 90:
		return (struct rect){frame->height - r.y - r.height, r.x, r.height, r.width};
	case 180:
		return (struct rect){
			frame->width - r.x - r.width, frame->height - r.y - r.height, r.width, r.height};
	case 270:
		return (struct rect){r.y, frame->width - r.x - r.width, r.height, r.width};
	default:
		return r;
	}
}

static void paint(const struct target *target, const struct frame *frame, struct rect area)
{
	if (!rect_intersect(area, (struct rect){0, 0, frame->width, frame->height}, &area))
		return;
	struct rect on = turn(target, frame, area);
	for (int y = 0; y < on.height; y++) {
		uint32_t *row = target->pixels + (size_t)(on.y + y) * (size_t)target->stride + on.x;
		if (target->rotate == 0) {
			memcpy(row, frame_row(frame, area.y + y) + area.x, (size_t)area.width * sizeof *row);
			continue;
		}
		for (int x = 0; x < on.width; x++) {
			int u = target->rotate == 180  ? area.width - 1 - x
				: target->rotate == 90 ? y
						       : area.width - 1 - y;
			int v = target->rotate == 180  ? area.height - 1 - y
				: target->rotate == 90 ? area.height - 1 - x
						       : x;
			row[x] = frame_row(frame, area.y + v)[area.x + u];
		}
	}
}

/* --- flips */

static void flipped(void *data)
{
	struct kms *kms = data;
	if (!kms->flipping)
		return;
	kms->flipping = false;
	sink_arm(kms->sink, LOOK_AGAIN);
	sink_shown(kms->sink, kms->sequence);
	sink_ready(kms->sink);
}

static int clips_of(const struct region *owed, const struct target *target, const struct frame *frame,
	int margin, struct drm_clip *clips)
{
	for (int i = 0; i < owed->count; i++) {
		struct rect r = turn(target, frame, owed->rects[i]);
		clips[i] = (struct drm_clip){
			r.x + margin, r.y + margin, r.x + r.width + margin, r.y + r.height + margin};
	}
	return owed->count;
}

static int kms_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct kms *kms = sink_priv(sink);
	struct drm_buffer buffer;
	int back = drm_head_back(kms->head, &buffer);
	int margin = (int)kms->margin, stride = (int)(buffer.stride / sizeof(uint32_t));
	struct target target = {.pixels = buffer.pixels + (size_t)margin * (size_t)stride + margin,
		.stride = stride,
		.rotate = sink_display(sink)->panel.rotate};
	region_add_region(&kms->stale[0], frame->owed);
	region_add_region(&kms->stale[1], frame->owed);
	for (int i = 0; i < kms->stale[back].count; i++)
		paint(&target, frame->frame, kms->stale[back].rects[i]);
	region_clear(&kms->stale[back]);
	struct drm_clip clips[REGION_MOST];
	int count = clips_of(frame->owed, &target, frame->frame, margin, clips);
	kms->flipping = true;
	kms->sequence = frame->sequence;
	sink_arm(sink, FLIP_WITHIN);
	int error = drm_head_flip(kms->head, clips, count);
	if (error < 0)
		kms->flipping = false;
	return error;
}

static void kms_timeout(struct sink *sink)
{
	struct kms *kms = sink_priv(sink);
	if (kms->flipping)
		sink_down(sink, -ETIMEDOUT, "the graphics card does not answer");
	else if (!drm_head_is_connected(kms->head))
		sink_down(sink, -ENOTCONN, explain(-ENOTCONN));
	else
		sink_arm(sink, LOOK_AGAIN);
}

static void on_uevents(struct sink *sink, struct kms *kms)
{
	char card[32];
	enum uevent event;
	while ((event = uevent_read(kms->uevent_fd, card)) != UEVENT_NONE) {
		if (event == UEVENT_CARD_REMOVED &&
			strcmp(card, strrchr(drm_card_path(kms->card), '/') + 1) == 0) {
			sink_down(sink, -ENODEV, "the graphics card was removed");
			return;
		}
		if (event == UEVENT_HOTPLUG && !drm_head_is_connected(kms->head)) {
			sink_down(sink, -ENOTCONN, explain(-ENOTCONN));
			return;
		}
	}
}

static void kms_event(struct sink *sink, int fd, unsigned events)
{
	struct kms *kms = sink_priv(sink);
	(void)events;
	if (fd == kms->uevent_fd) {
		on_uevents(sink, kms);
		return;
	}
	int error = drm_card_dispatch(kms->card);
	if (error < 0)
		sink_down(sink, error, "the graphics card is gone");
}

/* --- opening and closing */

static void screen_size(const struct display *display, int64_t margin, struct drm_mode_wish *wish)
{
	bool sideways = display->panel.rotate == 90 || display->panel.rotate == 270;
	wish->width = (sideways ? display->height : display->width) + 2 * (int)margin;
	wish->height = (sideways ? display->width : display->height) + 2 * (int)margin;
}

static int kms_open(struct sink *sink)
{
	struct kms *kms = sink_priv(sink);
	kms->sink = sink;
	kms->event_fd = kms->uevent_fd = -1;
	kms->flipping = false;
	struct drm_mode_wish wish = {.refresh = (int)kms->refresh};
	screen_size(sink_display(sink), kms->margin, &wish);
	int error = drm_card_acquire(kms->card_path, &kms->card);
	if (error == 0)
		error = drm_head_create(kms->card, kms->connector, &wish, flipped, kms, &kms->head);
	if (error < 0) {
		sink_down(sink, error, explain(error));
		return 0;
	}
	kms->event_fd = dup(drm_card_fd(kms->card));
	kms->uevent_fd = uevent_open();
	if (kms->event_fd < 0)
		return -errno;
	if (kms->console_path)
		console_take(
			kms->console_path, &kms->console); /* without it the picture shows all the same */
	const struct display *display = sink_display(sink);
	for (int i = 0; i < 2; i++) {
		region_clear(&kms->stale[i]);
		region_add(&kms->stale[i], (struct rect){0, 0, display->width, display->height});
	}
	sink_watch(sink, kms->event_fd, SINK_READABLE);
	if (kms->uevent_fd >= 0)
		sink_watch(sink, kms->uevent_fd, SINK_READABLE);
	sink_arm(sink, LOOK_AGAIN);
	sink_up(sink);
	sink_ready(sink);
	return 0;
}

static void kms_close(struct sink *sink)
{
	struct kms *kms = sink_priv(sink);
	if (!kms->sink) /* never opened */
		return;
	drm_head_destroy(kms->head);
	drm_card_release(kms->card);
	console_give_back(kms->console);
	if (kms->event_fd >= 0)
		close(kms->event_fd);
	if (kms->uevent_fd >= 0)
		close(kms->uevent_fd);
	kms->head = NULL;
	kms->card = NULL;
	kms->console = NULL;
	kms->sink = NULL;
}

static const struct sink_option options[] = {
	{.name = "card",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, card_path),
		.standard = "auto",
		.help = "the graphics card: /dev/dri/card0, or auto: the first that has connectors"},
	{.name = "connector",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, connector),
		.standard = "auto",
		.help = "the socket, such as HDMI-A-1; auto: the first with a monitor that no other display "
			"uses"},
	{.name = "refresh",
		.type = OPTION_INT,
		.offset = offsetof(struct kms, refresh),
		.standard = "0",
		.least = 0,
		.most = 240,
		.help = "Hz of the mode; 0: the monitor's preference"},
	{.name = "margin",
		.type = OPTION_INT,
		.offset = offsetof(struct kms, margin),
		.standard = "0",
		.least = 0,
		.most = 200,
		.help = "black pixels all round, for a television that cuts the edges off"},
	{.name = "console",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, console_path),

		.help = "the text console to take, such as /dev/tty1; none given: none"},
	{.name = NULL},
};

const struct sink_driver sink_driver_kms = {
	.name = "kms",
	.summary = "a screen on this machine's own socket (HDMI, DisplayPort, DVI), without a desktop",
	.caps = SINK_PARTIAL | SINK_HOLDS | SINK_ACK | SINK_FRAME,
	.options = options,
	.priv_size = sizeof(struct kms),
	.dynamic_rate = true,
	.open = kms_open,
	.submit = kms_submit,
	.event = kms_event,
	.timeout = kms_timeout,
	.close = kms_close,
};
