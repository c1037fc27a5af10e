#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "cli.h"
#include "engine/trial.h"
#include "lint.h"
#include "output/output.h"

static bool is_configuration(const char *path)
{
	size_t length = strlen(path);
	return length > 5 && strcmp(path + length - 5, ".conf") == 0;
}

static void check_configuration(const char *path, struct diag_list *diags)
{
	struct site *site = site_read(path, diags);
	for (size_t i = 0; site && i < site->display_count; i++)
		output_check(&site->displays[i], diags);
	site_destroy(site);
}

/* All the playlist files of one run belong together: a unit's file may name what the province's says. */
static int gather(const char *path, struct source_file **files, size_t *count, struct diag_list *diags)
{
	struct source_file *more;
	size_t n;
	int error = sources_read(path, &more, &n, diags);
	if (error < 0)
		return diags->errors ? EXIT_INPUT : cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	*files = xrealloc(*files, *count + n + 1, sizeof **files);
	memcpy(*files + *count, more, n * sizeof *more);
	*count += n;
	free(more);
	return EXIT_DONE;
}

static bool is_complete(const struct site *site, const struct source_file *files, size_t count)
{
	for (size_t i = 0; i < site->unit_count; i++) {
		bool found = false;
		for (size_t k = 0; k < count && !found; k++)
			found = strcmp(files[k].unit, site->units[i].name) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* Takes the catalogue; NULL: it has errors, which come first. */
static void lint(const struct site *site, struct catalogue *catalogue, const struct source_file *files,
	size_t count, struct fonts *fonts, int64_t now, struct diag_list *diags)
{
	if (!catalogue)
		return;
	lint_texts(site, catalogue, diags);
	if (site)
		lint_year(site, catalogue, fonts, now, is_complete(site, files, count), diags);
	catalogue_unref(catalogue);
}

static int check_playlists(
	const struct common *common, struct source_file *files, size_t count, struct diag_list *diags)
{
	struct site *site = NULL;
	struct fonts *fonts = NULL;
	struct clock clock;
	int code = EXIT_DONE;
	clock_init(&clock, 0);
	int64_t now = clock_now(&clock).time;
	if (common->configuration) {
		site = site_read(common->configuration, diags);
		if (!site)
			return EXIT_INPUT;
		for (size_t i = 0; i < site->display_count; i++)
			output_check(&site->displays[i], diags);
		if (fonts_create(site->fonts_directory, &fonts) < 0)
			code = cli_fail(
				EXIT_REACH, "the fonts cannot be read; BANGTIN_FONTS names their directory");
	}
	if (code == EXIT_DONE)
		lint(site, trial_build(site, files, count, fonts, now, diags), files, count, fonts, now,
			diags);
	fonts_destroy(fonts);
	site_destroy(site);
	return code;
}

static int report(const struct diag_list *diags, size_t count, bool json)
{
	if (json) {
		diag_print_json(diags, stdout);
	} else {
		diag_print(diags, stderr);
		if (diags->errors == 0)
			printf(words_n("%zu file: no errors\n", "%zu files: no errors\n", count), count);
		else
			printf(words_n("%zu error\n", "%zu errors\n", diags->errors), diags->errors);
	}
	return diags->errors ? EXIT_INPUT : EXIT_DONE;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *format = "text";
	const struct flag flags[] = {{"format", 0, FLAG_VALUE, &format}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	bool json = common.json || strcmp(format, "json") == 0;
	if (!json && strcmp(format, "text") != 0)
		return cli_usage(command, "--format wants text or json");
	if (operands == 0 && !common.configuration)
		return cli_usage(command, "what should be checked? give files or directories");
	struct diag_list diags;
	diag_init(&diags);
	struct source_file *files = NULL;
	size_t count = 0, checked = 0;
	for (int i = 0; i < operands && code == EXIT_DONE; i++) {
		if (is_configuration(argv[i]))
			check_configuration(argv[i], &diags), checked++;
		else
			code = gather(argv[i], &files, &count, &diags);
	}
	if (code == EXIT_DONE && operands == 0)
		check_configuration(common.configuration, &diags), checked++;
	if (code == EXIT_DONE && count > 0)
		code = check_playlists(&common, files, count, &diags);
	diag_sort(&diags);
	int found = code == EXIT_REACH ? code : report(&diags, count + checked, json);
	sources_free(files, count);
	diag_finish(&diags);
	return code != EXIT_DONE ? code : found;
}

const struct command command_check = {
	.name = "check",
	.arguments = "[-c FILE] PATH...",
	.summary = N_("Says what is wrong with playlists or a configuration, with the place"),
	.help = N_(
		"PATH is a playlist file, a unit's directory, a directory of units, or a bangtind.conf. With "
		"-c the\n"
		"playlists are also held against the site's displays and rendered once on each.\n\n"
		"      --format text|json\n"),
	.run = run,
};
