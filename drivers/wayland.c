/* A screen on which a Wayland compositor runs: a full-screen window, shared memory, paced by its frame callbacks.
 *
 * Device pixels are the picture's: on a scaled output nothing is scaled. If the screen is larger than the picture, it
 * lies in the middle of black. libwayland allocates a few bytes a request, which is its own affair.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/words.h"
#include "drivers/link/scanout.h"
#include "drivers/link/wl_window.h"
#include "output/sink.h"

#define IMAGES 2

struct wayland {
	/* options */
	char *socket, *output;

	struct wl_window *window;
	bool drawing, waiting;	     /* a frame callback is awaited; an image is */
	uint64_t sequence;	     /* of the picture committed last */
	struct region stale[IMAGES]; /* what each image lacks of the newest picture */
	struct scanout scanout;	     /* all but its buffer */
	struct sink *sink;
};

/* "auto" leaves it to libwayland, to the compositor. */
static const char *given(const char *option)
{
	return strcmp(option, "auto") == 0 ? NULL : option;
}

/* While there is no compositor: a descriptor that tells when something happens beside its socket. */
static void leave_hint(struct wayland *wayland)
{
	char path[256];
	wl_window_socket_path(given(wayland->socket), path, sizeof path);
	char *end = strrchr(path, '/');
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (!end || fd < 0)
		return;
	*end = '\0';
	if (inotify_add_watch(fd, *path ? path : "/", IN_CREATE | IN_MOVED_TO | IN_ATTRIB) < 0)
		close(fd);
	else
		sink_hint(wayland->sink, fd);
}

static bool wayland_hint(struct sink *sink, int fd)
{
	struct wayland *wayland = sink_priv(sink);
	char path[256], events[4096];
	wl_window_socket_path(given(wayland->socket), path, sizeof path);
	while (read(fd, events, sizeof events) > 0)
		;
	return access(path, F_OK) == 0;
}

static void fail(struct wayland *wayland, int error, const char *why)
{
	leave_hint(wayland);
	sink_down(wayland->sink, error, why);
}

static void fail_gone(struct wayland *wayland, int error)
{
	fail(wayland, error,
		error == -EPROTO ? N_("the compositor refused a request") : N_("the compositor is gone"));
}

/* --- the window's news */

static void on_opened(void *data)
{
	struct wayland *wayland = data;
	const struct display *display = sink_display(wayland->sink);
	int rotate = display->panel.rotate, width, height, screen_width, screen_height;
	char why[256];

	scanout_size(rotate, display->width, display->height, &width, &height);
	wl_window_size(wayland->window, &screen_width, &screen_height);
	if (width > screen_width || height > screen_height) {
		snprintf(why, sizeof why, _("the picture is %dx%d, and the compositor's screen only %dx%d"),
			width, height, screen_width, screen_height);
		fail(wayland, -ENOSPC, why);
		return;
	}
	wayland->scanout = (struct scanout){
		.x = (screen_width - width) / 2, .y = (screen_height - height) / 2, .rotate = rotate};
	for (int i = 0; i < IMAGES; i++) {
		region_clear(&wayland->stale[i]);
		region_add(&wayland->stale[i], (struct rect){0, 0, display->width, display->height});
	}
	sink_up(wayland->sink);
	sink_ready(wayland->sink);
}

static void on_drawn(void *data)
{
	struct wayland *wayland = data;
	wayland->drawing = false;
	sink_shown(wayland->sink, wayland->sequence);
	sink_ready(wayland->sink);
}

static void on_released(void *data)
{
	struct wayland *wayland = data;
	if (!wayland->waiting || wayland->drawing)
		return;
	wayland->waiting = false;
	sink_ready(wayland->sink);
}

static void on_lost(void *data, int error, const char *why)
{
	fail(data, error, why);
}

static const struct wl_window_handler handler = {
	.opened = on_opened, .drawn = on_drawn, .released = on_released, .lost = on_lost};

