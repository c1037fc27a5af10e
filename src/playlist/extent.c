/* Lengths along a side of a page. */
#include <string.h>

#include "playlist/build.h"

enum { PIXELS_MOST = FRAME_SIDE_MOST };

static bool read_share(const char *text, size_t length, int *ret)
{
	int value = 0, digits = 0, after = -1;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (text[i] < '0' || text[i] > '9' || ++digits > 7 || after == 2)
			return false;
		value = 10 * value + text[i] - '0';
		after += after >= 0;
	}
	for (int i = after < 0 ? 0 : after; i < 2; i++)
		value *= 10;
	*ret = value;
	return digits > 0 && value <= 100 * 100;
}

bool read_extent(struct build *build, struct node *node, const char *what, struct extent *ret)
{
	if (!check_node_kind(&build->check, node, what, NODE_SCALAR))
		return false;
	size_t length = strlen(node->text);
	if (length > 1 && node->text[length - 1] == '%') {
		int share;
		if (read_share(node->text, length - 1, &share)) {
			*ret = (struct extent){share, true};
			return true;
		}
	} else if (length > 0 && strspn(node->text, "0123456789") == length) {
		int64_t pixels;
		if (!check_node_int(&build->check, node, what, 0, PIXELS_MOST, &pixels))
			return false;
		*ret = (struct extent){(int)pixels, false};
		return true;
	}
	check_refuse(&build->check, node, what, "pixels as 24, or a share as 12.5% (at most 100%)");
	return false;
}

bool read_extent_key(struct build *build, struct node *map, const char *key, struct extent *ret)
{
	struct node *node = check_any(&build->check, map, key, CHECK_OPTIONAL);
	return node && read_extent(build, node, key, ret);
}

int extent_pixels(struct extent extent, int side)
{
	return extent.share ? (int)(((int64_t)extent.value * side + 5000) / 10000) : extent.value;
}
