#include "base/syllable.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define SYLLABLE_BYTES_MOST 40

/* Longest first, so that ngh is not taken for n. */
static const char *const initials[] = {
	"ngh",
	"ch",
	"gh",
	"gi",
	"kh",
	"ng",
	"nh",
	"ph",
	"qu",
	"th",
	"tr",
	"b",
	"c",
	"d",
	"đ",
	"g",
	"h",
	"k",
	"l",
	"m",
	"n",
	"p",
	"q",
	"r",
	"s",
	"t",
	"v",
	"x",
};

/* Without tones; in the order of their bytes. */
static const char *const rimes[] = {
	"a",
	"ac",
	"ach",
	"ai",
	"am",
	"an",
	"ang",
	"anh",
	"ao",
	"ap",
	"at",
	"au",
	"ay",
	"e",
	"ec",
	"em",
	"en",
	"eng",
	"eo",
	"ep",
	"et",
	"eu",
	"i",
	"ia",
	"ich",
	"im",
	"in",
	"ing",
	"inh",
	"ip",
	"it",
	"iu",
	"iê",
	"iêc",
	"iêm",
	"iên",
	"iêng",
	"iêp",
	"iêt",
	"iêu",
	"o",
	"oa",
	"oac",
	"oach",
	"oai",
	"oam",
	"oan",
	"oang",
	"oanh",
	"oao",
	"oap",
	"oat",
	"oay",
	"oc",
	"oe",
	"oem",
	"oen",
	"oeo",
	"oet",
	"oi",
	"om",
	"on",
	"ong",
	"ooc",
	"oong",
	"op",
	"ot",
	"oăc",
	"oăm",
	"oăn",
	"oăng",
	"oăp",
	"oăt",
	"u",
	"ua",
	"uac",
	"uach",
	"uai",
	"uam",
	"uan",
	"uang",
	"uanh",
	"uao",
	"uap",
	"uat",
	"uay",
	"uc",
	"ue",
	"uen",
	"ueo",
	"uet",
	"ui",
	"um",
	"un",
	"ung",
	"up",
	"ut",
	"uy",
	"uya",
	"uych",
	"uyn",
	"uynh",
	"uyp",
	"uyt",
	"uyu",
	"uyên",
	"uyêt",
	"uâ",
	"uâc",
	"uân",
	"uâng",
	"uât",
	"uây",
	"uê",
	"uêch",
	"uên",
	"uênh",
	"uêu",
	"uôc",
	"uôi",
	"uôm",
	"uôn",
	"uông",
	"uôt",
	"uăc",
	"uăm",
	"uăn",
	"uăng",
	"uăp",
	"uăt",
	"uơ",
	"uơi",
	"uơn",
	"uơt",
	"y",
	"ych",
	"ym",
	"yn",
	"ynh",
	"yp",
	"yt",
	"yu",
	"yêm",
	"yên",
	"yêng",
	"yêp",
	"yêt",
	"yêu",
	"âc",
	"âm",
	"ân",
	"âng",
	"âp",
	"ât",
	"âu",
	"ây",
	"ê",
	"êch",
	"êm",
	"ên",
	"êng",
	"ênh",
	"êp",
	"êt",
	"êu",
	"ô",
	"ôc",
	"ôi",
	"ôm",
	"ôn",
	"ông",
	"ôp",
	"ôt",
	"ă",
	"ăc",
	"ăm",
	"ăn",
	"ăng",
	"ăp",
	"ăt",
	"ơ",
	"ơi",
	"ơm",
	"ơn",
	"ơp",
	"ơt",
	"ư",
	"ưa",
	"ưc",
	"ưi",
	"ưm",
	"ưn",
	"ưng",
	"ưt",
	"ưu",
	"ươc",
	"ươi",
	"ươm",
	"ươn",
	"ương",
	"ươp",
	"ươt",
	"ươu",
};

static bool is_tone(gunichar c)
{
	return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323;
}

/* In lower case, composed, without its tone. *ret_tone: 0, or the mark. False: more than one tone, or no letters. */
static bool take_tone(const char *text, size_t size, char ret[SYLLABLE_BYTES_MOST], gunichar *ret_tone)
{
	char *lower = g_utf8_strdown(text, (gssize)size);
	char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_NFD), *to = apart;
	int tones = 0;
	*ret_tone = 0;
	for (const char *p = apart; p && *p;) {
		gunichar c = g_utf8_get_char(p);
		p = g_utf8_next_char(p); /* before what it stands on is written over */
		if (is_tone(c)) {
			*ret_tone = c;
			tones++;
		} else {
			to += g_unichar_to_utf8(c, to);
		}
	}
	if (to)
		*to = '\0';
	char *composed = apart ? g_utf8_normalize(apart, -1, G_NORMALIZE_NFC) : NULL;
	bool good = composed && tones <= 1 && strlen(composed) < SYLLABLE_BYTES_MOST;
	if (good)
		memcpy(ret, composed, strlen(composed) + 1);
	g_free(composed);
	g_free(apart);
	g_free(lower);
	return good;
}

static int compare(const void *key, const void *element)
{
	const char *const *rime = element;
	return strcmp(key, *rime);
}

/* After p, t, c and ch the voice stops: only sắc and nặng are said. */
static bool rime_takes(const char *rime, gunichar tone)
{
	char last = rime[strlen(rime) - 1];
	bool stops =
		last == 'p' || last == 't' || last == 'c' || (last == 'h' && rime[strlen(rime) - 2] == 'c');
	return !stops || tone == 0x301 || tone == 0x323;
}

static bool is_rime(const char *text, gunichar tone)
{
	return bsearch(text, rimes, sizeof rimes / sizeof *rimes, sizeof *rimes, compare) &&
	       rime_takes(text, tone);
}

bool syllable_valid(const char *text, size_t size)
{
	char syllable[SYLLABLE_BYTES_MOST];
	gunichar tone;
	if (size == 0 || size >= SYLLABLE_BYTES_MOST || !take_tone(text, size, syllable, &tone))
		return false;
	if (is_rime(syllable, tone))
		return true;
	for (size_t i = 0; i < sizeof initials / sizeof *initials; i++) {
		size_t length = strlen(initials[i]);
		/* gì, gìn: the i is of both. */
		if (strncmp(syllable, initials[i], length) == 0 && is_rime(syllable + length, tone))
			return true;
	}
	return false;
}
