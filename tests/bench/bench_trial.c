/* Trial rendering of 1,000 messages on one display, all that `load` and `check` try, against a loop in one thread that
 * only sets each text once in its font with pango and paints it. */
#include <pango/pangocairo.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench.h"
#include "show/show.h"

#define MESSAGES 1000
#define WIDTH	 256
#define HEIGHT	 128
#define ROUNDS	 3

static char *text_of(int i)
{
	return xasprintf("Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh, lần %d", i);
}

static struct site *make_site(void)
{
	char path[] = "/tmp/bench-trial-XXXXXX.conf";
	FILE *f = fdopen(mkstemps(path, 5), "w");
	fprintf(f,
		"site = { name = \"b\"; timezone = \"UTC\"; state-directory = \"/tmp\"; units = ( { name = "
		"\"province\"; } ); };\n"
		"displays = ( { name = \"d\"; tags = [ \"led\" ]; size = \"%dx%d\"; driver = { name = "
		"\"null\"; }; } );\n",
		WIDTH, HEIGHT);
	fclose(f);
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = site_read(path, &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	remove(path);
	if (!site)
		exit(1);
	return site;
}

static struct catalogue *make_catalogue(const struct site *site)
{
	struct source_file file = {.unit = "province", .name = "province/t.yaml"};
	char *data;
	FILE *f = open_memstream(&data, &file.size);
	fprintf(f, "bangtin: 1\nunit: province\nmessages:\n");
	for (int i = 0; i < MESSAGES; i++) {
		char *text = text_of(i);
		fprintf(f, "  m-%d: {text: \"%s\"}\n", i, text);
		free(text);
	}
	fprintf(f, "playlists:\n  p:\n");
	for (int i = 0; i < MESSAGES; i++)
		fprintf(f, "    - {show: m-%d}\n", i);
	fprintf(f, "schedule:\n  - {play: p, on: [led]}\n");
	fclose(f);
	file.data = data;
	struct diag_list diags;
	diag_init(&diags);
	struct catalogue *catalogue = catalogue_build(site, &file, 1, &diags);
	if (!catalogue) {
		diag_print(&diags, stderr);
		exit(1);
	}
	diag_finish(&diags);
	free(data);
	return catalogue;
}

static double trial(const struct site *site, struct catalogue *catalogue)
{
	struct fonts *fonts;
	double start = bench_now();
	if (fonts_create(NULL, &fonts) < 0)
		exit(1);
	struct scene_store *store = scene_store_create(fonts);
	struct show *show = show_create(site, &site->displays[0], catalogue, NULL, 0, fonts, store);
	struct diag_list diags;
	diag_init(&diags);
	show_check(show, 1772413200 * NS_PER_SEC, &diags);
	double spent = bench_now() - start;
	diag_finish(&diags);
	show_destroy(show);
	scene_store_destroy(store);
	fonts_destroy(fonts);
	return spent;
}

static double bare(void)
{
	double start = bench_now();
	PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	PangoContext *context = pango_font_map_create_context(map);
	PangoFontDescription *font = pango_font_description_from_string("Noto Sans Bold");
	pango_font_description_set_absolute_size(font, 24 * PANGO_SCALE);
	for (int i = 0; i < MESSAGES; i++) {
		char *text = text_of(i);
		cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
		cairo_t *cr = cairo_create(surface);
		PangoLayout *layout = pango_layout_new(context);
		pango_layout_set_font_description(layout, font);
		pango_layout_set_width(layout, WIDTH * PANGO_SCALE);
		pango_layout_set_text(layout, text, -1);
		pango_cairo_show_layout(cr, layout);
		g_object_unref(layout);
		cairo_destroy(cr);
		cairo_surface_destroy(surface);
		free(text);
	}
	pango_font_description_free(font);
	g_object_unref(context);
	g_object_unref(map);
	return bench_now() - start;
}

int main(void)
{
	struct site *site = make_site();
	struct catalogue *catalogue = make_catalogue(site);
	double ratios[ROUNDS], ours[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		double loop = bare();
		ours[i] = trial(site, catalogue);
		ratios[i] = ours[i] / loop;
	}
	bench_row("trial of 1,000 messages, 256x128", bench_median(ratios, ROUNDS), "x",
		"a bare pango loop of one layout each", "<= 0.7");
	bench_row("  one rendering", bench_median(ours, ROUNDS) * 1000 / MESSAGES, "ms", "", "-");
	catalogue_unref(catalogue);
	site_destroy(site);
	return 0;
}
