/* Encodings from before Unicode: every one recognised and converted, as bytes and as pasted; clean text let alone. The
 * cases of tests/corpus/legacy-encodings.csv and the C library's iconv are encoders that are not ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/legacy.h"
#include "base/syllable.h"
#include "base/text.h"
#include "playlist/catalogue.h"

/* --- syllables */

static void test_syllables(void **state)
{
	static const char *const good[] = {"nghiêng", "Quyền", "giếng", "gì", "Ủy", "UỶ", "khuỷu", "ươm",
		"yêu", "y", "đường", "thuở", "quốc", "ngoẹo", "e\xcc\x82\xcc\x81", "xoong", "hoà", "hòa",
		"quý", "mỹ", "kỳ", "tuyết"},
				 *const bad[] = {"", "nghieng1", "batx", "hàt", "cơng", "ớnh", "strasse",
					 "tuye", "vr", "ngươ", "àáb", "b", "công-ty",
					 "nghiêngnghiêngnghiêngnghiêngnghiêng", "ế̀"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!syllable_valid(good[i], strlen(good[i])))
			fail_msg("%s is a syllable", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (syllable_valid(bad[i], strlen(bad[i])))
			fail_msg("%s is no syllable", bad[i]);
}

/* --- the cases in the file: encoding,"text","as seen",hex,detected,equal */

struct row {
	char *encoding, *text, *seen, *hex, *detected, *equal;
};

static char *take_field(char **at)
{
	bool quoted = **at == '"';
	char *begin = *at + quoted, *end = begin + strcspn(begin, quoted ? "\"" : ",");
	*at = end + quoted;
	if (**at == ',')
		(*at)++;
	*end = '\0';
	return begin;
}

static enum legacy named(const char *name)
{
	static const char *const names[] = {"unicode", "tcvn3", "vni", "viscii", "cp1258"};
	for (int i = 0; i < 5; i++)
		if (strcmp(names[i], name) == 0)
			return (enum legacy)i;
	fail_msg("%s", name);
	return LEGACY_NONE;
}

static void check_bytes(const struct row *row, enum legacy encoding)
{
	char bytes[512];
	size_t size = strlen(row->hex) / 2;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)strtoul((char[]){row->hex[2 * i], row->hex[2 * i + 1], '\0'}, NULL, 16);
	enum legacy found = legacy_of_bytes(bytes, size);
	if (found != encoding)
		fail_msg("%s as %s is taken for %s", row->text, row->encoding, legacy_name(found));
	char *converted = legacy_convert_bytes(found, bytes, size);
	if (*row->equal == '1')
		assert_string_equal(converted, row->text);
	free(converted);
}

static bool has_controls(const char *text)
{
	uint32_t c;
	while ((c = utf8_next(&text)) != 0)
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			return true;
	return false;
}

static void check_row(const struct row *row)
{
	enum legacy encoding = named(row->encoding), found = legacy_of_text(row->seen);
	if (*row->hex)
		check_bytes(row, encoding);
	/* What was pasted with control characters in it was refused before: the conversion is no more than a help. */
	if (found != encoding && !has_controls(row->seen))
		fail_msg("%s is taken for %s, not %s", row->seen, legacy_name(found), row->encoding);
	if (found == LEGACY_NONE || *row->equal != '1')
		return;
	char *converted = legacy_convert_text(found, row->seen);
	assert_string_equal(converted, row->text);
	free(converted);
}

static void test_cases(void **state)
{
	char *data, *rest;
	size_t size, rows = 0;
	assert_int_equal(file_read("tests/corpus/legacy-encodings.csv", 1 << 20, &data, &size), 0);
	strtok_r(data, "\n", &rest);
	for (char *line; (line = strtok_r(NULL, "\n", &rest)) != NULL; rows++) {
		struct row row;
		row.encoding = take_field(&line);
		row.text = take_field(&line);
		row.seen = take_field(&line);
		row.hex = take_field(&line);
		row.detected = take_field(&line);
		row.equal = take_field(&line);
		check_row(&row);
	}
	assert_true(rows >= 36);
	free(data);
}

/* --- the sample campaign: clean it is let alone; encoded by iconv it is recognised */

static struct catalogue *sample;

static int set_up(void **state)
{
	struct diag_list diags;
	struct source_file *files;
	size_t count;
	diag_init(&diags);
	struct site *site = site_read("playlists/bangtind.conf", &diags);
	if (!site || sources_read("playlists", &files, &count, &diags) < 0)
		return -1;
	sample = catalogue_build(site, files, count, &diags);
	sources_free(files, count);
	site_destroy(site);
	diag_finish(&diags);
	return sample ? 0 : -1;
}

static int tear_down(void **state)
{
	catalogue_unref(sample);
	return 0;
}

