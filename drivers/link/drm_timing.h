/* Timings of a mode that no monitor offered: its EDID is missing, wrong, or behind a splitter that swallows it.
 * Televisions want those of CTA-861 to the clock; any other size gets VESA CVT with reduced blanking (libxcvt). */
#ifndef DRIVERS_LINK_DRM_TIMING_H
#define DRIVERS_LINK_DRM_TIMING_H

#include <xf86drmMode.h>

/* refresh in Hz. -EINVAL: no timing can be made of that. */
int drm_timing_make(int width, int height, int refresh, drmModeModeInfo *ret_mode);

#endif
