/* Power of a television over HDMI-CEC, through the kernel's cec devices.
 *
 * Source: the kernel's "CEC" userspace interface (linux/cec.h); messages of HDMI 1.4b, supplement 1 (CEC): <Image View
 * On> 0x04, <Active Source> 0x82, <Standby> 0x36. Non-blocking; loop thread.
 */
#ifndef DRIVERS_LINK_CEC_H
#define DRIVERS_LINK_CEC_H

#include <stdbool.h>
#include <stdint.h>

struct cec;

enum cec_power { CEC_LEAVE, CEC_ON, CEC_STANDBY };

/* path: /dev/cecN, or "auto": the one that the kernel says belongs to this connector of /dev/dri/card<card>.
 * -ENOENT: none; -EOPNOTSUPP: it cannot transmit. */
int cec_open(const char *path, int card, uint32_t connector, struct cec **ret_cec);
void cec_close(struct cec *cec); /* NULL is fine */
/* What the television is to be from now on; cec_step does it. */
void cec_want(struct cec *cec, enum cec_power power);
/* Sends what is due, if the bus lets it; true: something is left, call again in a while (CEC_AGAIN). After some
 * refusals it is left alone: a television that does not listen is not asked for ever. NULL is fine. */
#define CEC_AGAIN (INT64_C(250) * 1000 * 1000)
bool cec_step(struct cec *cec);

/* For tests: what the steps do instead of ioctl(2). */
typedef int (*cec_ioctl_fn)(void *data, int fd, unsigned long request, void *argument);
void cec_use_ioctl(cec_ioctl_fn fn, void *data);

#endif
