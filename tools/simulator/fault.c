#include "fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"

void fault_init(struct fault *fault)
{
	*fault = (struct fault){
		.stall_after = -1, .disconnect_after = -1, .random = UINT64_C(0x9e3779b97f4a7c15)};
}

static uint64_t next_random(struct fault *fault)
{
	/* xorshift64*: Vigna 2016 */
	fault->random ^= fault->random >> 12;
	fault->random ^= fault->random << 25;
	fault->random ^= fault->random >> 27;
	return fault->random * UINT64_C(2685821657736338717);
}

static bool chance(struct fault *fault, double percent)
{
	return percent > 0 && (double)(next_random(fault) >> 11) / 9007199254740992.0 * 100 < percent;
}

static bool parse_percent(const char *text, double *ret)
{
	char *end;
	double value = strtod(text, &end);
	if (end == text || (*end && strcmp(end, "%") != 0) || !(value >= 0 && value <= 100))
		return false;
	*ret = value;
	return true;
}

static bool parse_after(const char *text, int64_t *ret_frames, int64_t *ret_time)
{
	char *end;
	long long frames = strtoll(text, &end, 10);
	if (end == text || *end != ':' || frames < 0 || time_parse_duration(end + 1, ret_time) < 0)
		return false;
	*ret_frames = frames;
	return true;
}

static bool parse_count(const char *text, int *ret)
{
	char *end;
	long value = strtol(text, &end, 10);
	if (end == text || *end || value < 0 || value > 255)
		return false;
	*ret = (int)value;
	return true;
}

static bool parse_one(struct fault *fault, const char *word, const char *value)
{
	if (strcmp(word, "drop") == 0)
		return parse_percent(value, &fault->drop);
	if (strcmp(word, "flip") == 0)
		return parse_percent(value, &fault->flip);
	if (strcmp(word, "garbage") == 0)
		return parse_percent(value, &fault->garbage);
	if (strcmp(word, "stall") == 0)
		return parse_after(value, &fault->stall_after, &fault->stall_for);
	if (strcmp(word, "disconnect") == 0)
		return parse_after(value, &fault->disconnect_after, &fault->disconnect_for);
	if (strcmp(word, "mute") == 0)
		return parse_percent(value, &fault->mute);
	if (strcmp(word, "cut") == 0)
		return parse_percent(value, &fault->cut);
	if (strcmp(word, "busy") == 0)
		return parse_count(value, &fault->card.busy);
	if (strcmp(word, "spoilt") == 0)
		return parse_count(value, &fault->card.spoilt);
	if (strcmp(word, "refuse") == 0)
		return parse_count(value, &fault->card.refuse);
	if (strcmp(word, "intrude") == 0)
		return parse_count(value, &fault->card.intrude) &&
		       (fault->card.insist |= !fault->card.insist);
	if (strcmp(word, "insist") == 0)
		return parse_count(value, &fault->card.insist);
	if (strcmp(word, "seed") == 0) {
		char *end;
		fault->random = strtoull(value, &end, 10) * 2 + 1;
		return end != value && !*end;
	}
	return false;
}

bool fault_parse(struct fault *fault, const char *spec)
{
	char *copy = xstrdup(spec), *rest = copy;
	bool good = true;
	for (char *part; good && (part = strsep(&rest, ",")) != NULL;) {
		char *value = strchr(part, '=');
		if (value)
			*value++ = '\0';
		good = value && parse_one(fault, part, value);
	}
	free(copy);
	return good;
}

size_t fault_stream(struct fault *fault, const uint8_t *bytes, size_t size, uint8_t *out)
{
	size_t n = 0;
	for (size_t i = 0; i < size; i++) {
		if (chance(fault, fault->garbage))
			out[n++] = (uint8_t)next_random(fault);
		if (chance(fault, fault->drop))
			continue;
		out[n++] = chance(fault, fault->flip) ? (uint8_t)(bytes[i] ^ 1u << (next_random(fault) & 7))
						      : bytes[i];
	}
	return n;
}

bool fault_datagram(struct fault *fault, uint8_t *bytes, size_t size)
{
	if (chance(fault, fault->drop))
		return false;
	if (size > 0 && chance(fault, fault->flip))
		bytes[next_random(fault) % size] ^= (uint8_t)(1u << (next_random(fault) & 7));
	return true;
}

size_t fault_answer(struct fault *fault, size_t size)
{
	if (chance(fault, fault->mute))
		return 0;
	return chance(fault, fault->cut) ? next_random(fault) % size : size;
}

size_t fault_noise(struct fault *fault, uint8_t out[FAULT_NOISE_MOST])
{
	if (!chance(fault, fault->garbage))
		return 0;
	size_t size = 1 + next_random(fault) % FAULT_NOISE_MOST;
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)next_random(fault);
	return size;
}
