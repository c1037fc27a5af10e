#include "drivers/link/drm_head.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/alloc.h"
#include "drivers/link/drm_objects.h"

struct drm_head {
	struct drm_card *card;
	int fd;
	struct drm_objects objects;
	struct drm_mode_wish wish;
	drmModeCrtc *before; /* what the CRTC showed when we came */
	bool atomic, flips;  /* flips: false where the driver can only set modes */
	bool lit, touched;
	drmModeAtomicReq *request; /* kept: a flip fills it anew */
	struct drm_buffer buffers[2];
	int back;
	void (*flipped)(void *data);
	void *data;
};

/* --- buffers */

static void buffer_finish(int fd, struct drm_buffer *buffer)
{
	if (buffer->pixels)
		munmap(buffer->pixels, buffer->size);
	if (buffer->framebuffer)
		drmModeRmFB(fd, buffer->framebuffer);
	if (buffer->handle)
		drmIoctl(fd, DRM_IOCTL_MODE_DESTROY_DUMB, &(struct drm_mode_destroy_dumb){buffer->handle});
	*buffer = (struct drm_buffer){0};
}

static int buffer_init(int fd, struct drm_buffer *buffer, uint32_t width, uint32_t height)
{
	struct drm_mode_create_dumb create = {.width = width, .height = height, .bpp = 32};
	if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create) < 0)
		return -errno;
	*buffer = (struct drm_buffer){.handle = create.handle, .stride = create.pitch, .size = create.size};
	struct drm_mode_map_dumb map = {.handle = create.handle};
	int error =
		-drmModeAddFB(fd, width, height, 24, 32, create.pitch, create.handle, &buffer->framebuffer);
	if (error == 0 && drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map) < 0)
		error = errno;
	void *pixels = MAP_FAILED;
	if (error == 0) {
		pixels = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)map.offset);
		error = pixels == MAP_FAILED ? errno : 0;
	}
	if (error != 0) {
		buffer_finish(fd, buffer);
		return error > 0 ? -error : error;
	}
	buffer->pixels = pixels;
	madvise(pixels, buffer->size,
		MADV_DONTFORK); /* a child's copy would keep the card open after our end */
	memset(pixels, 0, buffer->size);
	return 0;
}

/* --- showing */

static void add(struct drm_head *head, uint32_t object, enum drm_property property, uint64_t value)
{
	drmModeAtomicAddProperty(head->request, object, head->objects.properties[property], value);
}

