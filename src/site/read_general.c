/* The group `site`. */
#include "site/keys.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/alloc.h"
#include "base/words.h"

enum { UNITS_MOST = 64, GRANTS_MOST = 64, PLACES_MOST = 1000 };

static const char *read_path(
	struct site_reader *reader, struct node *map, const char *key, const char *standard)
{
	const char *path = standard;
	if (!check_text(&reader->check, map, key, CHECK_OPTIONAL, &path) || path[0] == '/')
		return path;
	return arena_printf(reader->arena, "%s/%s", reader->directory, path);
}

static void read_unit(struct site_reader *reader, struct node *node, struct unit_grant *unit)
{
	struct check *check = &reader->check;
	int64_t priority;
	struct location where = node->where;
	if (node->kind == NODE_SCALAR) {
		check_node_text(check, node, "units", &unit->name);
	} else if (check_node_kind(check, node, "units", NODE_MAP)) {
		if (check_text(check, node, "name", CHECK_REQUIRED, &unit->name))
			where = check_any(check, node, "name", CHECK_REQUIRED)->where;
		if (check_int(check, node, "max-priority", CHECK_OPTIONAL, 0, 100, &priority))
			unit->max_priority = (int)priority;
		check_done(check, node, "a unit");
	}
	if (unit->name)
		check_name(check, where, unit->name, "a unit");
}

static void read_units(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, "units", CHECK_REQUIRED, &single, &nodes, &count))
		return;
	if (count > UNITS_MOST) {
		diag_error(check->diags, nodes[UNITS_MOST]->where, "a site has at most %d units", UNITS_MOST);
		return;
	}
	site->units = arena_alloc(reader->arena, count * sizeof *site->units);
	site->unit_count = count;
	for (size_t i = 0; i < count; i++) {
		site->units[i] = (struct unit_grant){.name = "", .max_priority = i == 0 ? 100 : 50};
		read_unit(reader, nodes[i], &site->units[i]);
		for (size_t j = 0; j < i; j++)
			if (strcmp(site->units[i].name, site->units[j].name) == 0)
				diag_error(check->diags, nodes[i]->where,
					"the unit `%s` is here a second time", site->units[i].name);
	}
}

static void read_user(struct site_reader *reader, struct node *node, struct role_grant *grant)
{
	struct check *check = &reader->check;
	int64_t uid;
	if (!check_node_kind(check, node, "user", NODE_SCALAR))
		return;
	if (node->text[0] && strspn(node->text, "0123456789") == strlen(node->text)) {
		if (check_node_int(check, node, "user", 0, UINT32_MAX - 1, &uid))
			grant->uid = (unsigned)uid;
		return;
	}
	const struct passwd *user = getpwnam(node->text);
	if (user)
		grant->uid = user->pw_uid;
	else
		diag_error(check->diags, node->where,
			"this machine has no user `%s`; make the account first, or write its number",
			check_excerpt(node->text));
}

static void read_grant(struct site_reader *reader, struct node *map, struct role_grant *grant)
{
	static const char *const words[] = {"view", "load", "operate"};
	struct check *check = &reader->check;
	struct node *single, *const *nodes;
	size_t count;
	if (!check_node_kind(check, map, "roles", NODE_MAP))
		return;
	struct node *user = check_any(check, map, "user", CHECK_REQUIRED);
	if (user)
		read_user(reader, user, grant);
	if (check_values(check, map, "may", CHECK_REQUIRED, &single, &nodes, &count)) {
		for (size_t i = 0; i < count; i++) {
			int word;
			if (check_node_word(check, nodes[i], "may", words, 3, &word))
				grant->roles |= 1u << word;
		}
	}
	check_done(check, map, "a role");
}

static void read_roles(struct site_reader *reader, struct node *map, struct site *site)
{
	struct node *list = check_list(&reader->check, map, "roles", CHECK_OPTIONAL);
	if (!list)
		return;
	if (list->count > GRANTS_MOST) {
		diag_error(reader->check.diags, list->where, "at most %d users are given roles", GRANTS_MOST);
		return;
	}
	site->grants = arena_alloc(reader->arena, list->count * sizeof *site->grants);
	site->grant_count = list->count;
	for (size_t i = 0; i < list->count; i++)
		read_grant(reader, list->children[i], &site->grants[i]);
}

static void read_zone(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	struct node *node = check_any(check, map, "timezone", CHECK_REQUIRED);
	const char *name;
	if (!node || !check_node_text(check, node, "timezone", &name))
		return;
	if (zone_create(name, &site->zone) < 0)
		diag_error(check->diags, node->where,
			"there is no time zone `%s` on this machine; in Vietnam it is \"Asia/Ho_Chi_Minh\"",
			check_excerpt(name));
}

