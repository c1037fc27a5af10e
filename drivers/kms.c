/* HDMI and other screens through the kernel's mode setting (DRM/KMS): dumb buffers, two a head.
 *
 * The frame clock is the daemon's own: some devices have no vblank, so a flip's event only says that a buffer is free.
 * Facts: the kernel's KMS documents; behaviour of virtio-gpu and bochs as tested by tests/kms.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/time.h"
#include "base/words.h"
#include "drivers/link/cec.h"
#include "drivers/link/console.h"
#include "drivers/link/drm_head.h"
#include "drivers/link/scanout.h"
#include "drivers/link/uevent.h"
#include "output/sink.h"

#define CARDS_MOST   16
#define FLIP_WITHIN  (3 * NS_PER_SEC) /* a pulled card never tells: its flip event just does not come */
#define LOOK_AGAIN   (5 * NS_PER_SEC) /* for a monitor, should its uevent be lost */
#define KERNEL_BUSY  (4 * NS_PER_MS)
#define REFRESH_MOST 240

struct kms {
	/* options */
	char *card_path, *connector, *mode, *console_path, *cec_path;
	int64_t refresh, margin;
	bool atomic, assume_monitor;

	struct drm_card *card;
	struct drm_head *head;
	struct console *console;
	struct cec *cec;
	int event_fd, uevent_fd; /* -1: none */
	bool flipping, dispatching;
	bool busy;	   /* the kernel took no flip; the core waits */
	bool marked;	   /* while another head read this one's event: the core must look at its marks */
	bool awake;	   /* as far as the television was told */
	int64_t flip_at;   /* monotonic */
	uint64_t sequence; /* of the flip under way */
	bool cec_owed;
	int64_t cec_at;		/* monotonic: its next step */
	struct region stale[2]; /* what each buffer lacks of the newest picture */
	struct scanout scanout; /* all but its buffer */
	struct sink *sink;
	bool open;
};

/* --- words for people */

static const char *explain(int error)
{
	switch (-error) {
	case ENOENT:
		return N_("there is no graphics card under /dev/dri");
	case EACCES:
		return N_("no permission to open the graphics card: the daemon's user must be in the group "
			  "`video`");
	case EPERM:
		return N_("another program owns the screen: a desktop, or another daemon");
	case EOPNOTSUPP:
		return N_("the graphics card has no sockets for screens, or no plain buffers");
	case ENODEV:
		return N_("the card has no connector of that name");
	case ENOTCONN:
		return N_("no monitor is plugged in");
	case ESTALE:
		return N_("another monitor was plugged in");
	case EALREADY:
		return N_("another display uses that connector");
	case EBUSY:
		return N_("the card cannot drive one more screen");
	case ENOSPC:
		return N_("the monitor offers no mode of the display's size (see `mode`)");
	default:
		return strerror(-error);
	}
}

/* uevents go on being read while the link is closed: they tell when to try again. */
static void fail(struct kms *kms, int error, const char *why)
{
	int fd = kms->uevent_fd < 0 ? -1 : dup(kms->uevent_fd);
	if (fd >= 0)
		sink_hint(kms->sink, fd);
	sink_down(kms->sink, error, why ? why : explain(error));
}

/* --- time: one timer for all that may be due, and none of the frame path's doing */

static void arm(struct kms *kms)
{
	int64_t after = kms->flipping ? FLIP_WITHIN : LOOK_AGAIN;
	if (kms->cec_owed)
		after = CEC_AGAIN;
	if (kms->busy)
		after = KERNEL_BUSY;
	if (kms->marked)
		after = 0;
	sink_arm(kms->sink, after);
}

static void step_cec(struct kms *kms)
{
	if (!kms->cec_owed || clock_monotonic() < kms->cec_at)
		return;
	kms->cec_owed = cec_step(kms->cec);
	kms->cec_at = clock_monotonic() + CEC_AGAIN;
}

/* Only with `on-hours`: else nothing puts the television to sleep, and nobody asked to wake it. */
static void want_cec(struct kms *kms, bool awake)
{
	kms->awake = awake;
	if (!kms->cec || sink_display(kms->sink)->on_hours_count == 0)
		return;
	cec_want(kms->cec, awake ? CEC_ON : CEC_STANDBY);
	kms->cec_owed = true;
	kms->cec_at = TIME_ALWAYS;
	step_cec(kms);
	arm(kms);
}

/* --- flips */

/* Called while events of the card are read, which may be another head's doing. */
static void flipped(void *data)
{
	struct kms *kms = data;
	if (!kms->flipping)
		return;
	kms->flipping = false;
	sink_shown(kms->sink, kms->sequence);
	sink_ready(kms->sink);
	if (!kms->dispatching) {
		kms->marked = true;
		arm(kms);
	}
}

