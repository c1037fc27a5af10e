/* A DRM device, shared by the sinks of its heads: one open file description, because only one can be master.
 *
 * Source: libdrm's xf86drm.h and xf86drmMode.h; the kernel's "DRM Internals" and "KMS" documents. Loop thread only.
 * Each head watches a duplicate of the descriptor; events of the one description are dispatched to whichever head they
 * belong to.
 */
#ifndef DRIVERS_LINK_DRM_CARD_H
#define DRIVERS_LINK_DRM_CARD_H

#include <stdbool.h>
#include <stdint.h>

struct drm_card;

/* -ENOENT: no such card; -EACCES: no permission to open it; -EPERM: another program is master; -EOPNOTSUPP: the device
 * has no connectors or no dumb buffers. */
int drm_card_acquire(const char *path, struct drm_card **ret_card);
void drm_card_release(struct drm_card *card);		/* NULL is fine; the last one closes it */
int drm_card_fd(const struct drm_card *card);		/* borrowed */
const char *drm_card_path(const struct drm_card *card); /* /dev/dri/cardN */
bool drm_card_is_atomic(const struct drm_card *card);
/* Reads pending flip events and calls back their heads. -errno: the device is gone. */
int drm_card_dispatch(struct drm_card *card);
/* Which CRTCs (bits by index) and connectors (ids) heads of this program hold. */
uint32_t drm_card_taken(const struct drm_card *card);
void drm_card_take(struct drm_card *card, uint32_t crtc_bit, bool taken);
bool drm_card_connector_taken(const struct drm_card *card, uint32_t connector);
void drm_card_take_connector(struct drm_card *card, uint32_t connector, bool taken);
/* The card was unplugged: heads still hold it, but the next acquire opens it afresh. */
void drm_card_forget(struct drm_card *card);

#endif
