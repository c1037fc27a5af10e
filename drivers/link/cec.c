#include "drivers/link/cec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/cec.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"

#define DEVICES_MOST 16
#define TRIES_MOST   40 /* 10 s: claiming an address takes one, a television that wakes some */
#define NAME	     "bangtin"

enum { TV = 0, EVERYBODY = 15, UNREGISTERED = 15 };

struct cec {
	int fd;
	enum cec_power wanted;
	int tries;	   /* left */
	uint32_t sequence; /* of the message that the kernel is sending; 0: none */
};

static int real_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	(void)data;
	return ioctl(fd, request, argument) < 0 ? -errno : 0;
}

static cec_ioctl_fn ioctl_fn = real_ioctl;
static void *ioctl_data;

void cec_use_ioctl(cec_ioctl_fn fn, void *data)
{
	ioctl_fn = fn ? fn : real_ioctl;
	ioctl_data = data;
}

static int call(int fd, unsigned long request, void *argument)
{
	return ioctl_fn(ioctl_data, fd, request, argument);
}

/* --- finding and opening */

static bool belongs(int fd, int card, uint32_t connector)
{
	struct cec_connector_info info = {0};
	return call(fd, CEC_ADAP_G_CONNECTOR_INFO, &info) == 0 && info.type == CEC_CONNECTOR_TYPE_DRM &&
	       info.drm.card_no == (uint32_t)card && info.drm.connector_id == connector;
}

static int open_own(int card, uint32_t connector)
{
	for (int i = 0; i < DEVICES_MOST; i++) {
		char path[32];
		snprintf(path, sizeof path, "/dev/cec%d", i);
		int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		if (belongs(fd, card, connector))
			return fd;
		close(fd);
	}
	return -ENOENT;
}

/* Claims the logical address of a playback device, which takes a moment, unless somebody set this adapter up. */
static int set_up(int fd)
{
	struct cec_caps caps = {0};
	struct cec_log_addrs addresses = {0};
	uint32_t mode = CEC_MODE_INITIATOR;
	int error = call(fd, CEC_ADAP_G_CAPS, &caps);
	if (error == 0 && !(caps.capabilities & CEC_CAP_TRANSMIT))
		error = -EOPNOTSUPP;
	if (error == 0)
		error = call(fd, CEC_S_MODE, &mode);
	if (error == 0)
		error = call(fd, CEC_ADAP_G_LOG_ADDRS, &addresses);
	if (error < 0 || addresses.num_log_addrs > 0 || !(caps.capabilities & CEC_CAP_LOG_ADDRS))
		return error;
	addresses = (struct cec_log_addrs){.cec_version = CEC_OP_CEC_VERSION_1_4,
		.num_log_addrs = 1,
		.vendor_id = CEC_VENDOR_ID_NONE,
		.osd_name = NAME,
		.primary_device_type = {CEC_OP_PRIM_DEVTYPE_PLAYBACK},
		.log_addr_type = {CEC_LOG_ADDR_TYPE_PLAYBACK},
		.all_device_types = {CEC_OP_ALL_DEVTYPE_PLAYBACK}};
	return call(fd, CEC_ADAP_S_LOG_ADDRS, &addresses);
}

int cec_open(const char *path, int card, uint32_t connector, struct cec **ret_cec)
{
	int fd;
	if (strcmp(path, "auto") == 0) {
		fd = open_own(card, connector);
	} else {
		fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			fd = -errno;
	}
	if (fd < 0)
		return fd;
	int error = set_up(fd);
	if (error < 0) {
		close(fd);
		return error;
	}
	struct cec *cec = xcalloc(1, sizeof *cec);
	cec->fd = fd;
	*ret_cec = cec;
	return 0;
}

void cec_close(struct cec *cec)
{
	if (!cec)
		return;
	close(cec->fd);
	free(cec);
}

/* --- sending */

void cec_want(struct cec *cec, enum cec_power power)
{
	if (!cec || cec->wanted == power)
		return;
	cec->wanted = power;
	cec->tries = TRIES_MOST;
	cec->sequence = 0;
}

static int transmit(struct cec *cec, const uint8_t *bytes, uint32_t length)
{
	struct cec_msg message = {.len = length};
	memcpy(message.msg, bytes, length);
	int error = call(cec->fd, CEC_TRANSMIT, &message);
	if (error == 0)
		cec->sequence = message.sequence;
	return error;
}

/* The address that was claimed; while there is none, only the television itself may be spoken to. */
static uint8_t own_address(struct cec *cec)
{
	struct cec_log_addrs addresses = {0};
	if (call(cec->fd, CEC_ADAP_G_LOG_ADDRS, &addresses) < 0 || addresses.num_log_addrs == 0 ||
		addresses.log_addr[0] == CEC_LOG_ADDR_INVALID)
		return UNREGISTERED;
	return addresses.log_addr[0];
}

/* This machine becomes what the television shows. It may be asleep still and miss it: it then shows what it did. */
static void claim_picture(struct cec *cec, uint8_t own)
{
	uint16_t physical = CEC_PHYS_ADDR_INVALID;
	if (own == UNREGISTERED || call(cec->fd, CEC_ADAP_G_PHYS_ADDR, &physical) < 0 ||
		physical == CEC_PHYS_ADDR_INVALID)
		return;
	uint32_t of_wake = cec->sequence; /* whose result decides */
	transmit(cec,
		(uint8_t[]){(uint8_t)(own << 4 | EVERYBODY), CEC_MSG_ACTIVE_SOURCE, (uint8_t)(physical >> 8),
			(uint8_t)physical},
		4);
	cec->sequence = of_wake;
}

static bool send_wanted(struct cec *cec)
{
	uint8_t own = own_address(cec), first = (uint8_t)(own << 4 | TV);
	uint8_t opcode = cec->wanted == CEC_ON ? CEC_MSG_IMAGE_VIEW_ON : CEC_MSG_STANDBY;
	if (transmit(cec, (uint8_t[]){first, opcode}, 2) < 0)
		return false;
	if (cec->wanted == CEC_ON)
		claim_picture(cec, own);
	return true;
}

/* What became of the message: 1 acknowledged, 0 not known yet, -1 not. Messages of others are dropped. */
static int read_result(struct cec *cec)
{
	struct cec_msg message = {0};
	while (call(cec->fd, CEC_RECEIVE, &message) == 0) {
		if (message.sequence == cec->sequence && message.tx_status)
			return message.tx_status & CEC_TX_STATUS_OK ? 1 : -1;
		message = (struct cec_msg){0};
	}
	return 0;
}

bool cec_step(struct cec *cec)
{
	if (!cec || cec->wanted == CEC_LEAVE || cec->tries == 0)
		return false;
	cec->tries--;
	if (cec->sequence) {
		int result = read_result(cec);
		if (result > 0)
			cec->tries = 0;
		if (result != 0)
			cec->sequence = 0;
	} else {
		send_wanted(cec);
	}
	return cec->tries > 0;
}
