#include "drivers/link/wl_window.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/wl_outputs.h"
#include <xdg-output-client-protocol.h>
#include <xdg-shell-client-protocol.h>

#define IMAGES 2
#define NAME   "bangtin"

struct image {
	struct wl_window *window;
	struct wl_buffer *buffer;
	uint32_t *pixels;
	bool busy; /* the compositor may be reading it */
};

struct wl_window {
	const struct wl_window_handler *handler;
	void *data;
	char *output_name;

	struct wl_display *display;
	struct wl_registry *registry;
	struct wl_compositor *compositor;
	struct wl_shm *shm;
	struct xdg_wm_base *shell;
	struct wl_seat *seat;
	struct wl_pointer *pointer;
	struct wl_outputs *outputs;
	struct zxdg_output_manager_v1 *names;
	struct wl_callback *settled; /* what is pending has come when this is done */
	bool listed;		     /* what the compositor offers is known */

	struct wl_output *output;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct wl_callback *frame;
	int scale;
	int wanted_width, wanted_height; /* by the compositor's last word; its own pixels */
	int width, height;		 /* of the images; 0: not opened yet */

	struct image images[IMAGES];
	void *memory;
	size_t memory_size;
};

static void lose(struct wl_window *window, int error, const char *why)
{
	window->handler->lost(window->data, error, why);
}

/* --- images: one memory file, both images in it */

static void on_release(void *data, struct wl_buffer *buffer)
{
	struct image *image = data;
	(void)buffer;
	image->busy = false;
	image->window->handler->released(image->window->data);
}

static const struct wl_buffer_listener buffer_listener = {.release = on_release};

static int make_images(struct wl_window *window, int width, int height)
{
	size_t size = (size_t)width * (size_t)height * sizeof(uint32_t);
	int fd = memfd_create(NAME, MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	void *memory = MAP_FAILED;
	if (ftruncate(fd, (off_t)(size * IMAGES)) == 0)
		memory = mmap(NULL, size * IMAGES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		int error = -errno;
		close(fd);
		return error;
	}
	struct wl_shm_pool *pool = wl_shm_create_pool(window->shm, fd, (int32_t)(size * IMAGES));
	for (int i = 0; i < IMAGES; i++) {
		struct image *image = &window->images[i];
		image->window = window;
		image->pixels = (uint32_t *)memory + (size_t)i * size / sizeof(uint32_t);
		image->buffer = wl_shm_pool_create_buffer(pool, (int32_t)((size_t)i * size), width, height,
			width * (int)sizeof(uint32_t), WL_SHM_FORMAT_XRGB8888);
		wl_buffer_add_listener(image->buffer, &buffer_listener, image);
	}
	wl_shm_pool_destroy(pool);
	close(fd);
	window->memory = memory;
	window->memory_size = size * IMAGES;
	window->width = width;
	window->height = height;
	return 0;
}

/* --- the window */

/* What the compositor had to say has been said: the first time the window opens, later it may have another size. */
static void on_size_settled(struct wl_window *window)
{
	int width = window->wanted_width * window->scale, height = window->wanted_height * window->scale;
	if (width <= 0 || height <= 0) {
		lose(window, -EIO, "the compositor gives the window no size");
		return;
	}
	if (window->width == width && window->height == height)
		return;
	if (window->width) {
		lose(window, -ESTALE, "the compositor has changed the window's size");
		return;
	}
	int error = make_images(window, width, height);
	if (error < 0)
		lose(window, error, NULL);
	else
		window->handler->opened(window->data);
}

static void settle(struct wl_window *window);

static void on_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct wl_window *window = data;
	xdg_surface_ack_configure(xdg_surface, serial);
	settle(window);
}

static const struct xdg_surface_listener xdg_surface_listener = {.configure = on_configure};

static void on_toplevel_configure(
	void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height, struct wl_array *states)
{
	struct wl_window *window = data;
	(void)toplevel, (void)states;
	window->wanted_width = width;
	window->wanted_height = height;
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	(void)toplevel;
	lose(data, -ECONNABORTED, "the compositor has closed the window");
}

static void on_bounds(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height)
{
	(void)data, (void)toplevel, (void)width, (void)height;
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_toplevel_configure, .close = on_close, .configure_bounds = on_bounds};

