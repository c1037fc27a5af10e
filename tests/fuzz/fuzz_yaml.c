/* libFuzzer: any bytes as a playlist file, through the reader, the checks and the building of a catalogue. */
#include <stdint.h>
#include <stdlib.h>

#include "playlist/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	return 0;
}
