/* Which kernel objects make a head: connector, mode, CRTC, primary plane, and the ids of their properties. */
#ifndef DRIVERS_LINK_DRM_OBJECTS_H
#define DRIVERS_LINK_DRM_OBJECTS_H

#include <xf86drmMode.h>

#include "drivers/link/drm_head.h"

enum drm_property {
	CONNECTOR_CRTC,
	CONNECTOR_DPMS,
	CONNECTOR_LINK,
	CRTC_ACTIVE,
	CRTC_MODE,
	PLANE_FB,
	PLANE_CRTC,
	PLANE_SRC_X,
	PLANE_SRC_Y,
	PLANE_SRC_W,
	PLANE_SRC_H,
	PLANE_X,
	PLANE_Y,
	PLANE_W,
	PLANE_H,
	PLANE_DAMAGE,
	DRM_PROPERTIES
};

struct drm_objects {
	char name[32]; /* the connector's */
	uint32_t connector, crtc, crtc_bit, plane;
	drmModeModeInfo mode;
	uint32_t properties[DRM_PROPERTIES]; /* 0: the object has none of that name */
};

/* Errors as drm_head_create. */
int drm_objects_find(struct drm_card *card, const char *connector, const struct drm_mode_wish *wish,
	struct drm_objects *ret_objects);
/* As drm_head_check, for a connector whose monitor was asked for `wish` and got objects->mode. */
int drm_objects_check(struct drm_card *card, const struct drm_objects *objects,
	const struct drm_mode_wish *wish, bool probe);
/* Whether everything that an atomic commit needs is there. */
bool drm_objects_are_atomic(const struct drm_card *card, const struct drm_objects *objects);

#endif