static void make_window(struct wl_window *window)
{
	char names[80], why[256];
	window->output =
		wl_outputs_find(window->outputs, window->output_name, &window->scale, names, sizeof names);
	if (!window->output) {
		snprintf(why, sizeof why, _("the compositor has no such output; it has %s"),
			*names ? names : "none");
		lose(window, -ENODEV, why);
		return;
	}
	window->surface = wl_compositor_create_surface(window->compositor);
	window->xdg_surface = xdg_wm_base_get_xdg_surface(window->shell, window->surface);
	xdg_surface_add_listener(window->xdg_surface, &xdg_surface_listener, window);
	window->toplevel = xdg_surface_get_toplevel(window->xdg_surface);
	xdg_toplevel_add_listener(window->toplevel, &toplevel_listener, window);
	xdg_toplevel_set_app_id(window->toplevel, NAME);
	xdg_toplevel_set_title(window->toplevel, NAME);
	xdg_toplevel_set_fullscreen(window->toplevel, window->output);
	wl_surface_set_buffer_scale(window->surface, window->scale); /* device pixels, none is scaled */
	wl_surface_commit(window->surface);
}

static void on_settled(void *data, struct wl_callback *callback, uint32_t serial)
{
	struct wl_window *window = data;
	(void)serial;
	wl_callback_destroy(callback);
	window->settled = NULL;
	if (!window->compositor || !window->shm || !window->shell)
		lose(window, -EOPNOTSUPP, "the compositor lacks wl_shm or xdg_wm_base");
	else if (
		!window->listed) { /* the outputs are bound now, and tell their names before the next answer */
		window->listed = true;
		wl_outputs_ask_names(window->outputs, window->names);
		settle(window);
	} else if (!window->surface)
		make_window(window);
	else
		on_size_settled(window);
}

static const struct wl_callback_listener settled_listener = {.done = on_settled};

/* on_settled when the compositor has answered to all that was requested until now. */
static void settle(struct wl_window *window)
{
	if (window->settled)
		wl_callback_destroy(window->settled);
	window->settled = wl_display_sync(window->display);
	wl_callback_add_listener(window->settled, &settled_listener, window);
}

/* --- what the compositor offers */

static void on_ping(void *data, struct xdg_wm_base *shell, uint32_t serial)
{
	(void)data;
	xdg_wm_base_pong(shell, serial);
}

static const struct xdg_wm_base_listener shell_listener = {.ping = on_ping};

/* No arrow in the middle of the picture. */
static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface,
	wl_fixed_t x, wl_fixed_t y)
{
	(void)data, (void)surface, (void)x, (void)y;
	wl_pointer_set_cursor(pointer, serial, NULL, 0, 0);
}

static void on_leave(void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	(void)data, (void)pointer, (void)serial, (void)surface;
}

static void on_motion(void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	(void)data, (void)pointer, (void)time, (void)x, (void)y;
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time, uint32_t button,
	uint32_t state)
{
	(void)data, (void)pointer, (void)serial, (void)time, (void)button, (void)state;
}

static void on_axis(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	(void)data, (void)pointer, (void)time, (void)axis, (void)value;
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter, .leave = on_leave, .motion = on_motion, .button = on_button, .axis = on_axis};

static void on_capabilities(void *data, struct wl_seat *seat, uint32_t capabilities)
{
	struct wl_window *window = data;
	if (window->pointer || !(capabilities & WL_SEAT_CAPABILITY_POINTER))
		return;
	window->pointer = wl_seat_get_pointer(seat);
	wl_pointer_add_listener(window->pointer, &pointer_listener, window);
}

static const struct wl_seat_listener seat_listener = {.capabilities = on_capabilities};

static bool offers(const char *interface, const struct wl_interface *wanted)
{
	return strcmp(interface, wanted->name) == 0;
}

static void on_global(
	void *data, struct wl_registry *registry, uint32_t name, const char *interface, uint32_t version)
{
	struct wl_window *window = data;
	if (offers(interface, &wl_compositor_interface) && version >= 4) {
		window->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	} else if (offers(interface, &wl_shm_interface)) {
		window->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	} else if (offers(interface, &xdg_wm_base_interface)) {
		window->shell = wl_registry_bind(registry, name, &xdg_wm_base_interface, 1);
		xdg_wm_base_add_listener(window->shell, &shell_listener, window);
	} else if (offers(interface, &wl_output_interface)) {
		wl_outputs_add(window->outputs, registry, name, version);
	} else if (offers(interface, &zxdg_output_manager_v1_interface) && version >= 2) {
		window->names = wl_registry_bind(registry, name, &zxdg_output_manager_v1_interface, 2);
	} else if (offers(interface, &wl_seat_interface) && !window->seat) {
		window->seat = wl_registry_bind(registry, name, &wl_seat_interface, 1);
		wl_seat_add_listener(window->seat, &seat_listener, window);
	}
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	struct wl_window *window = data;
	(void)registry;
	if (wl_outputs_remove(window->outputs, name, window->output)) {
		window->output = NULL;
		lose(window, -ENODEV, "the compositor's output is gone");
	}
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global, .global_remove = on_global_remove};

