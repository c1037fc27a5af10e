/* The text console under a kiosk screen: taken (no cursor, no kernel messages over the picture) and given back, also
 * when this process dies without a word: a small child waits for its end and restores the text mode.
 * Source: ioctl_console(2), KDSETMODE. */
#ifndef DRIVERS_LINK_CONSOLE_H
#define DRIVERS_LINK_CONSOLE_H

struct console;

/* path: such as /dev/tty1. -errno; taking a console twice is counted. */
int console_take(const char *path, struct console **ret_console);
void console_give_back(struct console *console); /* NULL is fine */

#endif
