/* `drivers` and `patterns`: what there is to choose from. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "frame/pattern.h"
#include "output/output.h"
#include "testpattern.h"

static void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(json);
}

/* --- drivers */

static json_t *words_json(const struct sink_option *option)
{
	json_t *words = json_array();

	for (size_t i = 0; i < option->word_count; i++)
		json_array_append_new(words, json_string(option->words[i]));
	return words;
}

static json_t *option_json(const struct sink_option *option)
{
	static const char *const types[] = {
		[OPTION_TEXT] = "text",
		[OPTION_INT] = "integer",
		[OPTION_NUMBER] = "number",
		[OPTION_BOOL] = "boolean",
		[OPTION_WORD] = "word",
		[OPTION_DURATION] = "duration",
		[OPTION_PATH] = "path",
	};
	json_t *object = json_pack("{s:s, s:s, s:b, s:s}", "name", option->name, "type", types[option->type],
		"required", option->required, "help", _(option->help));

	if (option->standard)
		json_object_set_new(object, "default", json_string(option->standard));
	if (option->least != 0 || option->most != 0) {
		json_object_set_new(object, "least", json_real(option->least));
		json_object_set_new(object, "most", json_real(option->most));
	}
	if (option->type == OPTION_WORD)
		json_object_set_new(object, "words", words_json(option));
	return object;
}

static json_t *driver_json(const struct sink_driver *driver)
{
	json_t *options = json_array();

	for (const struct sink_option *option = driver->options; option && option->name; option++)
		json_array_append_new(options, option_json(option));
	json_t *object = json_pack(
		"{s:s, s:s, s:o}", "name", driver->name, "summary", _(driver->summary), "options", options);
	json_t *words = json_array();
	for (const struct sink_action *action = driver->actions; action && action->name; action++)
		json_array_append_new(
			words, json_pack("{s:s, s:s}", "name", action->name, "help", _(action->help)));
	json_object_set_new(object, "words", words);
	return object;
}

static int unknown_driver(const char *name)
{
	const char *names[64];
	size_t count = 0;

	for (; count < 64 && sink_drivers[count]; count++)
		names[count] = sink_drivers[count]->name;
	const char *near = nearest_word(name, names, count);
	if (near)
		return fail(EXIT_INPUT, "there is no driver `%s`; did you mean `%s`?", name, near);
	return fail(EXIT_INPUT, "there is no driver `%s`; `bangtin-testpattern drivers` lists them", name);
}

static void list_drivers(bool json)
{
	json_t *array = json_array();

	for (size_t i = 0; sink_drivers[i]; i++) {
		if (json)
			json_array_append_new(array, driver_json(sink_drivers[i]));
		else
			printf("%-10s %s\n", sink_drivers[i]->name, _(sink_drivers[i]->summary));
	}
	if (json)
		print_json(array);
	else
		json_decref(array);
}

int run_drivers(const struct arguments *arguments)
{
	if (!arguments->word) {
		list_drivers(arguments->json);
		return EXIT_DONE;
	}
	const struct sink_driver *driver = sink_driver_find(arguments->word);
	if (!driver)
		return unknown_driver(arguments->word);
	if (arguments->json) {
		print_json(driver_json(driver));
		return EXIT_DONE;
	}
	printf("%s: %s\n\n", driver->name, _(driver->summary));
	sink_print_options(driver, stdout);
	if (driver->actions)
		puts(_("\nWords for `bangtin-testpattern tell`:"));
	for (const struct sink_action *action = driver->actions; action && action->name; action++)
		printf("%-16s %s\n", action->name, _(action->help));
	return EXIT_DONE;
}

/* --- patterns */

int run_patterns(const struct arguments *arguments)
{
	json_t *array = json_array();

	for (const struct pattern *pattern = patterns; pattern->name; pattern++) {
		if (arguments->json)
			json_array_append_new(array,
				json_pack("{s:s, s:s}", "name", pattern->name, "help", _(pattern->help)));
		else
			printf("%-9s %s\n", pattern->name, _(pattern->help));
	}
	if (arguments->json)
		print_json(array);
	else
		json_decref(array);
	return EXIT_DONE;
}