/* --- front door */

void wl_window_socket_path(const char *socket, char *path, size_t size)
{
	const char *directory = getenv("XDG_RUNTIME_DIR"), *from_environment = getenv("WAYLAND_DISPLAY");
	if (!socket)
		socket = from_environment && *from_environment ? from_environment : "wayland-0";
	if (*socket == '/')
		snprintf(path, size, "%s", socket);
	else
		snprintf(path, size, "%s/%s", directory ? directory : _("(XDG_RUNTIME_DIR is not set)"),
			socket);
}

int wl_window_create(const char *socket, const char *output, const struct wl_window_handler *handler,
	void *data, struct wl_window **ret_window)
{
	errno = 0;
	struct wl_display *display = wl_display_connect(socket);
	if (!display)
		return errno > 0 ? -errno : -ENOENT;
	struct wl_window *window = xcalloc(1, sizeof *window);
	window->display = display;
	window->handler = handler;
	window->data = data;
	window->output_name = output ? xstrdup(output) : NULL;
	window->outputs = wl_outputs_create();
	window->registry = wl_display_get_registry(display);
	wl_registry_add_listener(window->registry, &registry_listener, window);
	settle(window);
	*ret_window = window;
	return 0;
}

#define DROP(object, how)                                                                                    \
	do {                                                                                                 \
		if (object)                                                                                  \
			how(object);                                                                         \
	} while (0)

void wl_window_destroy(struct wl_window *window)
{
	if (!window)
		return;
	DROP(window->frame, wl_callback_destroy);
	DROP(window->settled, wl_callback_destroy);
	for (int i = 0; i < IMAGES; i++)
		DROP(window->images[i].buffer, wl_buffer_destroy);
	DROP(window->toplevel, xdg_toplevel_destroy);
	DROP(window->xdg_surface, xdg_surface_destroy);
	DROP(window->surface, wl_surface_destroy);
	wl_outputs_destroy(window->outputs);
	DROP(window->names, zxdg_output_manager_v1_destroy);
	DROP(window->pointer, wl_pointer_destroy);
	DROP(window->seat, wl_seat_destroy);
	DROP(window->shell, xdg_wm_base_destroy);
	DROP(window->shm, wl_shm_destroy);
	DROP(window->compositor, wl_compositor_destroy);
	wl_registry_destroy(window->registry);
	wl_display_flush(window->display);
	wl_display_disconnect(window->display);
	if (window->memory)
		munmap(window->memory, window->memory_size);
	free(window->output_name);
	free(window);
}

int wl_window_fd(const struct wl_window *window)
{
	return wl_display_get_fd(window->display);
}

int wl_window_dispatch(struct wl_window *window)
{
	while (wl_display_prepare_read(window->display) != 0)
		if (wl_display_dispatch_pending(window->display) < 0)
			return -errno;
	if (wl_display_read_events(window->display) < 0 || wl_display_dispatch_pending(window->display) < 0)
		return -errno;
	return 0;
}

int wl_window_flush(struct wl_window *window)
{
	if (wl_display_flush(window->display) >= 0)
		return 0;
	return errno == EAGAIN ? 1 : -errno;
}

void wl_window_size(const struct wl_window *window, int *ret_width, int *ret_height)
{
	*ret_width = window->width;
	*ret_height = window->height;
}

int wl_window_back(const struct wl_window *window, struct wl_image *ret_image)
{
	for (int i = 0; i < IMAGES; i++) {
		if (window->images[i].busy)
			continue;
		*ret_image = (struct wl_image){window->images[i].pixels, window->width};
		return i;
	}
	return -EAGAIN;
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct wl_window *window = data;
	(void)time;
	wl_callback_destroy(callback);
	window->frame = NULL;
	window->handler->drawn(window->data);
}

static const struct wl_callback_listener frame_listener = {.done = on_frame};

void wl_window_commit(struct wl_window *window, int image, const struct rect *areas, int count)
{
	wl_surface_attach(window->surface, window->images[image].buffer, 0, 0);
	for (int i = 0; i < count; i++)
		wl_surface_damage_buffer(
			window->surface, areas[i].x, areas[i].y, areas[i].width, areas[i].height);
	if (!window->frame) {
		window->frame = wl_surface_frame(window->surface);
		wl_callback_add_listener(window->frame, &frame_listener, window);
	}
	window->images[image].busy = true;
	wl_surface_commit(window->surface);
}
