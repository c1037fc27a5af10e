/* A driver's option table: typed, ranged, with defaults; bound into its private struct, and printed for people. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "output/private.h"

#define OPTIONS_MOST 64

const struct sink_driver *sink_driver_find(const char *name)
{
	for (size_t i = 0; sink_drivers[i]; i++)
		if (strcmp(sink_drivers[i]->name, name) == 0)
			return sink_drivers[i];
	return NULL;
}

static void *field(void *priv, const struct sink_option *option)
{
	return (char *)priv + option->offset;
}

static bool has_range(const struct sink_option *option)
{
	return option->least != 0 || option->most != 0;
}

static bool in_range(const struct sink_option *option, double value)
{
	return !has_range(option) || (value >= option->least && value <= option->most);
}

static bool read_int(const char *text, int64_t *ret)
{
	char *end;

	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return false;
	*ret = value;
	return true;
}

static bool read_number(const char *text, double *ret)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !isfinite(value))
		return false;
	*ret = value;
	return true;
}

static bool read_bool(const char *text, bool *ret)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return false;
	*ret = text[0] == 't';
	return true;
}

static bool read_word(const struct sink_option *option, const char *text, int *ret)
{
	for (size_t i = 0; i < option->word_count; i++) {
		if (strcmp(option->words[i], text) == 0) {
			*ret = (int)i;
			return true;
		}
	}
	return false;
}

static char *located_path(const struct sink_option *option, const char *text, const char *file)
{
	const char *slash = file ? strrchr(file, '/') : NULL;

	for (size_t i = 0; i < option->word_count; i++)
		if (strncmp(text, option->words[i], strlen(option->words[i])) == 0)
			return xstrdup(text);
	if (text[0] == '/' || !slash)
		return xstrdup(text);
	return xasprintf("%.*s/%s", (int)(slash - file), file, text);
}

/* False: text, which stands in file, is not what the option takes; priv is untouched then. */
static bool bind_value(const struct sink_option *option, const char *text, const char *file, void *priv)
{
	void *to = field(priv, option);
	int64_t whole;
	double number;

	switch (option->type) {
	case OPTION_TEXT:
		if (!*text && !(option->standard && !*option->standard))
			return false; /* empty only where that is the default */
		free(*(char **)to);
		*(char **)to = xstrdup(text);
		return true;
	case OPTION_INT:
		if (!read_int(text, &whole) || !in_range(option, (double)whole))
			return false;
		*(int64_t *)to = whole;
		return true;
	case OPTION_DURATION:
		if (time_parse_duration(text, &whole) != 0 || !in_range(option, (double)whole))
			return false;
		*(int64_t *)to = whole;
		return true;
	case OPTION_NUMBER:
		if (!read_number(text, &number) || !in_range(option, number))
			return false;
		*(double *)to = number;
		return true;
	case OPTION_BOOL:
		return read_bool(text, to);
	case OPTION_PATH:
		if (!*text)
			return false;
		free(*(char **)to);
		*(char **)to = located_path(option, text, file);
		return true;
	case OPTION_WORD:
		return read_word(option, text, to);
	}
	return false;
}

static void print_range(const struct sink_option *option, FILE *to)
{
	char least[32], most[32];

	if (!has_range(option))
		return;
	if (option->type != OPTION_DURATION) {
		fprintf(to, _(", %.15g to %.15g"), option->least, option->most);
		return;
	}
	time_format_duration((int64_t)option->least, least, sizeof least);
	time_format_duration((int64_t)option->most, most, sizeof most);
	fprintf(to, _(", %s to %s"), least, most);
}

/* What an option takes, as a noun phrase. */
static void print_form(const struct sink_option *option, FILE *to)
{
	static const char *const forms[] = {
		[OPTION_TEXT] = N_("a text"),
		[OPTION_INT] = N_("a whole number"),
		[OPTION_NUMBER] = N_("a number"),
		[OPTION_BOOL] = N_("true or false"),
		[OPTION_DURATION] = N_("a duration such as 20ms"),
		[OPTION_PATH] = N_("a path"),
	};

	if (option->type == OPTION_WORD) {
		for (size_t i = 0; i < option->word_count; i++)
			fprintf(to, "%s%s",
				i == 0			      ? ""
				: i + 1 == option->word_count ? _(" or ")
							      : ", ",
				option->words[i]);
		return;
	}
	fputs(_(forms[option->type]), to);
	print_range(option, to);
}

static char *form_text(const struct sink_option *option)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	print_form(option, to);
	if (fclose(to) != 0)
		abort();
	return text;
}

static void report_unknown(
	const struct sink_driver *driver, const struct option *given, struct diag_list *diags)
{
	const char *names[OPTIONS_MOST];
	size_t count = 0;

	for (const struct sink_option *o = driver->options; o && o->name && count < OPTIONS_MOST; o++)
		names[count++] = o->name;
	const char *near = nearest_word(given->key, names, count);
	if (near)
		diag_error(diags, given->where, "driver %s has no option '%s'; write '%s'", driver->name,
			given->key, near);
	else
		diag_error(diags, given->where,
			"driver %s has no option '%s'; `bangtin-testpattern drivers %s` lists them",
			driver->name, given->key, driver->name);
}

static const struct sink_option *option_find(const struct sink_driver *driver, const char *name)
{
	for (const struct sink_option *option = driver->options; option && option->name; option++)
		if (strcmp(option->name, name) == 0)
			return option;
	return NULL;
}

static void bind_given(
	const struct sink_driver *driver, const struct option *given, void *priv, struct diag_list *diags)
{
	const struct sink_option *option = option_find(driver, given->key);

	if (!option) {
		report_unknown(driver, given, diags);
		return;
	}
	if (!bind_value(option, given->value, given->where.file, priv)) {
		char *form = form_text(option);
		diag_error(
			diags, given->where, "%s cannot be '%s'; write %s", option->name, given->value, form);
		free(form);
	}
}

static bool is_given(const struct display *display, const char *name)
{
	for (size_t i = 0; i < display->option_count; i++)
		if (strcmp(display->options[i].key, name) == 0)
			return true;
	return false;
}

bool options_bind(
	const struct sink_driver *driver, const struct display *display, void *priv, struct diag_list *diags)
{
	size_t errors = diags->errors;

	for (const struct sink_option *option = driver->options; option && option->name; option++) {
		if (option->standard && !bind_value(option, option->standard, NULL, priv))
			abort(); /* the driver's own table is wrong; every table is bound by a test */
		if (option->required && !is_given(display, option->name))
			diag_error(diags, display->where, "driver %s needs the option '%s': %s", driver->name,
				option->name, _(option->help));
	}
	for (size_t i = 0; i < display->option_count; i++)
		bind_given(driver, &display->options[i], priv, diags);
	return diags->errors == errors;
}

void options_free(const struct sink_driver *driver, void *priv)
{
	if (!priv)
		return;
	for (const struct sink_option *option = driver->options; option && option->name; option++) {
		if (option->type == OPTION_TEXT || option->type == OPTION_PATH) {
			free(*(char **)field(priv, option));
			*(char **)field(priv, option) = NULL;
		}
	}
}

void sink_print_options(const struct sink_driver *driver, FILE *to)
{
	for (const struct sink_option *option = driver->options; option && option->name; option++) {
		fprintf(to, "%s = ", option->name);
		print_form(option, to);
		if (option->required)
			fputs(_(" (required)"), to);
		else if (option->standard && *option->standard)
			fprintf(to, _(" (default %s)"), option->standard);
		fprintf(to, "\n        %s\n", _(option->help));
	}
}
