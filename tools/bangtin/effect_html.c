/* The sheet of a change: one HTML file with its pictures inside, to send by mail and to print. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/words.h"
#include "draft.h"
#include "effect.h"
#include "frame/scale.h"
#include "painter.h"

#define PICTURE_WIDTH 416 /* pixels of the page, at most */
#define PICTURE_HIGH  260

static const char style[] =
	"<style>\n"
	":root{--ink:#14171c;--faint:#59616e;--line:#d5d9e0;--old:#9aa3b0;--new:#1d6fb8}\n"
	"*{box-sizing:border-box}\n"
	"body{font:15px/1.45 'Noto Sans','Segoe "
	"UI',system-ui,sans-serif;color:var(--ink);background:#f4f5f7;margin:0}\n"
	"main{max-width:1080px;margin:0 auto;padding:32px 24px}\n"
	"h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 4px}h3{font-size:16px;margin:0;"
	"overflow-wrap:anywhere}\n"
	".faint{color:var(--faint)}\n"
	"article{background:#fff;border:1px solid var(--line);border-left:6px solid "
	"var(--c);border-radius:6px;"
	"padding:14px 18px;margin:12px 0;break-inside:avoid;display:grid;grid-template-columns:1fr "
	"440px;gap:4px 24px}\n"
	"article>*{grid-column:1}article>.pictures{grid-column:2;grid-row:1/span 9}\n"
	".badge{display:inline-block;background:var(--c);color:#fff;border-radius:4px;padding:0 "
	"8px;margin-left:8px;"
	"font-size:13px;font-weight:600}\n"
	".appears,.gains{--c:#1a7f4b}.vanishes,.loses{--c:#b3362b}.moves{--c:#8a5a00}.reworded{--c:#6a4bb0}\n"
	".gain{font-weight:700;color:var(--c)}\n"
	"figure{margin:0 0 10px}figcaption{font-size:12px;color:var(--faint)}\n"
	"img{display:block;image-rendering:pixelated;border:1px solid #000;background:#000}\n"
	"blockquote{margin:4px 0;padding-left:10px;border-left:3px solid var(--line);white-space:pre-line}\n"
	"del{color:#b3362b;text-decoration-thickness:1px}ins{color:#1a7f4b;text-decoration:none}\n"
	"svg{display:block;margin-top:8px}svg text{font-size:10px;fill:var(--faint)}\n"
	"@media(max-width:900px){article{display:block}}\n"
	"@media print{body{background:#fff}}\n"
	"</style>\n";

struct sheet_file {
	FILE *to;
	struct painter before, after; /* of the display at hand */
};

static void print_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '>')
			fputs("&gt;", to);
		else if (*text == '&')
			fputs("&amp;", to);
		else if (*text == '"')
			fputs("&quot;", to);
		else
			fputc(*text, to);
	}
}

static void print_element(FILE *to, const char *element, const char *text)
{
	fprintf(to, "<%s>", element);
	print_text(to, text);
	fprintf(to, "</%s>", element);
}

/* --- pictures */

/* Enlarged by a whole number where it fits, so that pixels stay square. */
static void picture_size(const struct frame *frame, int *ret_width, int *ret_height)
{
	int wide = PICTURE_WIDTH / frame->width, high = PICTURE_HIGH / frame->height;
	int factor = wide < high ? wide : high;

	if (factor < 1) {
		frame_fit(frame->width, frame->height, PICTURE_WIDTH, PICTURE_HIGH, ret_width, ret_height);
		return;
	}
	*ret_width = frame->width * factor;
	*ret_height = frame->height * factor;
}

static int print_picture(
	FILE *to, struct painter *painter, int64_t at, const char *caption, const char *alternative)
{
	const struct frame *frame;
	char *bytes = NULL;
	size_t size;
	int width, height;

	painter_forget(painter);
	int code = painter_paint(painter, at, &frame);
	if (code != EXIT_DONE)
		return code;
	FILE *memory = open_memstream(&bytes, &size);
	int error = frame_write_png_to(frame, memory);
	fclose(memory);
	if (error < 0) {
		free(bytes);
		return cli_fail(EXIT_REACH, "a picture: %s", words_error(error));
	}
	char *data = base64_encode(bytes, size);
	picture_size(frame, &width, &height);
	fprintf(to, "<figure><figcaption>%s, %.16s</figcaption><img width=\"%d\" height=\"%d\" alt=\"",
		caption, context_format(painter->context, at), width, height);
	print_text(to, alternative);
	fprintf(to, "\" src=\"data:image/png;base64,%s\"></figure>\n", data);
	free(data);
	free(bytes);
	return EXIT_DONE;
}

