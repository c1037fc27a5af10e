/* Pictures: files beside the playlists. What their headers say is judged here; decoding them is the render room's. */
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "playlist/build.h"

bool source_is_picture(const char *name)
{
	static const char *const ends[] = {".png", ".jpg", ".jpeg"};
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t end = strlen(ends[i]);
		if (length > end && strcmp(name + length - end, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Names stand in playlists and become paths: the same letters as of everything else that is named. */
static bool is_asset_name(const char *name)
{
	size_t stem = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return stem > 0 && stem <= 63 && source_is_picture(name) && strchr(name, '.') == name + stem &&
	       strchr(name + stem + 1, '.') == NULL;
}

static const char *fault_of(struct build *build, struct asset *asset)
{
	struct image_fault fault;
	if (image_file_check(asset->data, asset->size, &asset->header, &fault) == 0)
		return NULL;
	return arena_strdup(build->arena, fault.text);
}

void declare_asset(struct build *build, struct unit_state *unit, const struct source_file *file)
{
	struct declared_asset *declared = arena_alloc(build->arena, sizeof *declared);
	struct asset *asset = &declared->asset;
	const char *slash = strrchr(file->name, '/');
	const char *path = file->path ? file->path : file->name;
	declared->unit = unit;
	declared->where = (struct location){arena_strdup(build->arena, path), 0, 0};
	asset->unit = unit->name;
	asset->name = arena_strdup(build->arena, slash ? slash + 1 : file->name);
	if (!is_asset_name(asset->name)) {
		diag_error(build->check.diags, declared->where,
			"a picture's name is made of a-z, 0-9 and `-` and ends in .png, .jpg or .jpeg; "
			"rename it");
		return;
	}
	asset->data = arena_memdup(build->arena, file->data, file->size);
	asset->size = file->size;
	digest_sha256(file->data, file->size, asset->digest);
	declared->fault = fault_of(build, asset);
	if (names_add(&build->assets, unit->name, asset->name, declared->where, declared))
		diag_error(build->check.diags, declared->where, "the same picture twice; delete one of them");
	build_append(build, asset_list, declared);
}

const struct asset *resolve_asset(struct build *build, struct unit_state *unit, struct node *node)
{
	struct declared_asset *declared =
		node ? resolve_name(build, &build->assets, unit, node, "picture") : NULL;
	if (!declared)
		return NULL;
	declared->used = true;
	if (!declared->fault)
		return &declared->asset;
	diag_error(build->check.diags, node->where, "`%s`: %s", check_excerpt(node->text), declared->fault);
	return NULL;
}

enum image_fit read_image_fit(struct build *build, struct node *map)
{
	static const char *const words[] = {"contain", "cover"};
	int word = IMAGE_CONTAIN;
	check_word(&build->check, map, "image-fit", CHECK_OPTIONAL, words, 2, &word);
	return (enum image_fit)word;
}

void check_assets(struct build *build)
{
	/* What the first unit offers the others may be used elsewhere. */
	bool offers = build->site && build->unit_count > 1;
	for (size_t i = 0; i < build->asset_list.count; i++) {
		const struct declared_asset *declared = build->asset_list.items[i];
		if (declared->used)
			continue;
		if (declared->fault)
			diag_error(build->check.diags, declared->where, "%s", declared->fault);
		else if (!(offers && declared->unit->rank == 0))
			diag_warning(build->check.diags, declared->where,
				"the picture is shown nowhere; write `image: %s` in a message, or delete it",
				declared->asset.name);
	}
}