/* Calls fn with every run of so many syllables of the campaign. */
static void each_run(size_t syllables, void (*fn)(const char *text, void *data), void *data)
{
	for (size_t i = 0; i < sample->message_count; i++) {
		const char *begin = sample->messages[i]->text;
		while (*begin) {
			const char *end = begin;
			size_t count = 0;
			for (; count < syllables && *end; count++) {
				end += strcspn(end, " \n");
				end += strspn(end, " \n");
			}
			char *run = xstrndup(begin, (size_t)(end - begin));
			if (count == syllables)
				fn(run, data);
			free(run);
			begin += strcspn(begin, " \n");
			begin += strspn(begin, " \n");
		}
	}
}

static void expect_clean(const char *text, void *data)
{
	if (legacy_of_text(text) != LEGACY_NONE)
		fail_msg("%s is taken for %s", text, legacy_name(legacy_of_text(text)));
}

static void test_clean_campaign(void **state)
{
	for (size_t i = 0; i < sample->message_count; i++)
		expect_clean(sample->messages[i]->text, NULL);
	for (size_t syllables = 1; syllables <= 12; syllables++)
		each_run(syllables, expect_clean, NULL);
}

struct trial {
	iconv_t iconv;
	enum legacy encoding;
	size_t runs, found, converted, pasted;
};

static void try_run(const char *text, void *data)
{
	struct trial *trial = data;
	char *in = (char *)text, bytes[1024], *out = bytes;
	size_t left = strlen(text), room = sizeof bytes;
	if (iconv(trial->iconv, &in, &left, &out, &room) == (size_t)-1)
		return; /* a capital that the encoding does not have */
	iconv(trial->iconv, NULL, NULL, &out, &room);
	size_t size = (size_t)(out - bytes);
	bool controls = false;
	char pasted[2048], *to = pasted;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];
		controls |= (c >= 0x80 && c < 0xa0) || (c < 0x20 && c != '\n');
		if (c >= 0x80)
			*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
	*to = '\0';
	if (controls || utf8_valid_prefix(bytes, size) == size)
		return;
	trial->runs++;
	trial->found += legacy_of_bytes(bytes, size) == trial->encoding;
	trial->pasted += legacy_of_text(pasted) == trial->encoding;
	char *converted = legacy_convert_bytes(trial->encoding, bytes, size);
	trial->converted += strcmp(converted, text) == 0;
	free(converted);
}

static void test_encoded_campaign(void **state)
{
	static const struct {
		const char *iconv;
		enum legacy encoding;
	} encodings[] = {{"TCVN5712-1", LEGACY_TCVN3}, {"VISCII", LEGACY_VISCII}, {"CP1258", LEGACY_CP1258}};
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
		struct trial trial = {
			.iconv = iconv_open(encodings[i].iconv, "UTF-8"), .encoding = encodings[i].encoding};
		assert_true(trial.iconv != (iconv_t)-1);
		each_run(8, try_run, &trial);
		iconv_close(trial.iconv);
		print_message("# %s: %zu runs of 8 syllables; bytes recognised %zu, pasted %zu, converted "
			      "right %zu\n",
			encodings[i].iconv, trial.runs, trial.found, trial.pasted, trial.converted);
		assert_true(trial.runs > 200);
		assert_int_equal(trial.converted, trial.runs);
		assert_true(trial.found * 400 >= trial.runs * 395);
		assert_true(trial.pasted * 100 >= trial.runs * 97);
	}
}

static void test_clean_texts(void **state)
{
	static const char *const texts[] = {"", "Welcome to the public administration centre",
		"UBND TP. Tân An - P.1", "Café crème, déjà vu, résumé, naïve, château",
		"Öffnungszeiten: täglich außer für Gäste über 18 Jahre",
		"C&A © 2026 «Một» 10 m² 25 °C ±2 ½ µm ×3 ÷4", "Thông báo: công dân tham gia khám bá tánh",
		"Là má tôi, bà tôi và cô tôi", "São Paulo, Île-de-France, Curaçao, Málaga, Zürich",
		"HĐND – UBND", "Ngày 02/9: “Lá cờ” – 15\u00a0tháng\u00a08…",
		"e\xcc\x82\xcc\x81 hô\xcc\x80 so\xcc\x9b", "Señor año niño mañana",
		"Ça va? Où êtes-vous né? À Genève, près du théâtre", "ÐÞ þæ ðø åå ¿qué? ¡sí!",
		"+84 (0)272 · 1900 ₫"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		expect_clean(texts[i], NULL);
}

/* VNI, which iconv does not know: capitals, every mark. */
static void test_vni(void **state)
{
	static const char text[] =
		"ÑAÊNG KYÙ HOÄ KHAÅU, Nghò ñònh veà ngaønh ñöôøng thuûy; kyõ naêng, yù kieán";
	assert_int_equal(legacy_of_text(text), LEGACY_VNI);
	char *converted = legacy_convert_text(LEGACY_VNI, text);
	assert_string_equal(converted, "ĐĂNG KÝ HỘ KHẨU, Nghị định về ngành đường thủy; kỹ năng, ý kiến");
	free(converted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syllables),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_vni),
		cmocka_unit_test(test_clean_texts),
		cmocka_unit_test_setup_teardown(test_clean_campaign, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_encoded_campaign, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
