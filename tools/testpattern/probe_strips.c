/* Controllers of pixel strips on a serial line. WLED prints its version after a `v`; TPM2 has a ping. Adalight and AWA
 * have no question. Sources: WLED's serial reader, the TPM2 description. */
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "probe.h"

#define STRIP_WITHIN (700 * NS_PER_MS)

static size_t ask_wled(uint8_t to[QUESTION_MOST])
{
	to[0] = 'v';
	return 1;
}

static bool read_wled(const uint8_t *bytes, size_t size, struct finding *finding)
{
	const uint8_t *start = memmem(bytes, size, "WLED ", 5);
	const uint8_t *end = start ? memchr(start, '\n', size - (size_t)(start - bytes)) : NULL;

	if (!end)
		return false;
	finding->driver = "adalight";
	snprintf(finding->device, sizeof finding->device, "WLED");
	finding_text(finding->firmware, sizeof finding->firmware, start + 5, (size_t)(end - start) - 5);
	snprintf(finding->note, sizeof finding->note, "%s", _("takes adalight and tpm2 on this line"));
	return true;
}

static size_t ask_tpm2(uint8_t to[QUESTION_MOST])
{
	to[0] = 0xc9;
	to[1] = 0xaa;
	return 2;
}

static bool read_tpm2(const uint8_t *bytes, size_t size, struct finding *finding)
{
	if (size > 2 || !memchr(bytes, 0xac, size)) /* in a longer text it is chance */
		return false;
	finding->driver = "tpm2";
	return true;
}

const struct question strip_questions[] = {
	{.name = "WLED",
		.wire = ASK_SERIAL,
		.modes = {{115200, PARITY_NONE, 8, 1}},
		.within = STRIP_WITHIN,
		.ask = ask_wled,
		.read = read_wled},
	{.name = "TPM2",
		.wire = ASK_SERIAL,
		.modes = {{115200, PARITY_NONE, 8, 1}, {500000, PARITY_NONE, 8, 1},
			{1000000, PARITY_NONE, 8, 1}},
		.within = STRIP_WITHIN,
		.ask = ask_tpm2,
		.read = read_tpm2},
	{.name = NULL},
};
