/* The keys of every map of a playlist file. */
#include <stddef.h>

#include "schema.h"

#define SHOW_KEYS                                                                                            \
	{"for", SCHEMA_DURATION, "How long, 100ms to 24h. Without it as long as the text needs.", "20s",     \
		NULL, 0, 0, 0, false},                                                                       \
		{"passes", SCHEMA_INT, "Instead of `for`: how many times as long as the text needs.", "2",   \
			NULL, 1, 1000, 0, false},                                                            \
		{"enter", SCHEMA_WORD,                                                                       \
			"How the text moves. `still` (default): it stands, page after page if it does not "  \
			"fit. `scroll-left`: one line runs in from the right. `scroll-up`: it runs in from " \
			"below. `page`: page after page.",                                                   \
			"scroll-left", "still scroll-left scroll-up page", 0, 0, 0, false},                  \
		{"transition", SCHEMA_WORD,                                                                  \
			"How the picture takes the place of the one before; default `cut`.", "fade",         \
			"cut fade push-left push-right push-up push-down wipe-left wipe-right wipe-up "      \
			"wipe-down",                                                                         \
			0, 0, 0, false},                                                                     \
	{                                                                                                    \
		"transition-time", SCHEMA_DURATION,                                                          \
			"How long the transition takes, 50ms to 2s; default 500ms.", "500ms", NULL, 0, 0, 0, \
			false                                                                                \
	}

static const struct schema_key style_keys[] = {
	{"based-on", SCHEMA_REFERENCE,
		"Another style, from which this one takes what it does not say itself.", "thong-bao", NULL, 0,
		0, 0, false},
	{"font", SCHEMA_PLAIN,
		"`Noto Sans`, or a pixel family: `Bang Tin 16`, `Bang Tin 24`, `Bang Tin 32`. Without it the "
		"display chooses.",
		"Bang Tin 16", NULL, 0, 0, 0, false},
	{"size", SCHEMA_SIZE,
		"Line height in pixels, or a share of the display's height; 0 (default) is the largest that "
		"fits.",
		"6%", NULL, 0, 0, 0, false},
	{"min-size", SCHEMA_EXTENT, "The least size that is chosen.", "20", NULL, 0, 0, 0, false},
	{"max-size", SCHEMA_EXTENT, "The largest size that is chosen.", "10%", NULL, 0, 0, 0, false},
	{"bold", SCHEMA_BOOL, "Whether the letters are bold.", "true", NULL, 0, 0, 0, false},
	{"colour", SCHEMA_COLOUR,
		"Of the letters: \"#RRGGBB\" in quotes, as a bare # begins a comment, or a name. Without it "
		"the display's.",
		"amber", NULL, 0, 0, 0, false},
	{"background", SCHEMA_COLOUR, "Behind the letters, as `colour`.", "black", NULL, 0, 0, 0, false},
	{"align", SCHEMA_WORD, "Across; default `centre`.", "left", "left centre right", 0, 0, 0, false},
	{"valign", SCHEMA_WORD, "Up and down; default `centre`.", "top", "top centre bottom", 0, 0, 0, false},
	{"speed", SCHEMA_INT, "Of scrolling, in pixels a second; default 40.", "40", NULL, 1, 2000, 0, false},
	{"page-time", SCHEMA_DURATION, "How long a page stays, 1s to 1h; default 5s.", "5s", NULL, 0, 0, 0,
		false},
	{"line-spacing", SCHEMA_INT, "Extra pixels between lines.", "2", NULL, 0, 64, 0, false},
	{.name = NULL},
};

static const struct schema_key layout_keys[] = {
	{"based-on", SCHEMA_REFERENCE, "Another layout, whose keys and zones this one takes over.",
		"trang-chinh", NULL, 0, 0, 0, false},
	{"from-size", SCHEMA_FROM_SIZE, "The least display that it is made for.", "640x360", NULL, 0, 0, 0,
		false},
	{"shape", SCHEMA_WORD, "On which displays it is used; default `any`.", "landscape",
		"any landscape portrait", 0, 0, 0, false},
	{"background", SCHEMA_OBJECT,
		"What the page is filled with: a colour, `none`, or a map of `colour`, `gradient` or "
		"`image`.",
		"#0b3d75", "background", 0, 0, 0, false},
	{"zones", SCHEMA_OBJECT, "The parts of the page by their names, painted in this order.", NULL,
		"zones", 0, 0, 0, false},
	{.name = NULL},
};