static int clips_of(const struct scanout *scanout, const struct frame *frame, const struct region *area,
	struct drm_clip *clips)
{
	for (int i = 0; i < area->count; i++) {
		struct rect r = scanout_place(scanout, frame->width, frame->height, area->rects[i]);
		clips[i] = (struct drm_clip){r.x, r.y, r.x + r.width, r.y + r.height};
	}
	return area->count;
}

static int kms_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct kms *kms = sink_priv(sink);
	struct drm_buffer buffer;
	int back = drm_head_back(kms->head, &buffer);
	struct region *stale = &kms->stale[back];
	struct drm_clip clips[REGION_MOST];

	region_add_region(&kms->stale[0], frame->owed);
	region_add_region(&kms->stale[1], frame->owed);
	kms->scanout.pixels = buffer.pixels;
	kms->scanout.stride = (int)(buffer.stride / sizeof(uint32_t));
	for (int i = 0; i < stale->count; i++)
		scanout_paint(&kms->scanout, frame->frame, stale->rects[i]);
	/* More than what differs on the screen: all that this buffer did not show before. Some drivers upload each
	 * buffer by itself, and lose what lies outside the clips. */
	int count = clips_of(&kms->scanout, frame->frame, stale, clips);
	kms->flipping = true;
	kms->flip_at = clock_monotonic();
	kms->sequence = frame->sequence;
	kms->dispatching = true; /* the first is done at once */
	int error = drm_head_flip(kms->head, clips, count);
	kms->dispatching = false;
	if (error == 0) {
		region_clear(stale);
		if (!kms->awake)
			want_cec(kms, true);
		return 0;
	}
	kms->flipping = false;
	if (error == -EBUSY) {
		kms->busy = true;
		arm(kms);
		return -EAGAIN;
	}
	/* a flip is refused with EACCES to whom is no longer master */
	fail(kms, error, explain(error == -EACCES ? -EPERM : error));
	return error;
}

static int kms_power(struct sink *sink, bool on)
{
	struct kms *kms = sink_priv(sink);
	if (on)
		return 0; /* the next flip sets the mode again, and the television is woken then */
	want_cec(kms, false);
	int error = drm_head_sleep(kms->head);
	if (error < 0 && error != -EOPNOTSUPP)
		fail(kms, error, explain(error == -EACCES ? -EPERM : error));
	return error;
}

/* --- what happens */

static void check_monitor(struct kms *kms, bool probe)
{
	int error = drm_head_check(kms->head, probe);
	if (error < 0)
		fail(kms, error, NULL);
}

static void kms_timeout(struct sink *sink)
{
	struct kms *kms = sink_priv(sink);
	bool marked = kms->marked;
	kms->marked = false;
	step_cec(kms);
	if (kms->flipping && clock_monotonic() - kms->flip_at >= FLIP_WITHIN) {
		fail(kms, -ETIMEDOUT, "the graphics card does not answer");
		return;
	}
	if (kms->busy) {
		kms->busy = false;
		sink_ready(sink);
	} else if (!marked && !kms->flipping) {
		check_monitor(kms, false);
	}
	arm(kms);
}

static void on_uevents(struct kms *kms)
{
	char card[32];
	enum uevent event;
	while ((event = uevent_read(kms->uevent_fd, card)) != UEVENT_NONE) {
		if (strcmp(card, strrchr(drm_card_path(kms->card), '/') + 1) != 0)
			continue;
		if (event == UEVENT_CARD_REMOVED) {
			drm_card_forget(kms->card);
			fail(kms, -ENODEV, "the graphics card was removed");
			return;
		}
		if (event == UEVENT_HOTPLUG)
			check_monitor(kms, true);
	}
}

static void kms_event(struct sink *sink, int fd, unsigned events)
{
	struct kms *kms = sink_priv(sink);
	(void)events;
	if (fd == kms->uevent_fd) {
		on_uevents(kms);
		return;
	}
	kms->dispatching = true;
	int error = drm_card_dispatch(kms->card);
	kms->dispatching = false;
	if (error < 0) {
		drm_card_forget(kms->card);
		fail(kms, error, "the graphics card is gone");
	}
}

static bool kms_hint(struct sink *sink, int fd)
{
	char card[32];
	bool worth = false;
	(void)sink;
	for (enum uevent event; (event = uevent_read(fd, card)) != UEVENT_NONE;)
		worth |= event != UEVENT_CARD_REMOVED;
	return worth;
}

/* --- opening and closing */

