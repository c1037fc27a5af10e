/* The two languages: which is chosen, and who speaks which. */
#include "base/alloc.h"
#include "base/words.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <pthread.h>

#include "base/words_error.c"

static char **arguments_of(const char *const *words, int *ret_count)
{
	static char *argv[8];
	int count = 0;

	for (; words[count]; count++)
		argv[count] = (char *)words[count];
	argv[count] = NULL;
	*ret_count = count;
	return argv;
}

static enum language opened(const char *const *words, int *ret_count, char ***ret_argv)
{
	*ret_argv = arguments_of(words, ret_count);
	assert_true(words_open(ret_count, *ret_argv));
	return words_own();
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static enum language of_environment(
	const char *own, const char *list, const char *all, const char *messages, const char *lang)
{
	static const char *const words[] = {"program", NULL};
	int count;
	char **argv;

	set("BANGTIN_LANG", own);
	set("LANGUAGE", list);
	set("LC_ALL", all);
	set("LC_MESSAGES", messages);
	set("LANG", lang);
	enum language language = opened(words, &count, &argv);
	set("BANGTIN_LANG", NULL);
	return language;
}

static void environment(void **state)
{
	assert_int_equal(of_environment(NULL, NULL, NULL, NULL, NULL), LANGUAGE_ENGLISH);
	assert_int_equal(of_environment(NULL, NULL, NULL, NULL, "vi_VN.UTF-8"), LANGUAGE_VIETNAMESE);
	assert_int_equal(of_environment(NULL, NULL, NULL, "vi_VN", "en_US.UTF-8"), LANGUAGE_VIETNAMESE);
	assert_int_equal(of_environment(NULL, NULL, "C", NULL, "vi_VN.UTF-8"), LANGUAGE_ENGLISH);
	assert_int_equal(of_environment(NULL, "vi", "C", NULL, NULL), LANGUAGE_ENGLISH);
	assert_int_equal(of_environment(NULL, "fr:vi:en", NULL, NULL, "C.UTF-8"), LANGUAGE_VIETNAMESE);
	assert_int_equal(of_environment(NULL, "en", NULL, NULL, "vi_VN.UTF-8"), LANGUAGE_ENGLISH);
	assert_int_equal(of_environment(NULL, "vnm", NULL, NULL, "fr_FR.UTF-8"), LANGUAGE_ENGLISH);
	assert_int_equal(of_environment("vi", NULL, "C", NULL, NULL), LANGUAGE_VIETNAMESE);
	assert_int_equal(of_environment("en", "vi", "vi_VN.UTF-8", NULL, NULL), LANGUAGE_ENGLISH);
}

static void option(void **state)
{
	static const char *const first[] = {"program", "--lang", "vi", "status", "--json", NULL};
	static const char *const last[] = {"program", "status", "--lang=vi", NULL};
	static const char *const ended[] = {"program", "--", "--lang", "vi", NULL};
	static const char *const twice[] = {"program", "--lang", "vi", "--lang=en", NULL};
	static const char *const none[] = {"program", "--lang", NULL};
	static const char *const other[] = {"program", "--lang=klingon", NULL};
	int count;
	char **argv;

	set("LC_ALL", "C");
	assert_int_equal(opened(first, &count, &argv), LANGUAGE_VIETNAMESE);
	assert_int_equal(count, 3);
	assert_string_equal(argv[1], "status");
	assert_string_equal(argv[2], "--json");
	assert_null(argv[3]);
	assert_int_equal(opened(last, &count, &argv), LANGUAGE_VIETNAMESE);
	assert_int_equal(count, 2);
	assert_null(argv[2]);
	assert_int_equal(opened(ended, &count, &argv), LANGUAGE_ENGLISH);
	assert_int_equal(count, 4);
	assert_int_equal(opened(twice, &count, &argv), LANGUAGE_ENGLISH);
	assert_int_equal(count, 1);
	argv = arguments_of(none, &count);
	assert_false(words_open(&count, argv));
	argv = arguments_of(other, &count);
	assert_false(words_open(&count, argv));
}

static void a_configurations_word(void **state)
{
	assert_int_equal(of_environment(NULL, NULL, NULL, NULL, "en_US.UTF-8"), LANGUAGE_ENGLISH);
	words_settle(LANGUAGE_OWN);
	assert_int_equal(words_own(), LANGUAGE_ENGLISH);
	words_settle(LANGUAGE_VIETNAMESE);
	assert_int_equal(words_own(), LANGUAGE_VIETNAMESE);
	assert_int_equal(of_environment("en", NULL, NULL, NULL, NULL), LANGUAGE_ENGLISH);
	words_settle(LANGUAGE_VIETNAMESE);
	assert_int_equal(words_own(), LANGUAGE_ENGLISH);
}

static void *speak_vietnamese(void *ret_text)
{
	words_speak(LANGUAGE_VIETNAMESE);
	*(const char **)ret_text = words_error(ENOENT);
	return NULL;
}

/* The catalogue is beside the programs, where this test is one; a language is a thread's own. */
static void threads(void **state)
{
	const char *text;
	pthread_t thread;

	assert_int_equal(of_environment(NULL, NULL, "C", NULL, NULL), LANGUAGE_ENGLISH);
	assert_int_equal(pthread_create(&thread, NULL, speak_vietnamese, &text), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_string_equal(text, "Không có tệp hoặc thư mục này");
	assert_string_equal(words_error(-ENOENT), "No such file or directory");
	assert_int_equal(words_speak(LANGUAGE_VIETNAMESE), LANGUAGE_OWN);
	assert_string_equal(words_error(-ENOENT), text);
	assert_string_equal(_(""), "");
	assert_string_equal(_("what nobody has translated"), "what nobody has translated");
	assert_int_equal(words_speak(LANGUAGE_OWN), LANGUAGE_VIETNAMESE);
	assert_string_equal(words_n("%d display", "%d displays", 1), "%d display");
	assert_string_equal(words_n("%d display", "%d displays", 2), "%d displays");
}

/* What is translated is what glibc says. */
static void errors(void **state)
{
	for (size_t i = 0; i < sizeof met / sizeof *met; i++) {
		bool known = false;

		for (int error = 0; error < 200 && !known; error++) {
			const char *text = strerrordesc_np(error);

			known = text && strcmp(text, met[i]) == 0;
		}
		if (!known && strcmp(met[i], "Unknown error") != 0)
			fail_msg("glibc does not say: %s", met[i]);
	}
	assert_string_equal(words_error(100000), "Unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(environment), cmocka_unit_test(option),
		cmocka_unit_test(a_configurations_word), cmocka_unit_test(threads), cmocka_unit_test(errors)};
	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
