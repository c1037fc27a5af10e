/* Load of 10,000 messages, parsed and checked, against libyaml's events only, counted. */
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"
#include "bench.h"
#include "playlist/catalogue.h"

#define FILES	 10
#define MESSAGES 1000
#define ROUNDS	 5

static char *make_file(int number)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	fprintf(f, "bangtin: 1\nunit: province\nmessages:\n");
	for (int i = 0; i < MESSAGES; i++)
		fprintf(f,
			"  m-%d-%d:\n    text: Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh, "
			"lần %d\n"
			"    short: [Nộp hồ sơ trực tuyến]\n",
			number, i, i);
	fprintf(f, "playlists:\n  p-%d:\n", number);
	for (int i = 0; i < MESSAGES; i++)
		fprintf(f, "    - {show: m-%d-%d, for: 10s}\n", number, i);
	fprintf(f, "schedule:\n  - {play: p-%d, on: [led]}\n", number);
	fclose(f);
	return text;
}

static void count_events(const char *text)
{
	yaml_parser_t parser;
	yaml_event_t event;
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	for (yaml_event_type_t type = YAML_NO_EVENT; type != YAML_STREAM_END_EVENT;) {
		if (!yaml_parser_parse(&parser, &event))
			abort();
		type = event.type;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

static void load(const struct site *site, const struct source_file *files)
{
	struct diag_list diags;
	diag_init(&diags);
	struct catalogue *catalogue = catalogue_build(site, files, FILES, &diags);
	if (!catalogue) {
		diag_print(&diags, stderr);
		exit(1);
	}
	catalogue_unref(catalogue);
	diag_finish(&diags);
}

static struct site *make_site(void)
{
	char path[] = "/tmp/bench-load-XXXXXX.conf";
	int fd = mkstemps(path, 5);
	FILE *f = fdopen(fd, "w");
	fputs("site = { name = \"b\"; timezone = \"UTC\"; state-directory = \"/tmp\"; units = ( { name = "
	      "\"province\"; } ); };\n"
	      "displays = ( { name = \"d\"; tags = [ \"led\" ]; size = \"64x16\"; driver = { name = "
	      "\"null\"; }; } );\n",
		f);
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

int main(void)
{
	struct source_file files[FILES];
	for (int i = 0; i < FILES; i++) {
		char *text = make_file(i);
		files[i] = (struct source_file){.unit = "province",
			.name = xasprintf("province/%d.yaml", i),
			.data = text,
			.size = strlen(text)};
	}
	struct site *site = make_site();
	double ratios[ROUNDS], seconds[ROUNDS];
	for (int round = 0; round < ROUNDS; round++) {
		double start = bench_now();
		for (int i = 0; i < FILES; i++)
			count_events(files[i].data);
		double bare = bench_now() - start;
		start = bench_now();
		load(site, files);
		seconds[round] = bench_now() - start;
		ratios[round] = seconds[round] / bare;
	}
	bench_row("load of 10,000 messages: parse and check", bench_median(ratios, ROUNDS), "x",
		"bare libyaml events", "<= 2");
	bench_row("  the same", bench_median(seconds, ROUNDS), "s", "", "-");
	site_destroy(site);
	return 0;
}
