/* console_mode TTY: prints "text" or "graphics": who has the console. */
#include <fcntl.h>
#include <linux/kd.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	int mode, fd = argc == 2 ? open(argv[1], O_RDWR | O_NOCTTY) : -1;
	if (fd < 0 || ioctl(fd, KDGETMODE, &mode) < 0) {
		perror(argc == 2 ? argv[1] : "usage: console_mode TTY");
		return 1;
	}
	puts(mode == KD_GRAPHICS ? "graphics" : mode == KD_TEXT ? "text" : "unknown");
	return 0;
}
