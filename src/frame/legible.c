#include "frame/legible.h"

#include <math.h>

#include "frame/panel_pack.h"

int legible_pixels(double pitch_mm, double distance_m)
{
	return pitch_mm > 0 && distance_m > 0 ? (int)ceil(distance_m * LEGIBLE_MM_PER_METRE / pitch_mm - 1e-9)
					      : 0;
}

double legible_distance(double pitch_mm, int pixels)
{
	return pixels * pitch_mm / LEGIBLE_MM_PER_METRE;
}

int64_t legible_time(size_t syllables)
{
	return LEGIBLE_NOTICE_NS + (int64_t)syllables * INT64_C(1000000000) / LEGIBLE_SYLLABLES_PER_SECOND;
}

static double linear(uint32_t channel)
{
	double value = (channel & 255) / 255.0;
	return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

double legible_luminance(uint32_t colour)
{
	return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
}

double legible_contrast(uint32_t a, uint32_t b)
{
	double first = legible_luminance(a), second = legible_luminance(b);
	double lighter = first > second ? first : second, darker = first > second ? second : first;
	return (lighter + 0.05) / (darker + 0.05);
}

uint32_t legible_on_panel(const struct panel_spec *panel, uint32_t colour)
{
	unsigned threshold = (unsigned)panel->threshold;
	if (panel->format == PANEL_MONO1)
		return luma(colour) >= threshold ? 0xffffff : 0;
	bool two_levels = panel->format == PANEL_DUAL || panel->depth == 1;
	if (panel->format == PANEL_DUAL || panel->no_blue)
		colour &= 0xffff00;
	if (two_levels && !panel->mono)
		return ((colour >> 16 & 255) >= threshold ? 0xff0000 : 0) |
		       ((colour >> 8 & 255) >= threshold ? 0x00ff00 : 0) |
		       ((colour & 255) > 0 && (colour & 255) >= threshold ? 0x0000ff : 0);
	return panel->mono || panel->format == PANEL_GREY8 ? luma(colour) * 0x010101u : colour;
}

static double most_in_a_second(const int64_t *times, size_t count)
{
	size_t most = 0;
	for (size_t first = 0, last = 0; last < count; last++) {
		while (times[last] - times[first] >= INT64_C(1000000000))
			first++;
		if (last - first + 1 > most)
			most = last - first + 1;
	}
	return (double)most / 2;
}

double legible_flashes(const struct luminance_at *samples, size_t count)
{
	enum { CHANGES_MOST = 1024 };
	int64_t times[CHANGES_MOST];
	size_t changes = 0;
	int direction = 0;
	double from = count > 0 ? samples[0].luminance : 0;
	for (size_t i = 1; i < count && changes < CHANGES_MOST; i++) {
		double now = samples[i].luminance, step = now - from;
		int way = step > 0 ? 1 : -1;
		bool farther = way == direction;
		if (!farther && (fabs(step) < 0.1 - 1e-9 || fmin(now, from) >= 0.8))
			continue;
		from = now; /* a slow fade goes on: it is one change */
		if (!farther)
			times[changes++] = samples[i].time;
		direction = way;
	}
	return most_in_a_second(times, changes);
}
