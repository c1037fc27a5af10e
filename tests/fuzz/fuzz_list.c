/* libFuzzer: any bytes as a list that an office keeps, a table or a calendar. What is taken without an error is a playlist
 * that the loader takes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "playlist/catalogue.h"
#include "tools/bangtin/lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_playlist(const char *text)
{
	struct source_file file = {.unit = "x", .name = "x/x.yaml", .data = text, .size = strlen(text)};
	struct diag_list diags;
	diag_init(&diags);
	catalogue_unref(catalogue_build(NULL, &file, 1, &diags));
	if (diags.errors > 0)
		abort();
	diag_finish(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct zone *zone;
	struct diag_list diags;
	struct list list = {.file = "x", .diags = &diags};
	if (!zone && zone_create("Asia/Ho_Chi_Minh", &zone) < 0)
		abort();
	diag_init(&diags);
	arena_init(&list.arena);
	list.zone = zone;
	char *text = list_decode(&list, (const char *)data, size, "utf-8");
	if (text && strncmp(text, "BEGIN:VCALENDAR", 15) == 0)
		list_read_ics(&list, text);
	else if (text)
		list_read_csv(&list, text, '\0');
	if (text && list.count > 0) {
		char *made = list_write(&list, &(struct list_writing){"x", "all", "x"});
		if (diags.errors == 0)
			check_playlist(made);
		free(made);
	}
	free(text);
	free(list.items);
	arena_finish(&list.arena);
	diag_finish(&diags);
	return 0;
}
