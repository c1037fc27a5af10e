#include "drivers/link/drm_card.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/alloc.h"
#include "drivers/link/drm_head.h"

#define CONNECTORS_MOST 32

struct drm_card {
	struct drm_card *next;
	char path[64]; /* as the kernel names it */
	dev_t device;
	int fd, references;
	bool atomic, gone;
	uint32_t taken;
	uint32_t connectors[CONNECTORS_MOST]; /* ids in use; 0: free */
};

/* The open cards of this process. There is no way around one list: the kernel grants mastership to a file
 * description, so the heads of a card must find the one that is open already. */
static struct drm_card *cards;

static bool has_connectors(int fd)
{
	drmModeRes *resources = drmModeGetResources(fd);
	bool found = resources && resources->count_connectors > 0;
	drmModeFreeResources(resources);
	return found;
}

/* The first to open a card is its master. */
static int become_master(int fd)
{
	return drmIsMaster(fd) || drmSetMaster(fd) == 0 ? 0 : -EPERM;
}

static int open_path(const char *path, dev_t device, struct drm_card **ret_card)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	uint64_t dumb = 0;
	int error = become_master(fd);
	if (error == 0 && (drmGetCap(fd, DRM_CAP_DUMB_BUFFER, &dumb) < 0 || !dumb || !has_connectors(fd)))
		error = -EOPNOTSUPP;
	if (error < 0) {
		close(fd);
		return error;
	}
	struct drm_card *card = xcalloc(1, sizeof *card);
	char *name = drmGetDeviceNameFromFd2(fd);
	snprintf(card->path, sizeof card->path, "%s", name ? name : path);
	free(name);
	card->device = device;
	card->fd = fd;
	card->references = 1;
	drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	card->atomic = drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) == 0;
	card->next = cards;
	cards = card;
	*ret_card = card;
	return 0;
}

int drm_card_acquire(const char *path, struct drm_card **ret_card)
{
	struct stat status;
	if (stat(path, &status) < 0)
		return -errno;
	for (struct drm_card *card = cards; card; card = card->next)
		if (!card->gone && card->device == status.st_rdev) {
			card->references++;
			*ret_card = card;
			return 0;
		}
	return open_path(path, status.st_rdev, ret_card);
}

void drm_card_release(struct drm_card *card)
{
	if (!card || --card->references > 0)
		return;
	for (struct drm_card **p = &cards; *p; p = &(*p)->next)
		if (*p == card) {
			*p = card->next;
			break;
		}
	drmDropMaster(card->fd);
	close(card->fd);
	free(card);
}

int drm_card_fd(const struct drm_card *card)
{
	return card->fd;
}

const char *drm_card_path(const struct drm_card *card)
{
	return card->path;
}

bool drm_card_is_atomic(const struct drm_card *card)
{
	return card->atomic;
}

static void on_flip(int fd, unsigned sequence, unsigned seconds, unsigned microseconds, void *head)
{
	(void)fd, (void)sequence, (void)seconds, (void)microseconds;
	drm_head_flipped(head);
}

int drm_card_dispatch(struct drm_card *card)
{
	drmEventContext context = {.version = 2, .page_flip_handler = on_flip};
	/* A removed card polls readable for ever and reads ENODEV or nothing. */
	errno = 0;
	if (drmHandleEvent(card->fd, &context) == 0)
		return 0;
	return errno == EAGAIN || errno == EINTR ? 0 : errno ? -errno : -ENODEV;
}

uint32_t drm_card_taken(const struct drm_card *card)
{
	return card->taken;
}

void drm_card_take(struct drm_card *card, uint32_t crtc_bit, bool taken)
{
	card->taken = taken ? card->taken | crtc_bit : card->taken & ~crtc_bit;
}

bool drm_card_connector_taken(const struct drm_card *card, uint32_t connector)
{
	for (int i = 0; i < CONNECTORS_MOST; i++)
		if (card->connectors[i] == connector)
			return true;
	return false;
}

void drm_card_take_connector(struct drm_card *card, uint32_t connector, bool taken)
{
	for (int i = 0; i < CONNECTORS_MOST; i++)
		if (card->connectors[i] == (taken ? 0 : connector)) {
			card->connectors[i] = taken ? connector : 0;
			return;
		}
}

void drm_card_forget(struct drm_card *card)
{
	card->gone = true;
}
