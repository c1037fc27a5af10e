#include "engine/gather.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/words.h"

#define NAMED_MOST 3 /* of the other displays */

struct finding {
	char *skeleton; /* the message without its display's name */
	size_t others;	/* displays besides the first */
	char *names;	/* of some of them */
};

struct gathering {
	struct diag_list found;	  /* as the first display has it */
	struct finding *findings; /* as many */
	size_t count, capacity;
	bool truncated;
};

struct gathering *gathering_create(void)
{
	struct gathering *gathering = xcalloc(1, sizeof *gathering);
	diag_init(&gathering->found);
	return gathering;
}

/* Every "`display`" becomes "``". */
static char *skeleton_of(const char *message, const char *display)
{
	char *quoted = xasprintf("`%s`", display), *skeleton = xmalloc(strlen(message) + 1), *to = skeleton;
	size_t size = strlen(quoted);
	for (const char *at = message; *at;) {
		bool here = strncmp(at, quoted, size) == 0;
		*to++ = *at;
		if (here)
			*to++ = '`';
		at += here ? size : 1;
	}
	*to = '\0';
	free(quoted);
	return skeleton;
}

static bool same_place(const struct diag *a, const struct diag *b)
{
	return a->note == b->note && a->severity == b->severity && a->where.line == b->where.line &&
	       a->where.column == b->where.column && text_equal(a->where.file, b->where.file);
}

static struct finding *find(const struct gathering *gathering, const struct diag *diag, const char *skeleton)
{
	for (size_t i = 0; i < gathering->count; i++)
		if (same_place(&gathering->found.items[i], diag) &&
			strcmp(gathering->findings[i].skeleton, skeleton) == 0)
			return &gathering->findings[i];
	return NULL;
}

static void name_another(struct finding *finding, const char *display)
{
	char *names = finding->names;
	if (finding->others < NAMED_MOST)
		finding->names = xasprintf("%s%s%s", names ? names : "", names ? ", " : "", display);
	else if (finding->others == NAMED_MOST)
		finding->names = xasprintf("%s …", names);
	else
		names = NULL;
	free(names);
	finding->others++;
}

static void add(struct gathering *gathering, const struct diag *diag, const char *display)
{
	char *skeleton = skeleton_of(diag->message, display);
	struct finding *finding = find(gathering, diag, skeleton);
	if (finding) {
		name_another(finding, display);
		free(skeleton);
		return;
	}
	if (gathering->count == DIAG_MOST) {
		gathering->truncated = true;
		free(skeleton);
		return;
	}
	array_reserve_one(gathering->findings, gathering->count, gathering->capacity);
	gathering->findings[gathering->count++] = (struct finding){.skeleton = skeleton};
	diag_repeat(&gathering->found, diag, diag->message);
}

void gathering_add(struct gathering *gathering, const struct diag_list *found, const char *display)
{
	for (size_t i = 0; i < found->count; i++)
		add(gathering, &found->items[i], display);
	gathering->truncated |= found->truncated;
}

void gathering_tell(struct gathering *gathering, struct diag_list *diags)
{
	for (size_t i = 0; i < gathering->count; i++) {
		const struct diag *diag = &gathering->found.items[i];
		struct finding *finding = &gathering->findings[i];
		char *message = finding->others == 0
					? xstrdup(diag->message)
					: xasprintf(words_n("%s (the same on %zu other display: %s)",
							    "%s (the same on %zu other displays: %s)",
							    finding->others),
						  diag->message, finding->others, finding->names);
		diag_repeat(diags, diag, message);
		free(message);
		free(finding->skeleton);
		free(finding->names);
	}
	diags->truncated |= gathering->truncated;
	diag_finish(&gathering->found);
	free(gathering->findings);
	free(gathering);
}
