/* The service manager that started us, systemd by its protocol (sd_notify(3)): that the daemon is ready, is well, ends.
 * Without a service manager the calls do nothing. Any thread; none blocks.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include <stdint.h>

/* Within how many ns it wants to hear of us; 0: it does not watch. */
int64_t service_watchdog(void);
void service_ready(const char *status); /* status: a sentence for people, as in `systemctl status` */
void service_feed(void);		/* the watchdog */
void service_stopping(void);

#endif
