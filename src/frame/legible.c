#include "frame/legible.h"

#include <math.h>

int legible_pixels(double pitch_mm, double distance_m)
{
	return pitch_mm > 0 && distance_m > 0 ? (int)ceil(distance_m * LEGIBLE_MM_PER_METRE / pitch_mm) : 0;
}

double legible_distance(double pitch_mm, int pixels)
{
	return pixels * pitch_mm / LEGIBLE_MM_PER_METRE;
}
