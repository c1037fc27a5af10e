/* The frames of tests/wire/onbon.hex, by name: what is wrapped, and what is then on the wire. */
#ifndef TESTS_UNIT_ONBON_VECTORS_H
#define TESTS_UNIT_ONBON_VECTORS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "drivers/onbon.h"

#define VECTORS_MOST 32
static struct vector {
	char name[32];
	uint8_t raw[256], wire[400];
	size_t raw_size, wire_size;
} vectors[VECTORS_MOST];
static size_t vector_count;

static inline size_t read_hex(const char *text, uint8_t *to, size_t most)
{
	size_t count = 0;
	unsigned byte;
	int used;

	while (count < most && sscanf(text, " %2x%n", &byte, &used) == 1) {
		to[count++] = (uint8_t)byte;
		text += used;
	}
	return count;
}

static inline int read_vectors(void **state)
{
	char line[2000];
	FILE *file = fopen("tests/wire/onbon.hex", "re");

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct vector *v = &vectors[vector_count ? vector_count - 1 : 0];
		if (sscanf(line, "frame %31s", vectors[vector_count].name) == 1)
			assert_true(++vector_count < VECTORS_MOST);
		else if (strncmp(line, "raw ", 4) == 0)
			v->raw_size = read_hex(line + 4, v->raw, sizeof v->raw);
		else if (strncmp(line, "wire ", 5) == 0)
			v->wire_size = read_hex(line + 5, v->wire, sizeof v->wire);
	}
	fclose(file);
	assert_true(vector_count >= 10);
	return 0;
}

static inline struct vector *vector(const char *name)
{
	for (size_t i = 0; i < vector_count; i++)
		if (strcmp(vectors[i].name, name) == 0)
			return &vectors[i];
	fail_msg("no vector %s", name);
	return NULL;
}

static inline size_t wire_of(const struct vector *v, uint8_t wire[400])
{
	return onbon_wrap(v->raw, v->raw_size, wire);
}

#endif
