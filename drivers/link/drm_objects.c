#include "drivers/link/drm_objects.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

#include "drivers/link/drm_timing.h"

static const struct {
	uint32_t object;
	const char *name;
} property_names[DRM_PROPERTIES] = {
	[CONNECTOR_CRTC] = {DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID"},
	[CONNECTOR_DPMS] = {DRM_MODE_OBJECT_CONNECTOR, "DPMS"},
	[CONNECTOR_LINK] = {DRM_MODE_OBJECT_CONNECTOR, "link-status"},
	[CRTC_ACTIVE] = {DRM_MODE_OBJECT_CRTC, "ACTIVE"},
	[CRTC_MODE] = {DRM_MODE_OBJECT_CRTC, "MODE_ID"},
	[PLANE_FB] = {DRM_MODE_OBJECT_PLANE, "FB_ID"},
	[PLANE_CRTC] = {DRM_MODE_OBJECT_PLANE, "CRTC_ID"},
	[PLANE_SRC_X] = {DRM_MODE_OBJECT_PLANE, "SRC_X"},
	[PLANE_SRC_Y] = {DRM_MODE_OBJECT_PLANE, "SRC_Y"},
	[PLANE_SRC_W] = {DRM_MODE_OBJECT_PLANE, "SRC_W"},
	[PLANE_SRC_H] = {DRM_MODE_OBJECT_PLANE, "SRC_H"},
	[PLANE_X] = {DRM_MODE_OBJECT_PLANE, "CRTC_X"},
	[PLANE_Y] = {DRM_MODE_OBJECT_PLANE, "CRTC_Y"},
	[PLANE_W] = {DRM_MODE_OBJECT_PLANE, "CRTC_W"},
	[PLANE_H] = {DRM_MODE_OBJECT_PLANE, "CRTC_H"},
	[PLANE_DAMAGE] = {DRM_MODE_OBJECT_PLANE, "FB_DAMAGE_CLIPS"},
};

static void connector_name(const drmModeConnector *connector, char *name, size_t size)
{
	const char *type = drmModeGetConnectorTypeName(connector->connector_type);
	snprintf(name, size, "%s-%u", type ? type : "Unknown", connector->connector_type_id);
}

/* What cannot tell (an old converter) is believed only when it is named. */
static bool is_usable(const drmModeConnector *connector, const struct drm_mode_wish *wish, bool named)
{
	if (wish->assume_monitor)
		return true;
	if (connector->count_modes == 0)
		return false;
	return connector->connection == DRM_MODE_CONNECTED ||
	       (named && connector->connection == DRM_MODE_UNKNOWNCONNECTION);
}

/* From what the kernel knows already. */
static bool has_name(int fd, uint32_t id, const char *wanted)
{
	char name[32] = "";
	drmModeConnector *connector = drmModeGetConnectorCurrent(fd, id);
	if (connector)
		connector_name(connector, name, sizeof name);
	drmModeFreeConnector(connector);
	return strcmp(name, wanted) == 0;
}

/* Asks no more monitors than it must: it takes tens of milliseconds each, and other heads may be in motion. */
static drmModeConnector *find_connector(struct drm_card *card, const drmModeRes *resources,
	const char *wanted, const struct drm_mode_wish *wish, int *ret_error)
{
	int fd = drm_card_fd(card);
	bool any = strcmp(wanted, "auto") == 0;
	*ret_error = any ? -ENOTCONN : -ENODEV;
	for (int i = 0; i < resources->count_connectors; i++) {
		uint32_t id = resources->connectors[i];
		if (!any && !has_name(fd, id, wanted))
			continue;
		if (drm_card_connector_taken(card, id)) {
			*ret_error = any ? -ENOTCONN : -EALREADY;
			continue;
		}
		drmModeConnector *connector = drmModeGetConnector(fd, id);
		if (connector && is_usable(connector, wish, !any))
			return connector;
		drmModeFreeConnector(connector);
		*ret_error = -ENOTCONN;
	}
	return NULL;
}

static bool fits(const drmModeModeInfo *mode, const struct drm_mode_wish *wish)
{
	if (mode->flags & DRM_MODE_FLAG_INTERLACE)
		return false;
	if (wish->choice != DRM_MODE_PREFERRED &&
		(mode->hdisplay != wish->width || mode->vdisplay != wish->height))
		return false;
	return !wish->refresh || (int)mode->vrefresh == wish->refresh;
}

/* The kernel lists the best first; the preferred one beats even that. */
static int find_mode(
	const drmModeConnector *connector, const struct drm_mode_wish *wish, drmModeModeInfo *ret_mode)
{
	const drmModeModeInfo *best = NULL;
	for (int i = 0; i < connector->count_modes; i++) {
		const drmModeModeInfo *mode = &connector->modes[i];
		bool better = !best || (!(best->type & DRM_MODE_TYPE_PREFERRED) &&
					       mode->type & DRM_MODE_TYPE_PREFERRED);
		if (fits(mode, wish) && better)
			best = mode;
	}
	if (best) {
		*ret_mode = *best;
		return 0;
	}
	if (wish->choice != DRM_MODE_FORCED)
		return -ENOSPC;
	return drm_timing_make(wish->width, wish->height, wish->refresh ? wish->refresh : 60, ret_mode);
}

static int find_crtc(struct drm_card *card, const drmModeRes *resources, const drmModeConnector *connector,
	struct drm_objects *objects)
{
	uint32_t possible = 0;
	for (int i = 0; i < connector->count_encoders; i++) {
		drmModeEncoder *encoder = drmModeGetEncoder(drm_card_fd(card), connector->encoders[i]);
		possible |= encoder ? encoder->possible_crtcs : 0;
		drmModeFreeEncoder(encoder);
	}
	for (int i = 0; i < resources->count_crtcs && i < 32; i++) {
		uint32_t bit = 1u << i;
		if (!(possible & bit) || drm_card_taken(card) & bit)
			continue;
		objects->crtc = resources->crtcs[i];
		objects->crtc_bit = bit;
		return 0;
	}
	return -EBUSY;
}

/* The property's value, and its id; both 0 if the object has none of that name. */
static uint64_t property_value(int fd, uint32_t object, uint32_t type, const char *name, uint32_t *ret_id)
{
	uint64_t value = 0;
	*ret_id = 0;
	drmModeObjectProperties *list = drmModeObjectGetProperties(fd, object, type);
	for (uint32_t i = 0; list && i < list->count_props; i++) {
		drmModePropertyRes *property = drmModeGetProperty(fd, list->props[i]);
		if (property && strcmp(property->name, name) == 0) {
			*ret_id = property->prop_id;
			value = list->prop_values[i];
		}
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(list);
	return value;
}

static void find_plane(int fd, struct drm_objects *objects)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(fd);
	for (uint32_t i = 0; planes && i < planes->count_planes && !objects->plane; i++) {
		drmModePlane *plane = drmModeGetPlane(fd, planes->planes[i]);
		uint32_t id;
		if (plane && plane->possible_crtcs & objects->crtc_bit &&
			property_value(fd, plane->plane_id, DRM_MODE_OBJECT_PLANE, "type", &id) ==
				DRM_PLANE_TYPE_PRIMARY)
			objects->plane = plane->plane_id;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
}

static void find_properties(int fd, struct drm_objects *objects)
{
	for (int p = 0; p < DRM_PROPERTIES; p++) {
		uint32_t type = property_names[p].object;
		uint32_t object = type == DRM_MODE_OBJECT_CONNECTOR ? objects->connector
				  : type == DRM_MODE_OBJECT_CRTC    ? objects->crtc
								    : objects->plane;
		if (object)
			property_value(fd, object, type, property_names[p].name, &objects->properties[p]);
	}
}

int drm_objects_find(struct drm_card *card, const char *wanted, const struct drm_mode_wish *wish,
	struct drm_objects *ret_objects)
{
	struct drm_objects found = {0};
	drmModeRes *resources = drmModeGetResources(drm_card_fd(card));
	if (!resources)
		return -ENODEV;
	int error;
	drmModeConnector *connector = find_connector(card, resources, wanted, wish, &error);
	if (connector)
		error = find_mode(connector, wish, &found.mode);
	if (connector && error == 0) {
		found.connector = connector->connector_id;
		connector_name(connector, found.name, sizeof found.name);
		error = find_crtc(card, resources, connector, &found);
	}
	bool complete = connector && error == 0;
	drmModeFreeConnector(connector);
	drmModeFreeResources(resources);
	if (complete) {
		find_plane(drm_card_fd(card), &found);
		find_properties(drm_card_fd(card), &found);
		*ret_objects = found;
	}
	return error;
}

bool drm_objects_are_atomic(const struct drm_card *card, const struct drm_objects *objects)
{
	for (int p = 0; p < DRM_PROPERTIES; p++)
		if (!objects->properties[p] && p != PLANE_DAMAGE && p != CONNECTOR_DPMS &&
			p != CONNECTOR_LINK)
			return false;
	return drm_card_is_atomic(card) && objects->plane;
}

int drm_objects_check(struct drm_card *card, const struct drm_objects *objects,
	const struct drm_mode_wish *wish, bool probe)
{
	int fd = drm_card_fd(card);
	drmModeConnector *connector = probe ? drmModeGetConnector(fd, objects->connector)
					    : drmModeGetConnectorCurrent(fd, objects->connector);
	drmModeModeInfo mode;
	int error = 0;
	if (!connector || !is_usable(connector, wish, true))
		error = -ENOTCONN;
	else if (find_mode(connector, wish, &mode) < 0 || memcmp(&mode, &objects->mode, sizeof mode) != 0)
		error = -ESTALE;
	drmModeFreeConnector(connector);
	uint32_t id;
	if (error == 0 && objects->properties[CONNECTOR_LINK] &&
		property_value(fd, objects->connector, DRM_MODE_OBJECT_CONNECTOR, "link-status", &id) ==
			DRM_MODE_LINK_STATUS_BAD)
		error = -ESTALE;
	return error;
}
