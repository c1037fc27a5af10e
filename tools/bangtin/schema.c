/* `bangtin schema`: the format of playlist files for editors. */
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "cli.h"
#include "schema.h"

#define WEB   "https://json-schema.org/draft/2020-12/schema"
#define NAMES "{\"pattern\": \"^[a-z0-9-]{1,63}$\", \"patternErrorMessage\": \"1 to 63 of a-z, 0-9 and -\"}"

static json_t *map_definition(const struct schema_map *map)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *definition = json_pack("{s:s}", "type", "object");
	for (const struct schema_key *key = map->keys; key->name; key++) {
		json_object_set_new(properties, key->name, schema_value(key));
		if (key->required)
			json_array_append_new(required, json_string(key->name));
	}
	json_object_set_new(definition, "properties", properties);
	if (json_array_size(required) > 0)
		json_object_set(definition, "required", required);
	json_decref(required);
	json_object_set_new(definition, "additionalProperties", json_false());
	if (map->also) {
		json_t *also = json_loads(map->also, 0, NULL);
		json_object_update(definition, also);
		json_decref(also);
	}
	return definition;
}

/* Definitions that are no map of known keys, and what values in them are. */
static const struct {
	const char *name, *text;
	struct schema_key value; /* stands where text has "VALUE"; a second one, of OTHER */
	struct schema_key other;
} shapes[] = {
	{"at",
		"{\"type\": \"array\", \"minItems\": 4, \"maxItems\": 4, \"prefixItems\": "
		"[\"VALUE\", \"VALUE\", \"OTHER\", \"OTHER\"]}",
		{.kind = SCHEMA_EXTENT}, {.kind = SCHEMA_EXTENT_SOME}},
	{"padding",
		"{\"anyOf\": [\"VALUE\", {\"type\": \"array\", \"items\": \"VALUE\", \"minItems\": 1, "
		"\"maxItems\": 2}, {\"type\": \"array\", \"items\": \"VALUE\", \"minItems\": 4, "
		"\"maxItems\": 4}]}",
		{.kind = SCHEMA_EXTENT}, {.name = NULL}},
	{"gradient", "{\"type\": \"array\", \"items\": \"VALUE\", \"minItems\": 2, \"maxItems\": 4}",
		{.kind = SCHEMA_COLOUR}, {.name = NULL}},
	{"background", "{\"anyOf\": [{\"const\": \"none\"}, \"VALUE\", {\"$ref\": \"#/$defs/fill\"}]}",
		{.kind = SCHEMA_COLOUR}, {.name = NULL}},
	{"zones",
		"{\"type\": \"object\", \"maxProperties\": 32, \"propertyNames\": " NAMES
		", \"additionalProperties\": {\"$ref\": \"#/$defs/zone\"}}",
		{.kind = SCHEMA_TEXT}, {.name = NULL}},
	{"whole-zone",
		"{\"required\": [\"kind\", \"at\"], \"properties\": {\"hide\": {\"enum\": [false, "
		"\"false\"]}}, "
		"\"if\": {\"properties\": {\"kind\": {\"const\": \"playlist\"}}, \"required\": [\"kind\"]}, "
		"\"then\": {\"required\": [\"playlist\"]}}",
		{.kind = SCHEMA_TEXT}, {.name = NULL}},
	{"fillings", "{\"type\": \"object\", \"additionalProperties\": \"VALUE\"}", {.kind = SCHEMA_TEXT},
		{.name = NULL}},
	{"calendar", "{\"type\": \"array\", \"items\": \"VALUE\", \"maxItems\": 1000}",
		{.kind = SCHEMA_DAY_LIST}, {.name = NULL}},
	{"entry",
		"{\"type\": \"object\", \"if\": {\"required\": [\"skip\"]}, \"then\": {\"$ref\": "
		"\"#/$defs/skip-entry\"}, \"else\": {\"if\": {\"required\": [\"show\"]}, \"then\": "
		"{\"$ref\": "
		"\"#/$defs/show-entry\"}, \"else\": {\"$ref\": \"#/$defs/play-entry\"}}}",
		{.kind = SCHEMA_TEXT}, {.name = NULL}},
};

