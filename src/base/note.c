#include "base/note.h"

#include "base/code.h"
#include "base/words.h"

static const struct note_page pages[] = {
	{NOTE_MISSING_LETTER, DIAG_ERROR, N_("a character that the display's fonts do not have"),
		N_("The board would show an empty box, or nothing, in its place. The message names the "
		   "character by its number in Unicode.\n\nLeave it out or write it otherwise: an emoji as a "
		   "word, an arrow as `->`. All letters of Vietnamese, the digits and the usual signs are in "
		   "every font that bangtin brings.")},
	{NOTE_DECOMPOSED, DIAG_WARNING, N_("letters written apart from their marks"),
		N_("The text has letters and marks as separate characters (Unicode's form NFD), as some "
		   "systems and some PDF files give them out. Fonts draw these less well: a mark may stand "
		   "beside its letter. bangtin joins them (form NFC) before anything is shown, so that the "
		   "board is right; but a search for the text in the file does not find it, and the next "
		   "editor may break it.\n\nSave the file in form NFC, or type the text anew.")},
	{NOTE_LEGACY_TEXT, DIAG_ERROR, N_("text copied from a document in an older Vietnamese encoding"),
		N_("Before Unicode, Vietnamese was written in TCVN3 (fonts with names as .VnTime), VNI "
		   "(VNI-Times), VISCII or Windows code page 1258. Copied out of such a document, `h\u1ed3 "
		   "s\u01a1` becomes `h\u00e5 s\u00ac`, `ho\u00e0 s\u00f4`, `h\u00b0 s\u00bd` or "
		   "`h\u00f4\u00cc s\u00f5`: readable in the old font only, and no board has that.\n\nThe "
		   "message shows what the text says if it is read in the encoding that makes most of it "
		   "Vietnamese syllables. Read that with care and copy it into the file; capitals of TCVN3 "
		   "come out small. Nothing is converted silently: a guess must not go on a board. At least "
		   "two words must be wrong, as one alone is not enough to tell.")},
	{NOTE_LEGACY_FILE, DIAG_ERROR, N_("a file that is not UTF-8"),
		N_("Playlists and configurations are UTF-8. This file has bytes that are not: an editor "
		   "saved it in an older encoding. If it can be told which one, the message shows the line "
		   "as it reads in it.\n\nOpen the file in that encoding and save it as UTF-8. With iconv: "
		   "`iconv -f CP1258 -t UTF-8`, `-f TCVN5712-1`, `-f VISCII`; for VNI there is Unikey's "
		   "converter.")},
	{NOTE_TOO_TALL, DIAG_ERROR, N_("letters higher than the display or its lines"),
		N_("No font at hand is as low as the display or the size that the style asks for, with room "
		   "for the marks above and below: \u1ebe and \u1ed8 need a quarter more than E and O. Or "
		   "the text has a mark so high that it would touch the line above.\n\nChoose a smaller "
		   "`size`, leave `font` to bangtin, or show the message on a higher display only.")},
	{NOTE_TOO_WIDE, DIAG_ERROR, N_("a word wider than the display"),
		N_("Lines are broken between words only, never within a syllable, nor at a no-break space. "
		   "One such word, mostly an address or words joined by no-break spaces, is wider than the "
		   "display in the smallest letters.\n\nLet the message scroll (`enter: scroll-left`), give "
		   "a `short:` form, or take a no-break space out.")},
	{NOTE_CLIPPED, DIAG_ERROR, N_("a mark would be cut off"),
		N_("Part of a letter would be painted outside the display. Choose a smaller `size`. If the "
		   "style has none, this is an error of bangtin: please report it with the text.")},
	{NOTE_TOO_SMALL, DIAG_WARNING, N_("letters too small for the viewing distance"),
		N_("A capital letter should be seen under an angle of 15 minutes of arc at least: 4.4 mm of "
		   "height for each metre of distance (NUREG-0700 rev. 2, Human-System Interface Design "
		   "Review Guidelines; it prefers 20 minutes, 5.8 mm). On LEDs of 10 mm pitch that is 5 "
		   "pixels at 10 metres, 22 at 50. The display's `pitch` and `viewing-distance` in the site "
		   "configuration give the figure; without them nothing is checked.\n\nWhere the text is "
		   "free to be larger, bangtin makes pages of it rather than letters that nobody can read; "
		   "so this is told only where the style's `size` is too small, where the display itself is "
		   "too low, or where a long word leaves no choice. Take `size` out of the style, give a "
		   "`short:` form, or correct `viewing-distance`.")},
	{NOTE_TOO_SHORT, DIAG_WARNING, N_("shown too shortly to be read"),
		N_("A reader needs a second to notice the display and then the time to read. The check "
		   "counts four syllables a second: some 17 characters, the most that Netflix's Timed Text "
		   "Style Guide allows in subtitles for adults, who are looking already. Where nothing is "
		   "said, bangtin itself takes two seconds and 350 ms a syllable.\n\nMake `for:` longer, or "
		   "leave it out: then the message stays as long as its text needs. Of pages, each has "
		   "`page-time` of the style, and the one with the most text counts.")},
	{NOTE_TOO_FAST, DIAG_WARNING, N_("runs too fast to be read"),
		N_("More than four syllables a second pass by, or a letter is less than two seconds on the "
		   "display. Moving text is read more slowly than standing text.\n\nLower `speed` in the "
		   "style: pixels a second. The message names the highest that passes.")},
	{NOTE_CUT_OFF, DIAG_WARNING, N_("ends before all of it was shown"),
		N_("`for:` ends before the text has run through once or its last page has come. The end of "
		   "the message is never seen.\n\nLeave `for:` out, or write `passes: 1`; or make it as long "
		   "as the message says.")},
	{NOTE_FAINT, DIAG_WARNING, N_("letters hardly stand out from their background"),
		N_("The contrast of the letters against their background is below 4.5 to 1, or below 3 to 1 "
		   "for large letters (24 pixels and more): WCAG 2.1, success criterion 1.4.3, with the "
		   "relative luminance that it defines. Text on a board in the sun needs more than that, not "
		   "less. LEDs give the full value of black: dark blue or dark red letters on black are the "
		   "usual reason.\n\nChoose a lighter `colour` or a darker `background`.")},
	{NOTE_INVISIBLE, DIAG_ERROR, N_("letters cannot be seen"),
		N_("Letters and background come out as one colour: on one-colour and two-colour LEDs every "
		   "colour is either lit or dark in each of the board's colours, at half of full value, and "
		   "these two come out alike; or their contrast is below 1.5 to 1 on a display of full "
		   "colour.\n\nOn one-colour boards leave `colour` and `background` out of the style: they "
		   "are for displays of full colour.")},
	{NOTE_FLASHES, DIAG_ERROR, N_("flashes more than three times a second"),
		N_("Light and dark alternate more than three times in a second over the whole display. That "
		   "can cause seizures: WCAG 2.1, success criterion 2.3.1; a flash is a pair of opposing "
		   "changes of a tenth of full luminance or more, where the darker is below 0.8.\n\nGive "
		   "each picture at least a third of a second: make `for:` and `page-time` longer, choose a "
		   "slower transition.")},
	{NOTE_WEEKDAY, DIAG_WARNING, N_("a date and its weekday do not agree"),
		N_("The text says `th\u1ee9 Hai, ng\u00e0y 3/3/2026`, and that day is a Tuesday; or it names "
		   "a date that no calendar has, as 31/4. Dates are read as day, month, year; only those "
		   "with a year are judged.\n\nCorrect the weekday or the date. Readers who trust the wrong "
		   "one come on the wrong day.")},
	{NOTE_LUNAR, DIAG_WARNING, N_("a date and its lunar date do not agree"),
		N_("The text names one day twice, as `r\u1eb1m th\u00e1ng Gi\u00eang (3/3/2026)` or "
		   "`m\u00f9ng 10 th\u00e1ng 3 \u00e2m l\u1ecbch, ng\u00e0y 26/4/2026`, and by the "
		   "Vietnamese lunar calendar (UTC+7) these are two days. The message says which lunar date "
		   "the solar date has, and on which day the lunar date falls.\n\nCorrect one of them. A day "
		   "of a leap month has the number of the month before it.")},
	{NOTE_PAST, DIAG_WARNING, N_("a date that is over in a text that still plays"),
		N_("The last date that the text names is over, and the message is still on the schedule. "
		   "Dates without a year are not judged, nor is what a field writes.\n\nGive the message an "
		   "`until:`, end the schedule entry, or take the date out. A text that tells of the past on "
		   "purpose may stay: this is a warning.")},
	{NOTE_PLACE, DIAG_WARNING, N_("a name that is nearly that of a known place"),
		N_("Words with capital letters differ from a name of `places` in the site configuration only "
		   "by their marks or by one letter.\n\nCorrect the name; or add the one of the text to "
		   "`places`, if both exist.")},
	{NOTE_NEVER, DIAG_WARNING, N_("a message that is never shown"),
		N_("In the coming year no display shows this message: no schedule entry plays it, its "
		   "entries are over, or others of higher priority always take their place. Told only where "
		   "all units of the site are checked together, since another unit may play it, "
		   "and not of a message whose own `until` has passed.\n\nSchedule it, or take it out of the "
		   "file.")},
	{NOTE_BEATEN, DIAG_WARNING, N_("a schedule entry that always loses"),
		N_("The entry is open at some time of the coming year, but on every display it names, "
		   "whenever it is open, entries of a higher priority play. The message names one of "
		   "them.\n\nGive it other hours or the same priority, so that both take turns; or a share "
		   "(`share: 10%`).")},
	{NOTE_STARVED, DIAG_WARNING, N_("a required entry that other units leave no time"),
		N_("An entry with `required: true` has less than a tenth of the time that it is open in the "
		   "coming year, and entries of other units have most of the rest. `required` forbids units "
		   "to skip the entry, not to play before it.\n\nRaise its priority, give it a share "
		   "(`share: 20%`), or lower the unit's `max-priority` in the site configuration.")},
	{NOTE_GAP, DIAG_WARNING, N_("a display with nothing scheduled for a week"),
		N_("For seven days or more of the coming year no schedule entry is open on the display, so "
		   "that only its default message shows. Told only where all units of the site are checked "
		   "together.\n\nSchedule something for every day, or correct `from`, `until` and `on` of "
		   "the entries.")},
};
#define PAGES (sizeof pages / sizeof *pages)

void note_name(enum note note, char ret_name[NOTE_NAME_SIZE])
{
	code_write('B', (int)note, ret_name);
}

const struct note_page *note_page(enum note note)
{
	for (size_t i = 0; i < PAGES; i++)
		if (pages[i].note == note)
			return &pages[i];
	return NULL;
}

const struct note_page *note_page_at(size_t index)
{
	return index < PAGES ? &pages[index] : NULL;
}

const struct note_page *note_page_named(const char *name)
{
	int number = code_read('B', name);
	return number < 0 ? NULL : note_page((enum note)number);
}
