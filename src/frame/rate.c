#include "frame/rate.h"

#include "base/time.h"

/* Frames of r mHz: n * 10^12 / r ns. 128 bits: n reaches 5e10 a century at 240 fps. */
#define SCALE ((__int128)NS_PER_SEC * 1000)

static int64_t divide_floor(__int128 a, __int128 b)
{
	__int128 quotient = a / b;
	return (int64_t)(quotient - (a % b != 0 && a < 0));
}

int64_t frame_instant(int32_t millihertz, int64_t index)
{
	return -divide_floor(-(__int128)index * SCALE, millihertz);
}

int64_t frame_index(int32_t millihertz, int64_t time)
{
	return divide_floor((__int128)time * millihertz, SCALE);
}
