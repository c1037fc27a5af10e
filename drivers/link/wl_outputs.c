#include "drivers/link/wl_outputs.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include <xdg-output-client-protocol.h>

struct output {
	struct output *next;
	struct wl_output *output;
	struct zxdg_output_v1 *xdg; /* NULL: not asked */
	uint32_t global;
	char name[64];
	bool named; /* by the compositor's own name */
	int scale;
};

struct wl_outputs {
	struct output *first;
};

static void on_geometry(void *data, struct wl_output *wl_output, int32_t x, int32_t y, int32_t width_mm,
	int32_t height_mm, int32_t subpixel, const char *make, const char *model, int32_t transform)
{
	struct output *output = data;
	(void)wl_output, (void)x, (void)y, (void)width_mm, (void)height_mm, (void)subpixel, (void)transform;
	if (!output->named)
		snprintf(output->name, sizeof output->name, "%s %s", make, model);
}

static void on_mode(void *data, struct wl_output *wl_output, uint32_t flags, int32_t width, int32_t height,
	int32_t refresh)
{
	(void)data, (void)wl_output, (void)flags, (void)width, (void)height, (void)refresh;
}

static void on_done(void *data, struct wl_output *wl_output)
{
	(void)data, (void)wl_output;
}

static void on_scale(void *data, struct wl_output *wl_output, int32_t scale)
{
	struct output *output = data;
	(void)wl_output;
	output->scale = scale > 0 ? scale : 1;
}

static void on_name(void *data, struct wl_output *wl_output, const char *name)
{
	struct output *output = data;
	(void)wl_output;
	snprintf(output->name, sizeof output->name, "%s", name);
	output->named = true;
}

static void on_description(void *data, struct wl_output *wl_output, const char *description)
{
	(void)data, (void)wl_output, (void)description;
}

static const struct wl_output_listener listener = {.geometry = on_geometry,
	.mode = on_mode,
	.done = on_done,
	.scale = on_scale,
	.name = on_name,
	.description = on_description};

static void on_logical(void *data, struct zxdg_output_v1 *xdg, int32_t a, int32_t b)
{
	(void)data, (void)xdg, (void)a, (void)b;
}

static void on_xdg_done(void *data, struct zxdg_output_v1 *xdg)
{
	(void)data, (void)xdg;
}

static void on_xdg_name(void *data, struct zxdg_output_v1 *xdg, const char *name)
{
	struct output *output = data;
	(void)xdg;
	on_name(output, output->output, name);
}

static void on_xdg_description(void *data, struct zxdg_output_v1 *xdg, const char *description)
{
	(void)data, (void)xdg, (void)description;
}

static const struct zxdg_output_v1_listener xdg_listener = {.logical_position = on_logical,
	.logical_size = on_logical,
	.done = on_xdg_done,
	.name = on_xdg_name,
	.description = on_xdg_description};

void wl_outputs_ask_names(struct wl_outputs *outputs, struct zxdg_output_manager_v1 *manager)
{
	for (struct output *output = manager ? outputs->first : NULL; output; output = output->next) {
		output->xdg = zxdg_output_manager_v1_get_xdg_output(manager, output->output);
		zxdg_output_v1_add_listener(output->xdg, &xdg_listener, output);
	}
}

struct wl_outputs *wl_outputs_create(void)
{
	return xcalloc(1, sizeof(struct wl_outputs));
}

static void destroy(struct output *output)
{
	if (output->xdg)
		zxdg_output_v1_destroy(output->xdg);
	wl_output_destroy(output->output);
	free(output);
}

void wl_outputs_destroy(struct wl_outputs *outputs)
{
	if (!outputs)
		return;
	while (outputs->first) {
		struct output *next = outputs->first->next;
		destroy(outputs->first);
		outputs->first = next;
	}
	free(outputs);
}

void wl_outputs_add(
	struct wl_outputs *outputs, struct wl_registry *registry, uint32_t global, uint32_t version)
{
	struct output *output = xcalloc(1, sizeof *output), **last = &outputs->first;
	output->global = global;
	output->scale = 1;
	output->output = wl_registry_bind(registry, global, &wl_output_interface,
		version < WL_OUTPUT_NAME_SINCE_VERSION ? version : WL_OUTPUT_NAME_SINCE_VERSION);
	wl_output_add_listener(output->output, &listener, output);
	while (*last)
		last = &(*last)->next;
	*last = output;
}

bool wl_outputs_remove(struct wl_outputs *outputs, uint32_t global, const struct wl_output *chosen)
{
	for (struct output **p = &outputs->first; *p; p = &(*p)->next) {
		struct output *output = *p;
		if (output->global != global)
			continue;
		bool was_chosen = output->output == chosen;
		*p = output->next;
		destroy(output);
		return was_chosen;
	}
	return false;
}

struct wl_output *wl_outputs_find(
	const struct wl_outputs *outputs, const char *name, int *ret_scale, char *names, size_t size)
{
	size_t used = 0;
	names[0] = '\0';
	for (const struct output *output = outputs->first; output; output = output->next) {
		if (!name || strcmp(output->name, name) == 0) {
			*ret_scale = output->scale;
			return output->output;
		}
		int more = snprintf(names + used, size - used, "%s%s", used ? ", " : "", output->name);
		used += more > 0 && used + (size_t)more < size ? (size_t)more : 0;
	}
	return NULL;
}