static int print_pictures(struct sheet_file *sheet, const struct effect_row *row)
{
	int code = EXIT_DONE;
	bool old = row->before && (!row->after || row->reworded);

	fputs("<div class=\"pictures\">\n", sheet->to);
	if (old)
		code = print_picture(sheet->to, &sheet->before, row->before->best, _("before"),
			row->before->message->text);
	if (row->after && code == EXIT_DONE)
		code = print_picture(
			sheet->to, &sheet->after, row->after->best, _("after"), row->after->message->text);
	fputs("</div>\n", sheet->to);
	return code;
}

/* --- the week: each day a line of 24 hours, before above and after below */

#define CHART_LEFT  30
#define CHART_HOUR  18
#define CHART_DAY   15
#define CHART_STRIP 5

static void print_strip(FILE *to, const bool *slots, int y, const char *colour)
{
	for (int slot = 0; slot < SLOTS; slot++) {
		int start = slot;
		while (slot < SLOTS && slots[slot])
			slot++;
		if (slot > start)
			fprintf(to,
				"<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"var(%s)\"/>",
				CHART_LEFT + (double)start * CHART_HOUR * SLOT_MINUTES / 60, y,
				(double)(slot - start) * CHART_HOUR * SLOT_MINUTES / 60, CHART_STRIP, colour);
	}
}

static void print_chart(FILE *to, const struct effect_row *row)
{
	static const char *const names[] = {
		N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};
	bool old[7][SLOTS] = {0}, new[7][SLOTS] = {0};
	int width = CHART_LEFT + 24 * CHART_HOUR + 16, height = 7 * CHART_DAY + 14;

	if (row->before)
		spread_fill(row->before, old);
	if (row->after)
		spread_fill(row->after, new);
	fprintf(to, "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">", width, height,
		_("hours of the week"));
	for (int hour = 0; hour <= 24; hour += 6)
		fprintf(to,
			"<line x1=\"%d\" y1=\"0\" x2=\"%d\" y2=\"%d\" stroke=\"var(--line)\"/><text x=\"%d\" "
			"y=\"%d\" text-anchor=\"middle\">%d</text>",
			CHART_LEFT + hour * CHART_HOUR, CHART_LEFT + hour * CHART_HOUR, 7 * CHART_DAY,
			CHART_LEFT + hour * CHART_HOUR, height - 1, hour);
	for (int day = 0; day < 7; day++) {
		fprintf(to, "<text x=\"0\" y=\"%d\">%s</text>", day * CHART_DAY + 10, _(names[day]));
		print_strip(to, old[day], day * CHART_DAY + 1, "--old");
		print_strip(to, new[day], day * CHART_DAY + 2 + CHART_STRIP, "--new");
	}
	fputs("</svg>\n", to);
}

/* --- messages and displays */

static void print_times(FILE *to, const struct effect *effect, const struct effect_row *row)
{
	char *old_hours = row->before ? spread_hours(row->before) : NULL;
	char *new_hours = row->after ? spread_hours(row->after) : NULL;
	char *old_days = row->before ? spread_days(effect, row->before) : NULL;
	char *new_days = row->after ? spread_days(effect, row->after) : NULL;

	fputs("<div>", to);
	if (row->change == CHANGE_MOVES || !row->after)
		fprintf(to, "<del>%s · %s</del><br>", old_days, old_hours);
	if (row->after)
		fprintf(to, "<%s>%s · %s</%s>", row->change <= CHANGE_MOVES ? "ins" : "span", new_days,
			new_hours, row->change <= CHANGE_MOVES ? "ins" : "span");
	fputs("</div>\n", to);
	free(old_hours);
	free(new_hours);
	free(old_days);
	free(new_days);
}

