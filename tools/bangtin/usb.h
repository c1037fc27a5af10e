/* The walk with a stick. */
#ifndef TOOLS_BANGTIN_USB_H
#define TOOLS_BANGTIN_USB_H

#include "cli.h"

/* Takes in every bundle that the stick mounted there has, root files first. */
int usb_import(const struct common *common, const char *mount);

#endif
