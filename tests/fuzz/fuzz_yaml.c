/* libFuzzer: any bytes as a playlist file, through the reader, the checks and the building of a catalogue; and formatted,
 * once and again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/format.h"
#include "playlist/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What can be read can be formatted, and is formatted then. */
static void check_format(const char *data, size_t size)
{
	struct diag_list diags, again;
	size_t made_size, twice_size;
	diag_init(&diags);
	diag_init(&again);
	struct tree *tree = conf_read_yaml("x", data, size, NULL, &diags);
	bool good = tree && diags.errors == 0;
	char *made = conf_format_yaml("x", data, size, &again, &made_size);
	if (good != (made != NULL))
		abort();
	char *twice = made ? conf_format_yaml("x", made, made_size, &again, &twice_size) : NULL;
	if (made && (!twice || twice_size != made_size || memcmp(made, twice, made_size) != 0))
		abort();
	free(made);
	free(twice);
	tree_destroy(tree);
	diag_finish(&diags);
	diag_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_file file = {
		.unit = "corpus", .name = "corpus/file.yaml", .data = (const char *)data, .size = size};
	struct diag_list diags;
	diag_init(&diags);
	struct catalogue *catalogue = catalogue_build(NULL, &file, 1, &diags);
	/* It is refused with a reason, or it is all there. */
	if (!catalogue != (diags.errors > 0))
		abort();
	for (size_t i = 0; catalogue && i < catalogue->entry_count; i++)
		if (!catalogue->entries[i]->playlist || catalogue->entries[i]->on_count == 0 ||
			catalogue->entries[i]->hours_count == 0)
			abort();
	diag_sort(&diags);
	free(diag_text(&diags));
	catalogue_unref(catalogue);
	diag_finish(&diags);
	/* Finding out an old encoding is slow, and is done above already. */
	if (utf8_valid_prefix((const char *)data, size) == size)
		check_format((const char *)data, size);
	return 0;
}
