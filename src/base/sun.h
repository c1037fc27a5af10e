/* Sunrise and sunset: the instants at which the sun's upper limb stands on a level horizon, 50' below its centre with the
 * usual refraction. Position of the sun after Meeus, Astronomical Algorithms, chapter 25 (low accuracy, 0.01 degrees):
 * within some seconds of an ephemeris between the polar circles. Pure; any thread.
 */
#ifndef BASE_SUN_H
#define BASE_SUN_H

#include "base/time.h"

enum sun_event { SUN_RISES, SUN_SETS };

/* Degrees, north and east positive. day is a day of a place whose clocks go by its own longitude, within some hours. False:
 * the sun does not do that on this day there. */
bool sun_time(double latitude, double longitude, day_t day, enum sun_event event, int64_t *ret_time);

#endif
