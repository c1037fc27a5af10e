/* What a site file says of a display's driver: the options bound, checked and listed, and what follows from them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sink_fixture.h"

static char *bind_text(const struct option *options, size_t count, struct fake_priv *priv)
{
	struct diag_list diags;
	struct display d = base_display("opted");

	diag_init(&diags);
	d.options = (struct option *)options;
	d.option_count = count;
	options_bind(&opted, &d, priv, &diags);
	char *text = diag_text(&diags);
	diag_finish(&diags);
	return text;
}

static void test_options(void **state)
{
	static const struct option good[] = {{"port", "/dev/x", {"c", 1, 1}}, {"count", "9", {"c", 2, 1}},
		{"wait", "1s", {"c", 3, 1}}, {"share", "0.25", {"c", 4, 1}}, {"loud", "true", {"c", 5, 1}},
		{"mode", "slow", {"c", 6, 1}}};
	static const struct option bad[] = {{"prot", "/dev/x", {"c", 1, 1}}, {"count", "10", {"c", 2, 5}},
		{"wait", "2s", {"c", 3, 5}}, {"share", "much", {"c", 4, 5}}, {"loud", "yes", {"c", 5, 5}},
		{"mode", "fast", {"c", 6, 5}}, {"xyzzy", "1", {"c", 7, 5}}, {"port", "", {"c", 8, 5}}};
	struct fake_priv priv = {0};
	char *text = bind_text(good, 6, &priv);

	assert_string_equal(text, "");
	free(text);
	assert_string_equal(priv.port, "/dev/x");
	assert_int_equal(priv.count, 9);
	assert_int_equal(priv.wait, NS_PER_SEC);
	assert_true(priv.share == 0.25 && priv.loud && priv.mode == 0);
	options_free(&opted, &priv);

	memset(&priv, 0, sizeof priv);
	text = bind_text(good, 1, &priv);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(priv.count, 3);
	assert_int_equal(priv.wait, 20 * NS_PER_MS);
	assert_true(priv.share == 0.5 && !priv.loud && priv.mode == 1);
	options_free(&opted, &priv);

	memset(&priv, 0, sizeof priv);
	text = bind_text(bad, 7, &priv);
	assert_string_equal(text,
		"site.conf:7:3: error: driver opted needs the option 'port': where it is\n"
		"c:1:1: error: driver opted has no option 'prot'; write 'port'\n"
		"c:2:5: error: count cannot be '10'; write a whole number, 1 to 9\n"
		"c:3:5: error: wait cannot be '2s'; write a duration such as 20ms, 0s to 1s\n"
		"c:4:5: error: share cannot be 'much'; write a number\n"
		"c:5:5: error: loud cannot be 'yes'; write true or false\n"
		"c:6:5: error: mode cannot be 'fast'; write slow or quick\n"
		"c:7:5: error: driver opted has no option 'xyzzy'; "
		"`bangtin-testpattern drivers opted` lists them\n");
	free(text);
	options_free(&opted, &priv);
	memset(&priv, 0, sizeof priv);
	text = bind_text(bad + 7, 1, &priv);
	assert_string_equal(text, "c:8:5: error: port cannot be ''; write a text\n");
	free(text);
	options_free(&opted, &priv);
}

static void test_paths(void **state)
{
	static const struct {
		const char *value, *file, *path;
	} cases[] = {{"/dev/x", "etc/site.conf", "/dev/x"}, {"../x", "etc/site.conf", "etc/../x"},
		{"x", "/etc/bangtin/site.conf", "/etc/bangtin/x"}, {"x", "site.conf", "x"}, {"x", NULL, "x"},
		{"slow:x", "etc/site.conf", "slow:x"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct option options[2] = {{.key = "port", .value = "p"},
			{.key = "path", .value = cases[i].value, .where = {cases[i].file, 1, 1}}};
		struct fake_priv priv = {0};
		char *text = bind_text(options, 2, &priv);
		assert_string_equal(text, "");
		assert_string_equal(priv.path, cases[i].path);
		free(text);
		options_free(&opted, &priv);
	}
}

static void test_check(void **state)
{
	struct diag_list diags;
	struct display d = base_display("plainn");

	diag_init(&diags);
	assert_false(output_check(&d, &diags));
	assert_string_equal(diags.items[0].message, "there is no driver 'plainn'; write 'plain'");
	d.driver = "plain";
	assert_true(output_check(&d, &diags));
	d.panel.map.module_width = 3;
	assert_false(output_check(&d, &diags));
	assert_int_equal(diags.errors, 2);
	diag_finish(&diags);
	struct output *output = (struct output *)0x1;
	diag_init(&diags);
	assert_int_equal(output_create(NULL, &d, &diags, &output), -EINVAL);
	assert_ptr_equal(output, (struct output *)0x1);
	diag_finish(&diags);
}

static void test_traits(void **state)
{
	struct option options[] = {{"port", "x", {"c", 1, 1}}, {"wait", "5ms", {"c", 2, 1}}};
	struct display d = base_display("opted");
	struct output_traits traits;

	d.options = options;
	d.option_count = 2;
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 5 * NS_PER_MS * H);
	assert_false(traits.two_levels);
	options[1].value = "soon"; /* check tells; here it is only no reason to fail */
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 0);
	d.driver = "paced";
	d.option_count = 0;
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 60 * NS_PER_MS);
	d.driver = "nonesuch";
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 0);
}

static void test_print_options(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	sink_print_options(&opted, to);
	fclose(to);
	assert_non_null(strstr(text, "port = a text (required)\n        where it is\n"));
	assert_non_null(strstr(text, "wait = a duration such as 20ms, 0s to 1s (default 20ms)\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_traits),
		cmocka_unit_test(test_print_options),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