static int print_row(struct sheet_file *sheet, const struct effect *effect, const struct effect_row *row)
{
	FILE *to = sheet->to;
	const struct message *message = row_message(row);
	const char *change = change_name(row->change);

	fprintf(to, "<article class=\"%s\">\n<h3>", change);
	fprintf(to, "%s/%s<span class=\"badge\">%s</span></h3>\n", message->unit, message->name, _(change));
	fprintf(to, _("<div>%.1f → %.1f minutes <span class=\"gain\">(%+.1f)</span></div>\n"),
		(double)(row->before ? row->before->total : 0) / NS_PER_MIN,
		(double)(row->after ? row->after->total : 0) / NS_PER_MIN, (double)row->gain / NS_PER_MIN);
	print_times(to, effect, row);
	fputs("<blockquote>", to);
	if (row->reworded && row->before && row->after &&
		strcmp(row->before->message->text, row->after->message->text) != 0) {
		print_element(to, "del", row->before->message->text);
		fputs("\n", to);
		print_element(to, "ins", row->after->message->text);
	} else {
		print_text(to, message->text);
	}
	fputs("</blockquote>\n", to);
	print_chart(to, row);
	int code = print_pictures(sheet, row);
	fputs("</article>\n", to);
	return code;
}

static int print_display(struct sheet_file *sheet, const struct effect *effect)
{
	FILE *to = sheet->to;
	int code = EXIT_DONE;

	fprintf(to, _("<section><h2>%s</h2>\n<p class=\"faint\">%d×%d pixels · "), effect->display->name,
		effect->display->width, effect->display->height);
	if (effect->count == 0)
		fputs(_("nothing changes"), to);
	else
		fprintf(to,
			words_n("%zu message changes, %zu as before", "%zu messages change, %zu as before",
				effect->count),
			effect->count, effect->unchanged);
	if (effect->nothing_before != effect->nothing_after)
		fprintf(to, _(" · nothing scheduled: %.1f → %.1f minutes"),
			(double)effect->nothing_before / NS_PER_MIN,
			(double)effect->nothing_after / NS_PER_MIN);
	fputs("</p>\n", to);
	for (size_t i = 0; i < effect->count && code == EXIT_DONE && !signals_came(); i++)
		code = print_row(sheet, effect, &effect->rows[i]);
	fputs("</section>\n", to);
	return code;
}

static void print_head(FILE *to, struct page_side before, struct page_side after, int64_t from, int64_t until)
{
	char first[16], last[16];

	time_format_date(sched_programme_day(after.context->site, from), first, sizeof first);
	time_format_date(sched_programme_day(after.context->site, until - 1), last, sizeof last);
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
		to);
	print_text(to, after.context->site->name);
	fputs("</title>\n", to);
	fputs(style, to);
	fputs("</head><body><main>\n", to);
	print_element(to, "h1", after.context->site->name);
	fputs("<p>What changes from <b>", to);
	print_text(to, before.name);
	fputs("</b> to <b>", to);
	print_text(to, after.name);
	fprintf(to,
		"</b>, on %s to %s.<br><span class=\"faint\">Times are minutes on the display while it is "
		"on; in "
		"the weeks, grey is before and blue is after.</span></p>\n",
		first, last);
}

static int print_displays(struct sheet_file *sheet, struct page_side before, struct page_side after,
	int64_t from, int64_t until, const struct display *const *displays, size_t count)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < count && code == EXIT_DONE && !signals_came(); i++) {
		code = context_show(before.context, displays[i]->name);
		if (code == EXIT_DONE)
			code = context_show(after.context, displays[i]->name);
		if (code != EXIT_DONE)
			return code;
		struct effect effect;
		effect_find(before.context, after.context, from, until, &effect);
		painter_init(&sheet->before, before.context, false, false);
		painter_init(&sheet->after, after.context, false, false);
		code = print_display(sheet, &effect);
		painter_finish(&sheet->before);
		painter_finish(&sheet->after);
		effect_finish(&effect);
	}
	return code;
}

int effect_write_html(struct page_side before, struct page_side after, int64_t from, int64_t until,
	const struct display *const *displays, size_t count, const char *path)
{
	struct sheet_file sheet = {0};
	struct draft draft;

	signals_catch();
	int code = draft_begin(&draft, path);
	if (code == EXIT_DONE && !(sheet.to = fopen(draft.temporary, "we")))
		code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(errno));
	if (sheet.to) {
		print_head(sheet.to, before, after, from, until);
		code = print_displays(&sheet, before, after, from, until, displays, count);
		fputs("</main></body></html>\n", sheet.to);
		bool failed = ferror(sheet.to);
		if ((fclose(sheet.to) != 0 || failed) && code == EXIT_DONE)
			code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(errno));
	}
	code = draft_end(&draft, code);
	signals_obey();
	return code;
}
