/* Faults in zones, told at what stands in them. */
#include "base/note.h"
#include "show/judge.h"

static void judge_letters(const struct judged *judged, const struct render_note *note, const char *what,
	struct diag_list *diags)
{
	const struct layout_zone *zone = note->zone;
	const char *display = judged->display->name, *file = zone->where.file;
	int line = zone->where.line;
	if (note->faults & RENDER_MISSING_GLYPH) {
		diag_note(diags, NOTE_MISSING_LETTER, note->where,
			"%s: no font of display `%s` has the character U+%04X; leave it out or write it "
			"otherwise",
			what, display, (unsigned)note->missing);
		return; /* of the box in its place nobody wants to know */
	}
	if (note->faults & RENDER_TOO_TALL)
		diag_note(diags, NOTE_TOO_TALL, note->where,
			"%s: its letters do not fit the zone `%s` (%s:%d), which has %d pixels down on "
			"display "
			"`%s`; make the zone higher, or its padding or the style's `size` smaller",
			what, zone->name, file, line, note->height, display);
	if (note->faults & RENDER_TOO_WIDE)
		diag_note(diags, NOTE_TOO_WIDE, note->where,
			"%s: a word is wider than the zone `%s` (%s:%d), which has %d pixels across on "
			"display "
			"`%s`; make the zone wider, or the letters smaller (`max-size`)",
			what, zone->name, file, line, note->width, display);
	if (note->faults & RENDER_CLIPPED && !(note->faults & (RENDER_TOO_TALL | RENDER_TOO_WIDE)))
		diag_note(diags, NOTE_CLIPPED, note->where,
			"%s: a mark would be cut off in the zone `%s` (%s:%d) on display `%s`; choose a "
			"smaller "
			"size",
			what, zone->name, file, line, display);
	if (note->faults & RENDER_TOO_SMALL)
		diag_note(diags, NOTE_TOO_SMALL, note->where,
			"%s: in the zone `%s` (%s:%d) its letters are too small for the viewers of display "
			"`%s`, "
			"whose capitals must have %d pixels; make the zone larger or the text shorter",
			what, zone->name, file, line, display, judged->face->legible);
}

static void judge_zone(const struct judged *judged, const struct render_note *note, const char *what,
	struct diag_list *diags)
{
	const struct layout_zone *zone = note->zone;
	const char *display = judged->display->name;
	judge_letters(judged, note, what, diags);
	if (note->faults & RENDER_UNEVEN)
		diag_error(diags, zone->where,
			"the zone `%s` runs, and what lies below it is not of one colour along its way on "
			"display `%s`; give it a `background` of one colour",
			zone->name, display);
	if (note->faults & RENDER_NO_ROOM)
		diag_error(diags, note->where,
			"%s: its QR code needs %d pixels each way, and the zone `%s` (%s:%d) has less on "
			"display "
			"`%s`; make the zone larger or the address shorter",
			what, note->width, zone->name, zone->where.file, zone->where.line, display);
}

void judge_zones(const struct judged *judged, const char *what, struct diag_list *diags)
{
	for (size_t i = 0; i < judged->notes.count; i++)
		if (judged->notes.items[i].zone)
			judge_zone(judged, &judged->notes.items[i], what, diags);
}

void judged_finish(struct judged *judged)
{
	render_notes_finish(&judged->notes);
}
