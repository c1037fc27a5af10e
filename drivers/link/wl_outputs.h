/* The outputs of a Wayland compositor: their names and scales. Private to wl_window and its files. */
#ifndef DRIVERS_LINK_WL_OUTPUTS_H
#define DRIVERS_LINK_WL_OUTPUTS_H

#include <stdbool.h>
#include <wayland-client.h>

struct wl_outputs;

struct wl_outputs *wl_outputs_create(void);
void wl_outputs_destroy(struct wl_outputs *outputs);
/* The registry's: an output came or went. */
void wl_outputs_add(
	struct wl_outputs *outputs, struct wl_registry *registry, uint32_t global, uint32_t version);
/* True: it was `chosen`. */
bool wl_outputs_remove(struct wl_outputs *outputs, uint32_t global, const struct wl_output *chosen);
/* Compositors before wl_output 4 tell the names through this manager; NULL is fine. */
struct zxdg_output_manager_v1;
void wl_outputs_ask_names(struct wl_outputs *outputs, struct zxdg_output_manager_v1 *manager);
/* NULL name: the first. Where the compositor tells no names it is "make model". NULL: none; names gets those that there
 * are, for people. */
struct wl_output *wl_outputs_find(
	const struct wl_outputs *outputs, const char *name, int *ret_scale, char *names, size_t size);

#endif
