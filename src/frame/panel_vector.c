#include "frame/panel_pack.h"

void pack_choose(struct levels *levels)
{
	levels->pack_rgb888 = pack_rgb888_plain;
	levels->pack_mono = pack_mono_plain;
}
