/* The one list of drivers. */
#include "output/sink.h"

/* One line a driver, in alphabetical order; X is what becomes of it: a declaration, an entry of the list. */
#define DRIVERS(X)                                                                                           \
	X(adalight)                                                                                          \
	X(alpha)                                                                                             \
	X(artnet)                                                                                            \
	X(awa)                                                                                               \
	X(colorlight)                                                                                        \
	X(ddp)                                                                                               \
	X(flaschen)                                                                                          \
	X(hanover)                                                                                           \
	X(huidu)                                                                                             \
	X(kms)                                                                                               \
	X(novastar)                                                                                          \
	X(null)                                                                                              \
	X(onbon_5e)                                                                                          \
	X(onbon_6e)                                                                                          \
	X(onbon_6q)                                                                                          \
	X(png)                                                                                               \
	X(sacn)                                                                                              \
	X(terminal)                                                                                          \
	X(tpm2)                                                                                              \
	X(tpm2net)                                                                                           \
	X(wayland)                                                                                           \
	X(wled)

#define DECLARE(name) extern const struct sink_driver sink_driver_##name;
#define ENTRY(name)   &sink_driver_##name,

DRIVERS(DECLARE)

const struct sink_driver *const sink_drivers[] = {DRIVERS(ENTRY) NULL};