/* Puts values where a shape has their place. */
static json_t *filled(json_t *shape, const struct schema_key *value, const struct schema_key *other)
{
	const char *key;
	json_t *part;
	size_t index;
	if (json_is_string(shape) && strcmp(json_string_value(shape), "VALUE") == 0)
		return schema_value(value);
	if (json_is_string(shape) && strcmp(json_string_value(shape), "OTHER") == 0)
		return schema_value(other);
	if (json_is_array(shape))
		json_array_foreach(shape, index, part)
			json_array_set_new(shape, index, filled(part, value, other));
	if (json_is_object(shape))
		json_object_foreach(shape, key, part)
			json_object_set_new(shape, key, filled(part, value, other));
	return json_incref(shape);
}

static json_t *definitions(void)
{
	json_t *all = json_object();
	for (const struct schema_map *map = schema_maps; map->name; map++)
		json_object_set_new(all, map->name, map_definition(map));
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		json_t *shape = json_loads(shapes[i].text, 0, NULL);
		json_object_set_new(all, shapes[i].name, filled(shape, &shapes[i].value, &shapes[i].other));
		json_decref(shape);
	}
	return all;
}

/* --- the top level */

/* A section left empty is as good as none. */
static json_t *section(const char *description, json_t *inside)
{
	json_t *section = json_pack("{s:s,s:[s,s]}", "description", description, "type", "object", "null");
	json_object_set_new(section, "propertyNames", json_loads(NAMES, 0, NULL));
	json_object_set_new(section, "additionalProperties", inside);
	return section;
}

static json_t *reference(const char *definition)
{
	return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", definition));
}

static json_t *playlist(void)
{
	return json_pack("{s:s,s:i,s:i,s:o}", "type", "array", "minItems", 1, "maxItems", 1000, "items",
		reference("element"));
}

static json_t *sections(void)
{
	static const struct schema_key version = {.kind = SCHEMA_INT,
		.description = "The version of this format: 1.",
		.example = "1",
		.least = 1,
		.most = 1};
	static const struct schema_key unit = {.kind = SCHEMA_NAME,
		.description = "The unit that the file belongs to: the name of its directory.",
		.example = "tan-an"};
	static const struct schema_key window = {.kind = SCHEMA_WINDOW, .example = "07:00-11:30", .many = 48};
	json_t *all = json_object();
	json_object_set_new(all, "bangtin", schema_value(&version));
	json_object_set_new(all, "unit", schema_value(&unit));
	json_object_set_new(all, "styles", section("How texts look, by name.", reference("style")));
	json_object_set_new(
		all, "layouts", section("Pages divided into zones, by name.", reference("layout")));
	json_object_set_new(all, "messages", section("What displays say, by name.", reference("message")));
	json_object_set_new(all, "playlists",
		section("Lists of messages, shown one after the other and then again, by name.", playlist()));
	json_object_set_new(
		all, "dayparts", section("Windows of the day that `hours` can name.", schema_value(&window)));
	json_object_set_new(all, "calendars",
		section("Lists of days that `dates`, `also` and `except` can name.", reference("calendar")));
	json_object_set_new(all, "schedule",
		json_pack("{s:s,s:[s,s],s:o}", "description", "What plays where and when.", "type", "array",
			"null", "items", reference("entry")));
	return all;
}

json_t *schema_make(void)
{
	json_t *schema = json_pack("{s:s,s:s,s:s,s:s,s:[s,s]}", "$schema", WEB, "title",
		"bangtin playlist file", "description",
		"What displays show and when; `bangtin check` also checks what a schema cannot: references, "
		"expiry, fields in texts, and whether people can read it. See bangtin-playlist(5).",
		"type", "object", "required", "bangtin", "unit");
	json_object_set_new(schema, "properties", sections());
	json_object_set_new(schema, "additionalProperties", json_false());
	json_object_set_new(schema, "$defs", definitions());
	return schema;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const struct flag flags[] = {{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "it takes no names");
	json_t *schema = schema_make();
	cli_print_json(schema);
	json_decref(schema);
	return EXIT_DONE;
}

const struct command command_schema = {
	.name = "schema",
	.arguments = "",
	.summary = N_("Prints the JSON Schema of playlist files, for editors"),
	.help = "",
	.run = run,
};
