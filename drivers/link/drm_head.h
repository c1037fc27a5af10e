/* One head of a DRM card: a connector with a monitor, the CRTC and primary plane that feed it, and two dumb buffers.
 *
 * Atomic where the driver offers it, else SetCrtc and PageFlip. XRGB8888. Loop thread only; nothing blocks but the
 * modeset itself (tens of ms).
 */
#ifndef DRIVERS_LINK_DRM_HEAD_H
#define DRIVERS_LINK_DRM_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/link/drm_card.h"

struct drm_head;

enum drm_mode_choice {
	DRM_MODE_OF_SIZE,   /* one that the monitor offers, of exactly that size */
	DRM_MODE_PREFERRED, /* the monitor's preferred one, whatever its size */
	DRM_MODE_FORCED,    /* of that size: the monitor's if it offers one, else made up */
};

struct drm_mode_wish {
	enum drm_mode_choice choice;
	int width, height;
	int refresh;	     /* Hz; 0: what the monitor prefers, or 60 where it is made up */
	bool assume_monitor; /* one is there, though it does not tell */
	bool legacy;	     /* no atomic commits */
};

struct drm_buffer {
	uint32_t framebuffer, handle, stride; /* stride in bytes */
	uint64_t size;
	uint32_t *pixels;
};

struct drm_clip { /* [x1, x2) x [y1, y2), as struct drm_mode_rect */
	int32_t x1, y1, x2, y2;
};

/* connector: a name as the kernel gives it ("HDMI-A-1"), or "auto": the first with a monitor that is not in use.
 * -ENODEV: no such connector; -ENOTCONN: no monitor on it; -EALREADY: another head has it; -EBUSY: no CRTC is free;
 * -ENOSPC: the monitor has no mode of the wished size. flipped(data) is called from drm_card_dispatch when a flip is
 * done. */
int drm_head_create(struct drm_card *card, const char *connector, const struct drm_mode_wish *wish,
	void (*flipped)(void *data), void *data, struct drm_head **ret_head);
/* Gives the CRTC back as it was found (the console's picture). NULL is fine. */
void drm_head_destroy(struct drm_head *head);
void drm_head_size(const struct drm_head *head, int *ret_width, int *ret_height);
uint32_t drm_head_connector(const struct drm_head *head); /* the kernel's id */
/* The buffer that is not shown; returns which of the two it is. */
int drm_head_back(const struct drm_head *head, struct drm_buffer *ret_buffer);
/* Shows the back buffer; clips (at most 8) are what differs from the picture shown now. The first, and the first after
 * drm_head_sleep, sets the mode and is done at once; later ones are done when flipped() is called, or never if the card
 * is pulled. 0 or -errno; -EBUSY: the kernel is not ready yet. */
int drm_head_flip(struct drm_head *head, const struct drm_clip *clips, int count);
/* How its monitor is: 0, -ENOTCONN: gone, -ESTALE: another one, or its link must be set up anew. probe: ask the monitor
 * itself (tens of ms); else what the kernel knows. */
int drm_head_check(struct drm_head *head, bool probe);
int drm_head_sleep(struct drm_head *head);    /* dark and saving power, until the next flip */
void drm_head_flipped(struct drm_head *head); /* drm_card's call */

#endif
