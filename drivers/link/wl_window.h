/* A full-screen window on one output of a Wayland compositor, and the two shared-memory images that it shows.
 *
 * Source: wayland.xml (wl_shm, wl_surface version 4, wl_output version 4) and xdg-shell. Loop thread; nothing blocks: the
 * window is there when opened() is called. Every handler is called from within wl_window_dispatch. libwayland allocates
 * a few bytes a request; nothing here does beyond that once the window is there.
 */
#ifndef DRIVERS_LINK_WL_WINDOW_H
#define DRIVERS_LINK_WL_WINDOW_H

#include "frame/frame.h"

struct wl_window;

struct wl_window_handler {
	void (*opened)(void *data);   /* size known, images there */
	void (*drawn)(void *data);    /* the last commit is on the screen; the next is welcome */
	void (*released)(void *data); /* an image is free again */
	void (*lost)(void *data, int error, const char *why);
};

struct wl_image {
	uint32_t *pixels; /* XRGB8888; keeps what was painted last */
	int stride;	  /* pixels */
};

/* socket: a name in $XDG_RUNTIME_DIR or a path; NULL: $WAYLAND_DISPLAY. output: as the compositor names it, such as
 * HDMI-A-1; NULL: its first. -errno: no compositor answers there. */
int wl_window_create(const char *socket, const char *output, const struct wl_window_handler *handler,
	void *data, struct wl_window **ret_window);
void wl_window_destroy(struct wl_window *window); /* NULL is fine */
int wl_window_fd(const struct wl_window *window); /* borrowed */
/* Reads what came and handles it. -errno: the compositor is gone. */
int wl_window_dispatch(struct wl_window *window);
/* Sends what was requested: 0, 1: not all yet, call again when the descriptor is writable; -errno. */
int wl_window_flush(struct wl_window *window);
void wl_window_size(const struct wl_window *window, int *ret_width, int *ret_height); /* device pixels */
/* Which of the images 0 and 1 may be painted; -EAGAIN: neither, until released(). */
int wl_window_back(const struct wl_window *window, struct wl_image *ret_image);
/* Shows that image; areas are what differs from what is shown now. drawn() follows, when the compositor likes. */
void wl_window_commit(struct wl_window *window, int image, const struct rect *areas, int count);
/* Where the socket is or would be, for people and for watching. */
void wl_window_socket_path(const char *socket, char *path, size_t size);

#endif
