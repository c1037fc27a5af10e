#include "drivers/link/drm_timing.h"

#include <errno.h>
#include <libxcvt/libxcvt.h>
#include <stdio.h>
#include <stdlib.h>

enum { HV = DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_PVSYNC };

/* CTA-861, video identification codes 4, 19, 16, 31, 95. */
static const drmModeModeInfo television[] = {
	{.clock = 74250,
		.hdisplay = 1280,
		.hsync_start = 1390,
		.hsync_end = 1430,
		.htotal = 1650,
		.vdisplay = 720,
		.vsync_start = 725,
		.vsync_end = 730,
		.vtotal = 750,
		.vrefresh = 60,
		.flags = HV},
	{.clock = 74250,
		.hdisplay = 1280,
		.hsync_start = 1720,
		.hsync_end = 1760,
		.htotal = 1980,
		.vdisplay = 720,
		.vsync_start = 725,
		.vsync_end = 730,
		.vtotal = 750,
		.vrefresh = 50,
		.flags = HV},
	{.clock = 148500,
		.hdisplay = 1920,
		.hsync_start = 2008,
		.hsync_end = 2052,
		.htotal = 2200,
		.vdisplay = 1080,
		.vsync_start = 1084,
		.vsync_end = 1089,
		.vtotal = 1125,
		.vrefresh = 60,
		.flags = HV},
	{.clock = 148500,
		.hdisplay = 1920,
		.hsync_start = 2448,
		.hsync_end = 2492,
		.htotal = 2640,
		.vdisplay = 1080,
		.vsync_start = 1084,
		.vsync_end = 1089,
		.vtotal = 1125,
		.vrefresh = 50,
		.flags = HV},
	{.clock = 297000,
		.hdisplay = 3840,
		.hsync_start = 4016,
		.hsync_end = 4104,
		.htotal = 4400,
		.vdisplay = 2160,
		.vsync_start = 2168,
		.vsync_end = 2178,
		.vtotal = 2250,
		.vrefresh = 30,
		.flags = HV},
};

static int make_cvt(int width, int height, int refresh, drmModeModeInfo *ret_mode)
{
	/* reduced blanking is defined for 60 Hz */
	struct libxcvt_mode_info *cvt =
		libxcvt_gen_mode_info(width, height, (float)refresh, refresh == 60, false);
	if (!cvt)
		return -EINVAL;
	*ret_mode = (drmModeModeInfo){.clock = (uint32_t)cvt->dot_clock,
		.hdisplay = (uint16_t)width, /* CVT itself counts in cells of 8 pixels */
		.hsync_start = cvt->hsync_start,
		.hsync_end = cvt->hsync_end,
		.htotal = cvt->htotal,
		.vdisplay = (uint16_t)cvt->vdisplay,
		.vsync_start = cvt->vsync_start,
		.vsync_end = cvt->vsync_end,
		.vtotal = cvt->vtotal,
		.vrefresh = (uint32_t)refresh,
		/* its four lowest flags, the polarities, are the kernel's */
		.flags = cvt->mode_flags & (HV | DRM_MODE_FLAG_NHSYNC | DRM_MODE_FLAG_NVSYNC)};
	free(cvt);
	return 0;
}

int drm_timing_make(int width, int height, int refresh, drmModeModeInfo *ret_mode)
{
	drmModeModeInfo mode;
	size_t known = 0, count = sizeof television / sizeof *television;
	while (known < count &&
		(television[known].hdisplay != width || television[known].vdisplay != height ||
			(int)television[known].vrefresh != refresh))
		known++;
	if (known < count) {
		mode = television[known];
	} else {
		int error = make_cvt(width, height, refresh, &mode);
		if (error < 0)
			return error;
	}
	mode.type = DRM_MODE_TYPE_USERDEF;
	snprintf(mode.name, sizeof mode.name, "%dx%d", width, height);
	*ret_mode = mode;
	return 0;
}
