#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "control/control.h"

#define CALL_WITHIN                                                                                          \
	(120 * NS_PER_SEC) /* a load of thousands of messages is rendered on every display first */
#define SOCKET_STANDARD "/run/bangtin/control"

int cli_fail(int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("bangtin: ", stderr);
	vfprintf(stderr, _(format), arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return code;
}

static void print_help(const struct command *command, FILE *to)
{
	fprintf(to, _("usage: bangtin %s %s\n%s.\n\n%s"), command->name, _(command->arguments),
		_(command->summary), _(command->help));
	fputs(_("  -c, --configuration FILE  the site configuration: work on its files and state\n"
		"      --socket PATH         the daemon's control socket (/run/bangtin/control)\n"
		"      --json                machine-readable\n"
		"      --lang vi|en          the language of the answers\n"),
		to);
}

int cli_usage(const struct command *command, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "bangtin %s: ", command->name);
	vfprintf(stderr, _(format), arguments);
	fputc('\n', stderr);
	fprintf(stderr, _("usage: bangtin %s %s\n"), command->name, _(command->arguments));
	va_end(arguments);
	return EXIT_USAGE;
}

/* --- options */

static const struct flag *find(const struct flag *flags, const char *word, const char **ret_value)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	*ret_value = equals ? equals + 1 : NULL;
	for (; flags->name; flags++) {
		if (word[0] == '-' && word[1] == '-' && strlen(flags->name) == length - 2 &&
			strncmp(flags->name, word + 2, length - 2) == 0)
			return flags;
		if (word[1] != '-' && flags->letter && word[1] == flags->letter && word[2] == '\0')
			return flags;
	}
	return NULL;
}

static bool take(const struct flag *flag, const char *value)
{
	struct many *many = flag->target;
	switch (flag->kind) {
	case FLAG_SET:
		*(bool *)flag->target = true;
		return value == NULL;
	case FLAG_VALUE:
		*(const char **)flag->target = value;
		return value != NULL;
	case FLAG_MANY:
		if (!value || many->count == sizeof many->values / sizeof *many->values)
			return false;
		many->values[many->count++] = value;
		return true;
	}
	return false;
}

int cli_parse(const struct command *command, int argc, char **argv, const struct flag *flags,
	struct common *common, int *ret_operands)
{
	const struct flag shared[] = {{"configuration", 'c', FLAG_VALUE, &common->configuration},
		{"socket", 0, FLAG_VALUE, &common->socket}, {"json", 0, FLAG_SET, &common->json},
		{NULL, 0, 0, NULL}};
	int operands = 0;
	bool ended = false;
	for (int i = 0; i < argc; i++) {
		char *word = argv[i];
		if (ended || word[0] != '-' || word[1] == '\0') {
			argv[operands++] = word;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			ended = true;
			continue;
		}
		if (strcmp(word, "--help") == 0) {
			print_help(command, stdout);
			return -1;
		}
		const char *value;
		const struct flag *flag = find(shared, word, &value);
		if (!flag)
			flag = find(flags, word, &value);
		if (!flag)
			return cli_usage(command, "there is no option `%s`; --help lists them", word);
		if (flag->kind != FLAG_SET && !value && i + 1 < argc)
			value = argv[++i];
		if (!take(flag, value))
			return flag->kind == FLAG_SET
				       ? cli_usage(command, "option --%s takes no value", flag->name)
				       : cli_usage(command, "option --%s wants a value, or came too often",
						 flag->name);
	}
	*ret_operands = operands;
	return EXIT_DONE;
}

/* --- the daemon */

/* With -c the socket is the one that the configuration names, unless --socket says otherwise. */
char *cli_socket_path(const struct common *common)
{
	if (common->socket || !common->configuration)
		return xstrdup(common->socket ? common->socket : SOCKET_STANDARD);
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = site_read(common->configuration, &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	char *path = site ? xstrdup(site->socket_path) : NULL;
	site_destroy(site);
	return path;
}

int cli_explain(const char *path, int error)
{
	switch (-error) {
	case ENOENT:
	case ECONNREFUSED:
		return cli_fail(EXIT_REACH,
			"no daemon answers on %s; is bangtind running? (--socket names another)", path);
	case EACCES:
	case EPERM:
		return cli_fail(EXIT_REACH,
			"you may not use %s; ask to join the group that owns it (ls -l %s)", path, path);
	case ETIMEDOUT:
		return cli_fail(EXIT_REACH, "the daemon did not answer in time");
	default:
		return cli_fail(EXIT_REACH, "%s: %s", path, words_error(error));
	}
}

int cli_call(const struct common *common, json_t *request, json_t **ret_reply)
{
	if (!request)
		return cli_fail(EXIT_INPUT, "an argument is no UTF-8");
	char *path = cli_socket_path(common);
	if (!path) {
		json_decref(request);
		return EXIT_INPUT;
	}
	json_t *reply = NULL;
	int error = control_call(path, request, CALL_WITHIN, &reply);
	json_decref(request);
	if (error < 0) {
		int code = cli_explain(path, error);
		free(path);
		return code;
	}
	free(path);
	if (json_is_true(json_object_get(reply, "ok"))) {
		*ret_reply = reply;
		return EXIT_DONE;
	}
	int code = (int)json_integer_value(json_object_get(reply, "code"));
	const char *why = json_string_value(json_object_get(reply, "error"));
	code = cli_fail(
		code >= 1 && code <= 3 ? code : EXIT_REACH, "%s", why ? why : _("the daemon refused"));
	json_decref(reply);
	return code;
}

void cli_print_json(const json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII * 0);
	putchar('\n');
}

json_t *cli_strings(const struct many *many)
{
	json_t *array = json_array();
	for (size_t i = 0; i < many->count; i++) {
		if (json_array_append_new(array, json_string(many->values[i])) == 0)
			continue;
		json_decref(
			array); /* without it the rest would say something else: no name at all is all displays */
		return NULL;
	}
	return array;
}