static void read_day_starts(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	struct node *node = check_any(check, map, "day-starts", CHECK_OPTIONAL);
	if (!node || !check_node_kind(check, node, "day-starts", NODE_SCALAR))
		return;
	if (time_parse_hour(node->text, &site->day_starts) < 0 || site->day_starts >= 86400)
		check_refuse(check, node, "day-starts", "an hour as \"03:00\"");
}

/* One of them alone says nothing. */
static void read_place(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	bool latitude = check_number(check, map, "latitude", CHECK_OPTIONAL, -90, 90, &site->latitude);
	bool longitude = check_number(check, map, "longitude", CHECK_OPTIONAL, -180, 180, &site->longitude);
	if (latitude != longitude)
		diag_error(check->diags, map->where,
			"`latitude` and `longitude` belong together; write both, as latitude = 10.535; "
			"longitude = 106.413");
	site->placed = latitude && longitude;
}

static void read_places(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, "places", CHECK_OPTIONAL, &single, &nodes, &count))
		return;
	if (count > PLACES_MOST) {
		diag_error(check->diags, nodes[PLACES_MOST]->where, "`places` has at most %d names",
			PLACES_MOST);
		return;
	}
	const char **places = arena_alloc(reader->arena, count * sizeof *places);
	for (size_t i = 0; i < count; i++) {
		places[i] = "";
		check_node_text(check, nodes[i], "places", &places[i]);
	}
	site->places = places;
	site->place_count = count;
}

static void read_socket(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	site->socket_path = read_path(reader, map, "socket", "/run/bangtin/control");
	site->socket_mode = 0660;
	/* A relative one counts with the directory in front. */
	if (strlen(site->socket_path) >= sizeof((struct sockaddr_un *)0)->sun_path)
		diag_error(check->diags, map->where,
			"the path of `socket` is too long; at most %zu bytes: %s",
			sizeof((struct sockaddr_un *)0)->sun_path - 1, site->socket_path);
	struct node *mode = check_any(check, map, "socket-mode", CHECK_OPTIONAL);
	if (mode && check_node_kind(check, mode, "socket-mode", NODE_SCALAR)) {
		size_t length = strlen(mode->text);
		if (length < 3 || length > 4 || strspn(mode->text, "01234567") != length)
			check_refuse(check, mode, "socket-mode", "an octal mode in quotes as \"0660\"");
		else
			site->socket_mode = (unsigned)strtoul(mode->text, NULL, 8) & 0777;
	}
	check_text(check, map, "socket-group", CHECK_OPTIONAL, &site->socket_group);
}

static void read_language(struct site_reader *reader, struct node *map, struct site *site)
{
	static const char *const words[] = {"en", "vi"};
	int word;
	if (check_word(&reader->check, map, "language", CHECK_OPTIONAL, words, 2, &word))
		site->language = word ? LANGUAGE_VIETNAMESE : LANGUAGE_ENGLISH;
}

static void read_clock(struct site_reader *reader, struct node *map, struct site *site)
{
	static const char *const words[] = {"any", "synchronised", "own"};
	int word = CLOCK_ANY;
	check_word(&reader->check, map, "clock", CHECK_OPTIONAL, words, 3, &word);
	site->clock = (enum site_clock)word;
}

void site_read_general(struct site_reader *reader, struct node *map, struct site *site)
{
	struct check *check = &reader->check;
	int64_t kept = 20;
	check_text(check, map, "name", CHECK_REQUIRED, &site->name);
	read_units(reader, map, site);
	read_places(reader, map, site);
	read_zone(reader, map, site);
	read_day_starts(reader, map, site);
	read_clock(reader, map, site);
	read_place(reader, map, site);
	site->state_directory = read_path(reader, map, "state-directory", "/var/lib/bangtin");
	site->fonts_directory = read_path(reader, map, "fonts-directory", NULL);
	site->data_directory = read_path(reader, map, "data-directory", NULL);
	read_socket(reader, map, site);
	read_roles(reader, map, site);
	read_language(reader, map, site);
	check_bool(check, map, "unsigned-loads", CHECK_OPTIONAL, &site->unsigned_loads);
	site->root_path = read_path(reader, map, "root", NULL);
	site->alarm = (struct alarm_hook){.after = 30 * NS_PER_SEC, .timeout = 30 * NS_PER_SEC};
	site_read_alarm(reader, map, site);
	check_int(check, map, "generations", CHECK_OPTIONAL, 2, 1000, &kept);
	site->generations_kept = (int)kept;
	check_done(check, map, "`site`");
}