static bool parse_mode(const char *text, struct drm_mode_wish *wish)
{
	char rest;
	if (strcmp(text, "size") == 0)
		wish->choice = DRM_MODE_OF_SIZE;
	else if (strcmp(text, "preferred") == 0)
		wish->choice = DRM_MODE_PREFERRED;
	else if (sscanf(text, "%5dx%5d%c", &wish->width, &wish->height, &rest) == 2 && wish->width > 0 &&
		 wish->height > 0)
		wish->choice = DRM_MODE_FORCED;
	else
		return false;
	return true;
}

/* The picture as it lies on the screen, with its margins: what the mode must be, or hold. */
static void screen_size(const struct kms *kms, const struct display *display, int *ret_width, int *ret_height)
{
	scanout_size(display->panel.rotate, display->width, display->height, ret_width, ret_height);
	*ret_width += 2 * (int)kms->margin;
	*ret_height += 2 * (int)kms->margin;
}

static void make_wish(const struct kms *kms, const struct display *display, struct drm_mode_wish *wish)
{
	*wish = (struct drm_mode_wish){
		.refresh = (int)kms->refresh, .assume_monitor = kms->assume_monitor, .legacy = !kms->atomic};
	if (parse_mode(kms->mode, wish) && wish->choice == DRM_MODE_OF_SIZE)
		screen_size(kms, display, &wish->width, &wish->height);
}

static int open_head(struct kms *kms, const char *path, const struct drm_mode_wish *wish)
{
	int error = drm_card_acquire(path, &kms->card);
	if (error < 0)
		return error;
	error = drm_head_create(kms->card, kms->connector, wish, flipped, kms, &kms->head);
	if (error < 0) {
		drm_card_release(kms->card);
		kms->card = NULL;
	}
	return error;
}

/* Of several cards the first that can show it. Else the reason of the one that came nearest to it. */
static int open_any(struct kms *kms, const struct drm_mode_wish *wish)
{
	static const int nearness[] = {-ENOENT, -EOPNOTSUPP, -EACCES, -EPERM, -ENODEV, -ENOTCONN};
	size_t best = 0;
	int ret = -ENOENT;
	if (strcmp(kms->card_path, "auto") != 0)
		return open_head(kms, kms->card_path, wish);
	for (int i = 0; i < CARDS_MOST; i++) {
		char path[32];
		size_t near = 0, count = sizeof nearness / sizeof *nearness;
		snprintf(path, sizeof path, "/dev/dri/card%d", i);
		int error = open_head(kms, path, wish);
		if (error == 0)
			return 0;
		while (near < count && nearness[near] != error)
			near++;
		if (near > best) {
			best = near;
			ret = error;
		}
	}
	return ret;
}

/* The picture in the middle of the mode. */
static int place_picture(struct kms *kms, const struct display *display)
{
	int width, height, mode_width, mode_height;
	char why[256];
	screen_size(kms, display, &width, &height);
	drm_head_size(kms->head, &mode_width, &mode_height);
	if (width > mode_width || height > mode_height) {
		snprintf(why, sizeof why,
			_("the picture with its margins is %dx%d, and the screen's mode %dx%d"), width,
			height, mode_width, mode_height);
		fail(kms, -ENOSPC, why);
		return -ENOSPC;
	}
	int margin = (int)kms->margin;
	kms->scanout = (struct scanout){.x = (mode_width - width) / 2 + margin,
		.y = (mode_height - height) / 2 + margin,
		.rotate = display->panel.rotate};
	for (int i = 0; i < 2; i++) {
		region_clear(&kms->stale[i]);
		region_add(&kms->stale[i], (struct rect){0, 0, display->width, display->height});
	}
	return 0;
}

/* The screen shows its picture without either of them. */
static void open_extras(struct kms *kms)
{
	if (kms->console_path)
		console_take(kms->console_path, &kms->console);
	const char *digits = drm_card_path(kms->card) + strcspn(drm_card_path(kms->card), "0123456789");
	int card = *digits ? (int)strtol(digits, NULL, 10) : 0;
	if (strcmp(kms->cec_path, "none") != 0)
		cec_open(kms->cec_path, card, drm_head_connector(kms->head), &kms->cec);
}

static int kms_open(struct sink *sink)
{
	struct kms *kms = sink_priv(sink);
	const struct display *display = sink_display(sink);
	struct drm_mode_wish wish;

	kms->sink = sink;
	kms->open = true;
	kms->flipping = kms->busy = kms->marked = kms->awake = kms->cec_owed = false;
	kms->event_fd = -1;
	kms->uevent_fd = uevent_open(); /* before looking: what comes meanwhile is not missed */
	make_wish(kms, display, &wish);
	int error = open_any(kms, &wish);
	if (error < 0) {
		fail(kms, error, NULL);
		return 0;
	}
	if (place_picture(kms, display) < 0)
		return 0;
	kms->event_fd = dup(drm_card_fd(kms->card));
	if (kms->event_fd < 0)
		return -errno;
	open_extras(kms);
	sink_watch(sink, kms->event_fd, SINK_READABLE);
	if (kms->uevent_fd >= 0)
		sink_watch(sink, kms->uevent_fd, SINK_READABLE);
	arm(kms);
	sink_up(sink);
	sink_ready(sink);
	return 0;
}