static const struct schema_key zone_keys[] = {
	{"kind", SCHEMA_WORD,
		"What stands in it: a `text`; a `ticker`, one line that runs through; a `clock`; an `image`; "
		"a `qr` code; the messages of a `playlist`; or, in a `panel`, nothing but its background.",
		"text", "text ticker clock image qr playlist panel", 0, 0, 0, false},
	{"at", SCHEMA_OBJECT,
		"Left, top, width and height, in pixels or as shares of the page: `[5%, 20%, 60%, 55%]`.",
		NULL, "at", 0, 0, 0, false},
	{"padding", SCHEMA_OBJECT,
		"Room left free within: one number, [vertical, horizontal], or [top, right, bottom, left]; "
		"in "
		"pixels or as shares of the page's height.",
		NULL, "padding", 0, 0, 0, false},
	{"text", SCHEMA_TEXT, "What always stands in a text, ticker or clock. Without it messages fill it.",
		"{date}", NULL, 0, 0, 0, false},
	{"image", SCHEMA_REFERENCE, "The picture that always stands in it, by its file's name.",
		"quoc-huy.png", NULL, 0, 0, 0, false},
	{"qr", SCHEMA_QR, "What the QR code that always stands in it says.",
		"https://dichvucong.example.gov.vn", NULL, 0, 0, 0, false},
	{"playlist", SCHEMA_REFERENCE, "The playlist whose messages it shows, one after the other.", "loi",
		NULL, 0, 0, 0, false},
	{"lang", SCHEMA_LANGUAGE, "Of its text, for the names of days and months; default `vi`.", "en", NULL,
		0, 0, 0, false},
	{"required", SCHEMA_BOOL, "`false`: a message may leave the zone open.", "false", NULL, 0, 0, 0,
		false},
	{"style", SCHEMA_REFERENCE, "The style of its text, or how its picture is aligned.", "tieu-de", NULL,
		0, 0, 0, false},
	{"fit", SCHEMA_WORD,
		"Of a picture: `contain` (default), all of it is seen; `cover`, all of the zone is filled.",
		"cover", "contain cover", 0, 0, 0, false},
	{"background", SCHEMA_OBJECT,
		"A colour, `none`, or a map of `colour`, `gradient` or `image`. Without it what lies below "
		"shows.",
		"#b3261e", "background", 0, 0, 0, false},
	{"radius", SCHEMA_INT, "Of the corners, in pixels.", "12", NULL, 0, 1000, 0, false},
	{"border", SCHEMA_OBJECT, "A line around it.", NULL, "border", 0, 0, 0, false},
	{"hide", SCHEMA_BOOL, "`true`: the zone of the layout that this one is based on is left out.", "true",
		NULL, 0, 0, 0, false},
	{.name = NULL},
};

static const struct schema_key border_keys[] = {
	{"colour", SCHEMA_COLOUR, "Of the line.", "white", NULL, 0, 0, 0, true},
	{"width", SCHEMA_INT, "In pixels; default 1.", "2", NULL, 0, 200, 0, false},
	{"sides", SCHEMA_WORD, "On which sides; default `all`.", "bottom", "top right bottom left all", 0, 0,
		1000, false},
	{.name = NULL},
};

static const struct schema_key fill_keys[] = {
	{"colour", SCHEMA_COLOUR, "One colour, or what shows around a picture.", "white", NULL, 0, 0, 0,
		false},
	{"gradient", SCHEMA_OBJECT, "2 to 4 colours, one running into the other.", NULL, "gradient", 0, 0, 0,
		false},
	{"image", SCHEMA_REFERENCE, "A picture, by its file's name.", "nen.jpg", NULL, 0, 0, 0, false},
	{"towards", SCHEMA_ANGLE,
		"Where the gradient runs to: a word, or degrees clockwise from the right; default `bottom`.",
		"bottom-right", NULL, 0, 0, 0, false},
	{"fit", SCHEMA_WORD, "Of the picture; default `cover`.", "cover", "contain cover", 0, 0, 0, false},
	{"opacity", SCHEMA_INT, "A percentage.", "40", NULL, 0, 100, 0, false},
	{.name = NULL},
};