/* --- the sink */

/* Requests go out at once, or when the compositor takes them. */
static int flush(struct wayland *wayland)
{
	int left = wl_window_flush(wayland->window);
	if (left >= 0)
		sink_watch(wayland->sink, wl_window_fd(wayland->window),
			SINK_READABLE | (left ? SINK_WRITABLE : 0));
	return left < 0 ? left : 0;
}

static int wayland_open(struct sink *sink)
{
	struct wayland *wayland = sink_priv(sink);
	wayland->sink = sink;
	wayland->drawing = wayland->waiting = false;
	int error = wl_window_create(
		given(wayland->socket), given(wayland->output), &handler, wayland, &wayland->window);
	if (error < 0) {
		char path[96], why[256];
		wl_window_socket_path(given(wayland->socket), path, sizeof path);
		snprintf(why, sizeof why, _("no compositor answers at %s"), path);
		fail(wayland, error, why);
		return 0;
	}
	error = flush(wayland);
	if (error < 0)
		fail_gone(wayland, error);
	return 0;
}

static int wayland_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct wayland *wayland = sink_priv(sink);
	struct wl_image image;
	int back = wl_window_back(wayland->window, &image);
	if (back < 0) {
		wayland->waiting = true;
		return -EAGAIN;
	}
	for (int i = 0; i < IMAGES; i++)
		region_add_region(&wayland->stale[i], frame->owed);
	wayland->scanout.pixels = image.pixels;
	wayland->scanout.stride = image.stride;
	struct rect areas[REGION_MOST];
	struct region *stale = &wayland->stale[back];
	for (int i = 0; i < stale->count; i++)
		scanout_paint(&wayland->scanout, frame->frame, stale->rects[i]);
	for (int i = 0; i < frame->owed->count; i++)
		areas[i] = scanout_place(
			&wayland->scanout, frame->frame->width, frame->frame->height, frame->owed->rects[i]);
	region_clear(stale);
	wayland->sequence = frame->sequence;
	wayland->drawing = true;
	wl_window_commit(wayland->window, back, areas, frame->owed->count);
	int error = flush(wayland);
	if (error < 0)
		fail_gone(wayland, error);
	return error;
}

static void wayland_event(struct sink *sink, int fd, unsigned events)
{
	struct wayland *wayland = sink_priv(sink);
	int error = 0;
	(void)fd;
	if (events & SINK_READABLE)
		error = wl_window_dispatch(wayland->window);
	if (error == 0)
		error = flush(wayland); /* what was requested meanwhile too */
	if (error < 0)
		fail_gone(wayland, error);
}

static void wayland_close(struct sink *sink)
{
	struct wayland *wayland = sink_priv(sink);
	wl_window_destroy(wayland->window);
	wayland->window = NULL;
}

static const struct sink_option options[] = {
	{.name = "socket",
		.type = OPTION_TEXT,
		.offset = offsetof(struct wayland, socket),
		.standard = "auto",
		.help = N_("where the compositor listens: a path, or a name in $XDG_RUNTIME_DIR; auto: "
			   "$WAYLAND_DISPLAY, else wayland-0")},
	{.name = "output",
		.type = OPTION_TEXT,
		.offset = offsetof(struct wayland, output),
		.standard = "auto",
		.help = N_("the screen as the compositor names it, such as HDMI-A-1; auto: its first")},
	{.name = NULL},
};

const struct sink_driver sink_driver_wayland = {
	.name = "wayland",
	.summary = N_("a screen on which a Wayland compositor runs: a full-screen window"),
	.caps = SINK_PARTIAL | SINK_HOLDS | SINK_ACK | SINK_FRAME,
	.options = options,
	.priv_size = sizeof(struct wayland),
	.dynamic_rate = true,
	.open = wayland_open,
	.submit = wayland_submit,
	.event = wayland_event,
	.hint = wayland_hint,
	.close = wayland_close,
};
