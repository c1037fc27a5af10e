/* Kernel uevents of the drm subsystem: monitors plugged and unplugged, cards removed and returned.
 * Source: the kernel's netlink(7) NETLINK_KOBJECT_UEVENT, group 1; messages are "ACTION@path" and KEY=VALUE, each ended
 * by a NUL. Needs no privilege and no udev. */
#ifndef DRIVERS_LINK_UEVENT_H
#define DRIVERS_LINK_UEVENT_H

enum uevent { UEVENT_NONE, UEVENT_HOTPLUG, UEVENT_CARD_REMOVED, UEVENT_CARD_ADDED };

int uevent_open(void); /* a non-blocking descriptor to watch for reading, or -errno */
enum uevent uevent_read(
	int fd, char card[32]); /* one event of the drm subsystem, card "card0"; NONE: no more */

#endif
