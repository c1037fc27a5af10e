/* `map`: the maps that come with bangtin; one of them, or a display's wiring, as a grid of numbers or a picture. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/words.h"
#include "map_picture.h"
#include "output/sink.h"
#include "site/scan_file.h"
#include "site/site.h"
#include "testpattern.h"

static int finish(struct diag_list *diags, int status)
{
	diag_print(diags, stderr);
	diag_finish(diags);
	return status;
}

/* --- those that there are */

static int list_maps(const struct arguments *arguments)
{
	struct arena arena;
	struct diag_list diags;
	const char *const *names;
	json_t *array = json_array();

	arena_init(&arena);
	diag_init(&diags);
	size_t count = scan_file_names(&arena, &names);
	for (size_t i = 0; i < count; i++) {
		const struct scan_file *file = scan_file_read(
			names[i], ".", (struct location){scan_file_directory(), 0, 0}, &arena, &diags);
		if (file && arguments->json)
			json_array_append_new(
				array, json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i}", "name", names[i],
					       "title", file->title, "width", file->map.width, "height",
					       file->map.height, "wire_width", file->map.wire_width,
					       "wire_height", file->map.wire_height, "scan", file->scan));
		else if (file)
			printf("%-28s %s\n", names[i], file->title);
	}
	if (arguments->json) {
		json_dumpf(array, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(array);
	arena_finish(&arena);
	if (count == 0)
		fail(0, "there are no maps in %s; BANGTIN_MAPS names their directory", scan_file_directory());
	return finish(&diags, diags.errors > 0 ? EXIT_INPUT : EXIT_DONE);
}

/* --- one of them */

static int digits_of(uint32_t most)
{
	int digits = 1;

	for (; most >= 10; most /= 10)
		digits++;
	return digits;
}

static void print_grid(const struct wiring *wiring)
{
	int digits = digits_of((uint32_t)wiring->width * (uint32_t)wiring->height - 1);

	for (int y = 0; y < wiring->height; y++)
		for (int x = 0; x < wiring->width; x++)
			printf("%*u%c", digits, wiring->place[y * wiring->width + x],
				x + 1 < wiring->width ? ' ' : '\n');
}

static void print_json(const struct wiring *wiring)
{
	size_t count = (size_t)wiring->width * (size_t)wiring->height;
	json_t *places = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(places, json_integer(wiring->place[i]));
	json_t *json = json_pack("{s:i, s:i, s:i, s:i, s:o}", "width", wiring->width, "height",
		wiring->height, "wire_width", wiring->wire_width, "wire_height", wiring->wire_height,
		"places", places);
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
}

/* -o OUT.png; with drivers the same letter gives options. */
static const char *output_of(const struct arguments *arguments)
{
	return arguments->setting_count > 0 ? arguments->settings[arguments->setting_count - 1] : NULL;
}

static int show_wiring(const struct arguments *arguments, const char *what, const struct wiring *wiring)
{
	const char *out = output_of(arguments);

	if (out) {
		struct frame *picture = map_picture(wiring);
		if (!picture)
			return fail(EXIT_INPUT, "%s is too large to be drawn", what);
		int error = frame_write_png(picture, out);
		frame_unref(picture);
		if (error < 0)
			return fail(EXIT_INPUT, "%s: %s", out, words_error(error));
		return EXIT_DONE;
	}
	if (arguments->json) {
		print_json(wiring);
		return EXIT_DONE;
	}
	printf(_("%s: %dx%d; on the wire %dx%d, whose places count row by row from 0:\n"), what,
		wiring->width, wiring->height, wiring->wire_width, wiring->wire_height);
	print_grid(wiring);
	return EXIT_DONE;
}

static int show_file(const struct arguments *arguments)
{
	struct arena arena;
	struct diag_list diags;
	int status = EXIT_INPUT;

	arena_init(&arena);
	diag_init(&diags);
	const struct scan_file *file = scan_file_read(
		arguments->map, ".", (struct location){_("command line"), 0, 0}, &arena, &diags);
	if (file)
		status = show_wiring(arguments, file->title[0] ? file->title : arguments->map,
			&(struct wiring){file->map.width, file->map.height, file->map.wire_width,
				file->map.wire_height, file->map.wire});
	arena_finish(&arena);
	return finish(&diags, status);
}

/* --- a display of a configuration */

static int show_panel(const struct arguments *arguments, const struct display *display)
{
	struct panel_spec spec = display->panel;
	struct panel *panel;
	const char *why;
	size_t count = (size_t)display->width * (size_t)display->height;

	spec.width = display->width;
	spec.height = display->height;
	if (panel_create(&spec, &panel, &why) != 0)
		return fail(EXIT_INPUT, "%s: %s", display->name, why);
	uint32_t *sources = xcalloc(count, sizeof *sources), *places = xcalloc(count, sizeof *places);
	panel_wire_sources(panel, sources);
	for (size_t i = 0; i < count; i++)
		places[sources[i]] = (uint32_t)i;
	struct wiring wiring = {display->width, display->height, 0, 0, places};
	panel_wire_shape(panel, &wiring.wire_width, &wiring.wire_height);
	int status = show_wiring(arguments, display->name, &wiring);
	free(sources);
	free(places);
	panel_destroy(panel);
	return status;
}

static int show_display(const struct arguments *arguments)
{
	struct diag_list diags;

	if (!arguments->configuration)
		return fail(
			EXIT_USAGE, "map --display wants -c FILE: the map is what the configuration says");
	diag_init(&diags);
	struct site *site = site_read(arguments->configuration, &diags);
	const struct display *display = site ? site_display(site, arguments->display) : NULL;
	int status = EXIT_INPUT;
	if (display)
		status = show_panel(arguments, display);
	else if (site)
		fail(0, "%s has no display `%s`", arguments->configuration, arguments->display);
	site_destroy(site);
	return finish(&diags, status);
}

int run_map(const struct arguments *arguments)
{
	if (arguments->map && arguments->display)
		return fail(EXIT_USAGE, "map wants one of --show MAP and --display NAME");
	if (arguments->map)
		return show_file(arguments);
	if (arguments->display)
		return show_display(arguments);
	if (output_of(arguments))
		return fail(EXIT_USAGE, "what is to be drawn? --show MAP, or -c FILE --display NAME");
	return list_maps(arguments);
}