static int atomic_light(struct drm_head *head, const struct drm_buffer *buffer)
{
	const struct drm_objects *o = &head->objects;
	uint32_t blob = 0;
	int error = drmModeCreatePropertyBlob(head->fd, &o->mode, sizeof o->mode, &blob);
	if (error < 0)
		return error;
	drmModeAtomicSetCursor(head->request, 0);
	add(head, o->connector, CONNECTOR_CRTC, o->crtc);
	add(head, o->crtc, CRTC_MODE, blob);
	add(head, o->crtc, CRTC_ACTIVE, 1);
	add(head, o->plane, PLANE_FB, buffer->framebuffer);
	add(head, o->plane, PLANE_CRTC, o->crtc);
	add(head, o->plane, PLANE_SRC_X, 0);
	add(head, o->plane, PLANE_SRC_Y, 0);
	add(head, o->plane, PLANE_SRC_W, (uint64_t)o->mode.hdisplay << 16); /* 16.16 fixed point */
	add(head, o->plane, PLANE_SRC_H, (uint64_t)o->mode.vdisplay << 16);
	add(head, o->plane, PLANE_X, 0);
	add(head, o->plane, PLANE_Y, 0);
	add(head, o->plane, PLANE_W, o->mode.hdisplay);
	add(head, o->plane, PLANE_H, o->mode.vdisplay);
	error = drmModeAtomicCommit(head->fd, head->request, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
	drmModeDestroyPropertyBlob(head->fd, blob);
	return error;
}

static int atomic_flip(
	struct drm_head *head, const struct drm_buffer *buffer, const struct drm_clip *clips, int count)
{
	uint32_t blob = 0;
	drmModeAtomicSetCursor(head->request, 0);
	add(head, head->objects.plane, PLANE_FB, buffer->framebuffer);
	if (head->objects.properties[PLANE_DAMAGE] && count > 0 &&
		drmModeCreatePropertyBlob(head->fd, clips, sizeof *clips * (size_t)count, &blob) == 0)
		add(head, head->objects.plane, PLANE_DAMAGE, blob);
	int error = drmModeAtomicCommit(
		head->fd, head->request, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, head);
	if (blob)
		drmModeDestroyPropertyBlob(head->fd, blob);
	return error;
}

static int legacy_light(struct drm_head *head, const struct drm_buffer *buffer)
{
	struct drm_objects *o = &head->objects;
	return drmModeSetCrtc(head->fd, o->crtc, buffer->framebuffer, 0, 0, &o->connector, 1, &o->mode);
}

static int light(struct drm_head *head, const struct drm_buffer *buffer)
{
	head->touched = true;
	if (head->atomic) {
		int error = atomic_light(head, buffer);
		if (error != -EINVAL && error != -EOPNOTSUPP && error != -ENOSYS)
			return error;
		head->atomic = false; /* it says that it can, and cannot */
	}
	return legacy_light(head, buffer);
}

/* Done at once where it is a mode set in truth. */
static int legacy_flip(struct drm_head *head, const struct drm_buffer *buffer, bool *ret_done)
{
	int error = -ENOSYS;
	if (head->flips)
		error = drmModePageFlip(
			head->fd, head->objects.crtc, buffer->framebuffer, DRM_MODE_PAGE_FLIP_EVENT, head);
	if (error != -EINVAL && error != -EOPNOTSUPP && error != -ENOSYS)
		return error;
	head->flips = false;
	*ret_done = true;
	return legacy_light(head, buffer);
}

int drm_head_flip(struct drm_head *head, const struct drm_clip *clips, int count)
{
	const struct drm_buffer *buffer = &head->buffers[head->back];
	bool done = !head->lit;
	int error;
	if (!head->lit)
		error = light(head, buffer);
	else if (head->atomic)
		error = atomic_flip(head, buffer, clips, count);
	else
		error = legacy_flip(head, buffer, &done);
	if (error != 0)
		return error;
	head->back ^= 1;
	head->lit = true;
	if (done)
		head->flipped(head->data);
	return 0;
}

void drm_head_flipped(struct drm_head *head)
{
	head->flipped(head->data);
}

int drm_head_sleep(struct drm_head *head)
{
	uint32_t dpms = head->objects.properties[CONNECTOR_DPMS];
	int error = 0;
	if (!head->lit) /* the console may be what keeps it awake: taken over first */
		error = light(head, &head->buffers[head->back]);
	if (error < 0)
		return error;
	if (head->atomic) {
		drmModeAtomicSetCursor(head->request, 0);
		add(head, head->objects.crtc, CRTC_ACTIVE, 0);
		error = drmModeAtomicCommit(head->fd, head->request, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
	} else if (dpms) {
		error = drmModeConnectorSetProperty(
			head->fd, head->objects.connector, dpms, DRM_MODE_DPMS_OFF);
	} else {
		return -EOPNOTSUPP;
	}
	if (error == 0)
		head->lit = false;
	return error;
}

/* --- making and ending */

int drm_head_create(struct drm_card *card, const char *connector, const struct drm_mode_wish *wish,
	void (*flipped)(void *data), void *data, struct drm_head **ret_head)
{
	struct drm_head *head = xcalloc(1, sizeof *head);
	head->card = card;
	head->fd = drm_card_fd(card);
	head->flipped = flipped;
	head->data = data;
	head->wish = *wish;
	head->flips = true;
	int error = drm_objects_find(card, connector, wish, &head->objects);
	if (error < 0) {
		free(head);
		return error;
	}
	drm_card_take(card, head->objects.crtc_bit, true);
	drm_card_take_connector(card, head->objects.connector, true);
	head->before = drmModeGetCrtc(head->fd, head->objects.crtc);
	head->atomic = !wish->legacy && drm_objects_are_atomic(card, &head->objects);
	if (head->atomic)
		head->request = drmModeAtomicAlloc();
	for (int i = 0; i < 2 && error == 0; i++)
		error = buffer_init(head->fd, &head->buffers[i], head->objects.mode.hdisplay,
			head->objects.mode.vdisplay);
	if (error < 0) {
		drm_head_destroy(head);
		return error;
	}
	*ret_head = head;
	return 0;
}

static void give_back(struct drm_head *head)
{
	drmModeCrtc *before = head->before;
	if (head->touched && before && before->mode_valid && before->buffer_id)
		drmModeSetCrtc(head->fd, before->crtc_id, before->buffer_id, before->x, before->y,
			&head->objects.connector, 1, &before->mode);
}

void drm_head_destroy(struct drm_head *head)
{
	if (!head)
		return;
	give_back(head);
	for (int i = 0; i < 2; i++)
		buffer_finish(head->fd, &head->buffers[i]);
	drmModeFreeCrtc(head->before);
	drmModeAtomicFree(head->request);
	drm_card_take(head->card, head->objects.crtc_bit, false);
	drm_card_take_connector(head->card, head->objects.connector, false);
	free(head);
}

/* --- asking */

void drm_head_size(const struct drm_head *head, int *ret_width, int *ret_height)
{
	*ret_width = head->objects.mode.hdisplay;
	*ret_height = head->objects.mode.vdisplay;
}

uint32_t drm_head_connector(const struct drm_head *head)
{
	return head->objects.connector;
}

int drm_head_back(const struct drm_head *head, struct drm_buffer *ret_buffer)
{
	*ret_buffer = head->buffers[head->back];
	return head->back;
}

int drm_head_check(struct drm_head *head, bool probe)
{
	return drm_objects_check(head->card, &head->objects, &head->wish, probe);
}
