#include "base/words.h"

#include "base/alloc.h"
#include "base/file.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#define DOMAIN "bangtin"

static enum language own = LANGUAGE_ENGLISH;
static bool insisted; /* by --lang or BANGTIN_LANG */
static locale_t messages;
static _Thread_local enum language spoken;

enum language words_language_named(const char *name)
{
	size_t length = strcspn(name, "_.@-");

	if (length == 2 && strncmp(name, "vi", 2) == 0)
		return LANGUAGE_VIETNAMESE;
	return length == 2 && strncmp(name, "en", 2) == 0 ? LANGUAGE_ENGLISH : LANGUAGE_OWN;
}

const char *words_language_name(enum language language)
{
	return language == LANGUAGE_VIETNAMESE ? "vi" : "en";
}

/* The first of a list such as "fr:vi:en" that there is. */
static enum language first_of(const char *list)
{
	enum language language = LANGUAGE_OWN;

	while (*list && language == LANGUAGE_OWN) {
		size_t length = strcspn(list, ":");
		char *name = xstrndup(list, length);

		language = words_language_named(name);
		free(name);
		list += length + (list[length] == ':');
	}
	return language;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* As gettext has it: LANGUAGE counts only where a locale is asked for, and scripts that say LC_ALL=C get English. */
static enum language of_locale(void)
{
	const char *locale = variable("LC_ALL");
	const char *list = variable("LANGUAGE");
	enum language language = LANGUAGE_OWN;

	if (!locale)
		locale = variable("LC_MESSAGES");
	if (!locale)
		locale = variable("LANG");
	if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
		return LANGUAGE_ENGLISH;
	if (list)
		language = first_of(list);
	if (language == LANGUAGE_OWN)
		language = words_language_named(locale);
	return language == LANGUAGE_OWN ? LANGUAGE_ENGLISH : language;
}

static void take_out(int *argc, char **argv, int at, int count)
{
	for (int i = at; i + count <= *argc; i++)
		argv[i] = argv[i + count]; /* the NULL behind the last one too */
	*argc -= count;
}

/* LANGUAGE_OWN: it is not among them. */
static bool take_option(int *argc, char **argv, enum language *ret_language)
{
	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value;
		int count = 1;

		if (strncmp(argv[i], "--lang=", 7) == 0) {
			value = argv[i] + 7;
		} else if (strcmp(argv[i], "--lang") == 0 && i + 1 < *argc) {
			value = argv[i + 1];
			count = 2;
		} else if (strcmp(argv[i], "--lang") == 0) {
			return false;
		} else {
			continue;
		}
		*ret_language = words_language_named(value);
		if (*ret_language == LANGUAGE_OWN)
			return false;
		take_out(argc, argv, i--, count);
	}
	return true;
}

/* The first directory that has the catalogue. */
static void find_catalogue(void)
{
	static const char *const beside[] = {"../locale", "../share/locale"};
	char program[4096];
	ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);

	program[size > 0 ? size : 0] = '\0';
	char *slash = strrchr(program, '/');
	for (size_t i = 0; slash && i < sizeof beside / sizeof *beside; i++) {
		char *place = xasprintf("%.*s/%s", (int)(slash - program), program, beside[i]);
		char *file = xasprintf("%s/vi/LC_MESSAGES/" DOMAIN ".mo", place);
		bool there = access(file, R_OK) == 0;

		if (there)
			bindtextdomain(DOMAIN, place);
		free(file);
		free(place);
		if (there)
			return;
	}
	bindtextdomain(DOMAIN, BANGTIN_PREFIX "/share/locale");
}

bool words_open(int *argc, char **argv)
{
	enum language asked = LANGUAGE_OWN;
	bool fine = take_option(argc, argv, &asked);
	const char *preset = variable("BANGTIN_LANG");

	if (asked == LANGUAGE_OWN && preset)
		asked = words_language_named(preset);
	insisted = asked != LANGUAGE_OWN;
	own = insisted ? asked : of_locale();
	find_catalogue();
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	if (!messages)
		messages = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	setenv("LANGUAGE", "vi", 1); /* which catalogue; whether at all is for words_text */
	return fine;
}

enum language words_own(void)
{
	return own;
}

void words_settle(enum language language)
{
	if (!insisted && language != LANGUAGE_OWN)
		own = language;
}

enum language words_speak(enum language language)
{
	enum language before = spoken;

	spoken = language;
	return before;
}

enum language words_spoken(void)
{
	return spoken == LANGUAGE_OWN ? own : spoken;
}

const char *words_text(const char *text)
{
	if (words_spoken() != LANGUAGE_VIETNAMESE || !messages || !*text)
		return text;
	locale_t before = uselocale(messages);
	const char *translated = dgettext(DOMAIN, text);
	uselocale(before);
	return translated;
}

int words_room(const char *text, int columns)
{
	for (; *text; text++)
		columns -= ((unsigned char)*text & 0xc0) != 0x80;
	return columns > 0 ? columns : 0;
}

const char *words_n(const char *one, const char *many, unsigned long number)
{
	if (words_spoken() != LANGUAGE_VIETNAMESE || !messages)
		return number == 1 ? one : many;
	locale_t before = uselocale(messages);
	const char *translated = dngettext(DOMAIN, one, many, number);
	uselocale(before);
	return translated;
}