static const struct schema_key message_keys[] = {
	{"text", SCHEMA_TEXT,
		"What to say, at most 4000 characters; lines are kept. `{time}`, `{date}`, `{lunar-date}`, "
		"`{countdown:2026-12-31}` and `{data:queue.now}` are fields, `{bold:…}` and `{red:…}` "
		"emphasis, `{~}` is a no-break space, `{{` a brace.",
		"Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh", NULL, 0, 0, 0, false},
	{"short", SCHEMA_TEXT,
		"Narrower forms of the text, longest first, at most 8; the first that fits a display is "
		"taken.",
		"Nộp hồ sơ trực tuyến", NULL, 0, 0, 8, false},
	{"qr", SCHEMA_QR, "What a QR code beside the text says, at most 213 bytes.",
		"https://dichvucong.example.gov.vn", NULL, 0, 0, 0, false},
	{"image", SCHEMA_REFERENCE, "A picture, by the name of its file, or of another unit's.",
		"ruong-lua.jpg", NULL, 0, 0, 0, false},
	{"image-fit", SCHEMA_WORD,
		"`contain` (default): all of the picture is seen. `cover`: all of its place is filled.",
		"cover", "contain cover", 0, 0, 0, false},
	{"style", SCHEMA_REFERENCE, "The style's name; without it the standard style.", "thong-bao", NULL, 0,
		0, 0, false},
	{"lang", SCHEMA_LANGUAGE, "The text's language; default `vi`.", "vi", NULL, 0, 0, 0, false},
	{"until", SCHEMA_EXPIRY,
		"The end of the message's validity, wherever it is used: a date, which is the end of that "
		"day, "
		"or a date and a time.",
		"2026-12-31", NULL, 0, 0, 0, false},
	{"layout", SCHEMA_REFERENCE,
		"The layout, or a list of at most 8: the first that suits the display is used.",
		"trang-chinh", NULL, 0, 0, 8, false},
	{"title", SCHEMA_TEXT, "What the zone `title` of its layout says.", "Thông báo", NULL, 0, 0, 0,
		false},
	{"zones", SCHEMA_OBJECT, "What open zones of its layouts say, by their names.", NULL, "fillings", 0,
		0, 0, false},
	{.name = NULL},
};

static const struct schema_key element_keys[] = {
	{"show", SCHEMA_REFERENCE, "The message, or another unit's as unit/name.", "nop-ho-so", NULL, 0, 0, 0,
		true},
	SHOW_KEYS,
	{.name = NULL},
};

#define ENTRY_KEYS                                                                                           \
	{"on", SCHEMA_PLAIN, "Names or tags of displays; `all` is every display.", "led", NULL, 0, 0,        \
		100000, true},                                                                               \
		{"days", SCHEMA_DAYS, "Days of the week; default `daily`.", "mon..fri", NULL, 0, 0, 100000,  \
			false},                                                                              \
		{"hours", SCHEMA_HOURS,                                                                      \
			"Windows of the day, or dayparts by name; default the whole day. One that ends "     \
			"before it starts crosses midnight.",                                                \
			"07:00-11:30", NULL, 0, 0, 48, false},                                               \
		{"from", SCHEMA_DATE, "The first day.", "2026-01-01", NULL, 0, 0, 0, false},                 \
		{"until", SCHEMA_DATE, "The last day.", "2026-12-31", NULL, 0, 0, 0, false},                 \
		{"dates", SCHEMA_DAY_LIST_NAMED, "Days on which alone the entry plays.", "yearly 09-02",     \
			NULL, 0, 0, 1000, false},                                                            \
		{"repeat", SCHEMA_PLAIN,                                                                     \
			"A recurrence rule of RFC 5545, counted from `from`, which it needs.",               \
			"FREQ=MONTHLY;BYDAY=1TH", NULL, 0, 0, 0, false},                                     \
		{"also", SCHEMA_DAY_LIST_NAMED,                                                              \
			"Days on which the entry plays whatever `days`, `dates` and `repeat` say.",          \
			"calendar lam-bu", NULL, 0, 0, 1000, false},                                         \
		{"except", SCHEMA_DAY_LIST_NAMED, "Days on which it does not play, whatever else is said.",  \
			"lunar 1/1..5/1", NULL, 0, 0, 1000, false},                                          \
		{"priority", SCHEMA_INT, "Higher goes first; default 10.", "10", NULL, 0, 100, 0, false},    \
		{"share", SCHEMA_SHARE,                                                                      \
			"The part of its open time that the entry is owed, whatever the priorities.", "30%", \
			NULL, 0, 0, 0, false},                                                               \
		{"at-least", SCHEMA_QUOTA, "Showings that it is owed, an hour or a day.", "4/h", NULL, 0, 0, \
			0, false},                                                                           \
		{"at-most", SCHEMA_QUOTA, "Showings that it does not exceed, an hour or a day.", "20/d",     \
			NULL, 0, 0, 0, false},                                                               \
		{"not-next-to", SCHEMA_REFERENCE,                                                            \
			"Entries that it neither follows nor goes before at once.", "otp", NULL, 0, 0, 100,  \
			false},                                                                              \
		{"name", SCHEMA_NAME, "The entry's name, for `bangtin why` and `skip`.", "ca-nam", NULL, 0,  \
			0, 0, false},                                                                        \
	{                                                                                                    \
		"required", SCHEMA_BOOL, "`true`: no other unit may skip it.", "true", NULL, 0, 0, 0, false  \
	}