static void kms_close(struct sink *sink)
{
	struct kms *kms = sink_priv(sink);
	if (!kms->open)
		return;
	drm_head_destroy(kms->head);
	drm_card_release(kms->card);
	console_give_back(kms->console);
	cec_close(kms->cec);
	if (kms->event_fd >= 0)
		close(kms->event_fd);
	if (kms->uevent_fd >= 0)
		close(kms->uevent_fd);
	kms->head = NULL;
	kms->card = NULL;
	kms->console = NULL;
	kms->cec = NULL;
	kms->open = false;
}

static void kms_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct kms *kms = priv;
	struct drm_mode_wish wish = {0};
	if (!parse_mode(kms->mode, &wish)) {
		diag_error(diags, display->where,
			"display %s: `mode` cannot be \"%s\"; write size, preferred, or one such as "
			"\"1920x1080\"",
			display->name, kms->mode);
		return;
	}
	if (kms->assume_monitor && (wish.choice != DRM_MODE_FORCED || strcmp(kms->connector, "auto") == 0))
		diag_error(diags, display->where,
			"display %s: with `assume-monitor`, name the `connector` and a `mode` such as "
			"\"1920x1080\"",
			display->name);
	int width, height;
	screen_size(kms, display, &width, &height);
	if (wish.choice == DRM_MODE_FORCED && (width > wish.width || height > wish.height))
		diag_error(diags, display->where,
			"display %s: `mode` is %s, but the picture with its margins is %dx%d; make `size` "
			"smaller",
			display->name, kms->mode, width, height);
}

static const struct sink_option options[] = {
	{.name = "card",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, card_path),
		.standard = "auto",
		.help = N_("the graphics card: /dev/dri/card0, or auto: the first that can show it")},
	{.name = "connector",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, connector),
		.standard = "auto",
		.help = N_(
			"the socket, such as HDMI-A-1; auto: the first with a monitor that no other display "
			"uses")},
	{.name = "mode",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, mode),
		.standard = "size",
		.help = N_(
			"size: the monitor's mode of the picture's size with its margins; preferred: the one "
			"that "
			"the monitor likes best, the picture in its middle; 1920x1080: that one, even if the "
			"monitor does not offer it")},
	{.name = "refresh",
		.type = OPTION_INT,
		.offset = offsetof(struct kms, refresh),
		.standard = "0",
		.least = 0,
		.most = REFRESH_MOST,
		.help = N_("Hz of the mode; 0: the monitor's preference")},
	{.name = "margin",
		.type = OPTION_INT,
		.offset = offsetof(struct kms, margin),
		.standard = "0",
		.least = 0,
		.most = 200,
		.help = N_("black pixels all round, for a television that cuts the edges off")},
	{.name = "assume-monitor",
		.type = OPTION_BOOL,
		.offset = offsetof(struct kms, assume_monitor),
		.standard = "false",
		.help = N_("a monitor is there, though it does not tell; with `connector` and `mode`")},
	{.name = "cec",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, cec_path),
		.standard = "auto",
		.help = N_("how the television is switched on and off with `on-hours`: /dev/cec0; auto: the "
			   "device "
			   "of the connector, if there is one; none")},
	{.name = "console",
		.type = OPTION_TEXT,
		.offset = offsetof(struct kms, console_path),
		.help = N_("the text console to take, such as /dev/tty1; none given: none")},
	{.name = "atomic",
		.type = OPTION_BOOL,
		.offset = offsetof(struct kms, atomic),
		.standard = "true",
		.help = N_("false: the older calls, for a card whose driver is at odds with the newer ones")},
	{.name = NULL},
};

const struct sink_driver sink_driver_kms = {
	.name = "kms",
	.summary = N_("a screen on this machine's own socket (HDMI, DisplayPort, DVI), without a desktop"),
	.caps = SINK_PARTIAL | SINK_HOLDS | SINK_ACK | SINK_FRAME | SINK_SLEEPS,
	.options = options,
	.priv_size = sizeof(struct kms),
	.dynamic_rate = true,
	.check = kms_check,
	.open = kms_open,
	.submit = kms_submit,
	.event = kms_event,
	.timeout = kms_timeout,
	.power = kms_power,
	.hint = kms_hint,
	.close = kms_close,
};
