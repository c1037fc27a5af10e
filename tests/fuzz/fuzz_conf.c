/* libFuzzer: any bytes as a site configuration. */
#include <stdint.h>
#include <stdlib.h>

#include "site/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = site_parse("bangtind.conf", (const char *)data, size, "/etc", &diags);
	if (!site != (diags.errors > 0))
		abort();
	for (size_t i = 0; site && i < site->display_count; i++) {
		const struct display *display = &site->displays[i];
		if (!display->name || !display->driver || display->width < 1 || display->height < 1)
			abort();
		display_brightness(site, display, 0, 0);
	}
	diag_sort(&diags);
	free(diag_text(&diags));
	site_destroy(site);
	diag_finish(&diags);
	return 0;
}