static const struct schema_key play_entry_keys[] = {
	{"play", SCHEMA_REFERENCE, "The playlist to play.", "gio-hanh-chinh", NULL, 0, 0, 0, true},
	ENTRY_KEYS,
	{.name = NULL},
};

static const struct schema_key show_entry_keys[] = {
	{"show", SCHEMA_REFERENCE, "One message, instead of a playlist.", "nop-ho-so", NULL, 0, 0, 0, true},
	ENTRY_KEYS,
	SHOW_KEYS,
	{.name = NULL},
};

static const struct schema_key skip_entry_keys[] = {
	{"skip", SCHEMA_REFERENCE, "An inherited entry that this unit leaves out.", "province/buoi-toi", NULL,
		0, 0, 0, true},
	{.name = NULL},
};

#define FOR_OR_PASSES                                                                                        \
	"{\"not\": {\"required\": [\"for\", \"passes\"]}, \"dependentSchemas\": {\"transition-time\": "      \
	"{\"required\": [\"transition\"], \"properties\": {\"transition\": {\"not\": {\"const\": "           \
	"\"cut\"}}}}}"
#define FROM_IS_NEEDED "\"dependentRequired\": {\"repeat\": [\"from\"]}"

const struct schema_map schema_maps[] = {
	{"style", style_keys, NULL},
	/* What a layout without a base has not, nobody has. */
	{"layout", layout_keys,
		"{\"if\": {\"required\": [\"based-on\"]}, \"else\": {\"required\": [\"zones\"], "
		"\"properties\": "
		"{\"zones\": {\"minProperties\": 1, \"additionalProperties\": {\"$ref\": "
		"\"#/$defs/whole-zone\"}"
		"}}}}"},
	{"zone", zone_keys,
		"{\"allOf\": ["
		"{\"if\": {\"properties\": {\"kind\": {\"enum\": [\"text\", \"ticker\", \"clock\"]}}, "
		"\"required\": [\"kind\"]}, \"then\": {\"properties\": "
		"{\"image\": false, \"qr\": false, \"playlist\": false}}},"
		"{\"if\": {\"properties\": {\"kind\": {\"const\": \"image\"}}, \"required\": [\"kind\"]}, "
		"\"then\": {\"properties\": {\"text\": false, \"qr\": false, \"playlist\": false}}},"
		"{\"if\": {\"properties\": {\"kind\": {\"const\": \"qr\"}}, \"required\": [\"kind\"]}, "
		"\"then\": {\"properties\": {\"text\": false, \"image\": false, \"playlist\": false}}},"
		"{\"if\": {\"properties\": {\"kind\": {\"const\": \"playlist\"}}, \"required\": [\"kind\"]}, "
		"\"then\": {\"properties\": {\"text\": false, \"image\": false, \"qr\": false}}},"
		"{\"if\": {\"properties\": {\"kind\": {\"const\": \"panel\"}}, \"required\": [\"kind\"]}, "
		"\"then\": {\"properties\": {\"text\": false, \"image\": false, \"qr\": false, "
		"\"playlist\": false}}}]}"},
	{"border", border_keys, NULL},
	{"fill", fill_keys,
		"{\"anyOf\": [{\"required\": [\"colour\"]}, {\"required\": [\"gradient\"]}, "
		"{\"required\": [\"image\"]}], \"dependentSchemas\": {\"gradient\": {\"properties\": "
		"{\"colour\": false, \"image\": false}}}}"},
	{"message", message_keys,
		"{\"anyOf\": [{\"required\": [\"text\"]}, {\"required\": [\"image\"]}, "
		"{\"required\": [\"layout\"]}], \"dependentRequired\": "
		"{\"title\": [\"layout\"], \"zones\": [\"layout\"]}}"},
	{"element", element_keys, FOR_OR_PASSES "}"},
	{"play-entry", play_entry_keys, "{" FROM_IS_NEEDED "}"},
	{"show-entry", show_entry_keys, FOR_OR_PASSES ", " FROM_IS_NEEDED "}"},
	{"skip-entry", skip_entry_keys, NULL},
	{.name = NULL},
};
