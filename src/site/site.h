/* The site configuration (bangtind.conf): this machine's displays, and which units' trees make its catalogue.
 * The format is in bangtind.conf(5), tools/man. Immutable once read; any thread may read it.
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "base/diag.h"
#include "base/time.h"
#include "base/words.h"
#include "frame/panel.h"

#define DISPLAY_NAME_MOST 63

struct option { /* one `key = value` of a display's driver section; the driver's option table types it */
	const char *key, *value;
	struct location where;
};

enum failure_picture { FAILURE_DEFAULT, FAILURE_BLANK };

enum hour_base { HOUR_CLOCK, HOUR_SUNRISE, HOUR_SUNSET };

/* A window of the local day, [start, end): seconds of the day, or seconds after (or before) the sun's rising or setting.
 * On the clock, end may exceed 86400: the window crosses midnight. See hours_on for what the sun makes of it. */
struct hours {
	int32_t start, end;
	enum hour_base start_base, end_base;
	bool crosses; /* one hangs on the sun, and it ends on the next day */
};

struct brightness_step { /* from this second of the day on, by the clock or the sun; sorted; one at least */
	int32_t start;
	int permille;
	enum hour_base base;
};

struct lux_step { /* from this much light around the display on */
	double lux;
	int permille;
};
struct ambient { /* a light sensor; a file that holds a number of lux */
	const char *path;
	struct lux_step *steps; /* rising; one at least */
	size_t step_count;
	int64_t every, stale, smooth; /* ns: read so often; believed so long; time constant, 0: none */
	double hysteresis; /* 0..0.9: a step is left downwards only at so much less light than it begins at */
};

struct display {
	const char *name; /* [a-z0-9-]+, unique */
	const char *const *tags;
	size_t tag_count;
	int width, height;		     /* pixels of the picture, before rotation */
	double pitch_mm, viewing_distance_m; /* 0: unknown */
	uint32_t background, foreground;     /* defaults of styles on this display */
	int32_t rate; /* millihertz while something moves: 100..240000, default 30000 (`rate = 30.0` in the file) */
	struct panel_spec panel; /* width, height filled in; format is set from the driver's capability */
	struct brightness_step *brightness;
	size_t brightness_count;
	const struct ambient *ambient; /* goes before the steps while it can be believed; NULL: none */
	struct hours *on_hours;	       /* NULL: always on */
	size_t on_hours_count;
	const char *
		fallback_text; /* `default`: shown when nothing is scheduled or the clock is not trusted; NULL: black */
	enum failure_picture on_failure; /* what is left on the board when the daemon ends */
	const char *driver;
	struct option *options;
	size_t option_count;
	/* `control`: a device beside the picture's way that only takes orders (brightness, power); driver NULL: none */
	const char *control;
	struct option *control_options;
	size_t control_option_count;
	int64_t refresh; /* a full frame at least so often; ns; default 10 s */
	struct location where;
};

struct unit_grant { /* one of `units`, in order: the province first */
	const char *name;
	int max_priority; /* 0..100; default 50, first unit 100 */
};

struct record_rules { /* the record of what was shown */
	bool kept;    /* default true */
	int64_t keep; /* ns; default 13 months of 31 days */
	int64_t most; /* bytes on the disk; default 1 GiB */
};

enum role { ROLE_VIEW = 1, ROLE_LOAD = 2, ROLE_OPERATE = 4 };
struct role_grant {
	unsigned uid;
	unsigned roles; /* bits of enum role */
};

struct alarm_hook {
	const char *program; /* path; NULL: nobody is told */
	int64_t after;	 /* ns for which something must be wrong, or well, before it is told; default 30 s */
	int64_t timeout; /* ns until the program is killed; default 30 s */
};

/* Whose word the wall clock is believed on. */
enum site_clock {
	CLOCK_ANY,	    /* its own, unless it is before the last time known; or NTP's */
	CLOCK_SYNCHRONISED, /* NTP's only: a board without a battery */
	CLOCK_OWN,	    /* its own only */
};

struct site {
	const char *name;
	struct zone *zone;
	bool placed;		    /* its coordinates are known */
	double latitude, longitude; /* degrees, north and east positive */
	int32_t day_starts;	    /* second of the local day at which the programme day begins; default 0 */
	const char *state_directory, *socket_path;
	unsigned socket_mode;	  /* default 0660 */
	const char *socket_group; /* NULL: the daemon's */
	struct unit_grant *units;
	size_t unit_count;
	const char *const *places; /* names as they are to be written in texts; for `bangtin check` */
	size_t place_count;
	struct role_grant *grants; /* root and the daemon's own uid have every role */
	size_t grant_count;
	int generations_kept;	/* default 20 */
	enum language language; /* of the daemon's log and of what it says unasked; LANGUAGE_OWN: not told */
	enum site_clock clock;
	bool unsigned_loads; /* words that nobody signed may be loaded and announced; default false */
	struct alarm_hook alarm;
	const char *root_path;	     /* the root file that the site begins with; NULL: none */
	const char *fonts_directory; /* NULL: the built-in one */
	const char *data_directory;  /* of JSON files for the field {data:…}; NULL: none */
	struct record_rules record;
	struct display *displays;
	size_t display_count;
	void *storage; /* private */
};

/* Reads and checks all of it but the driver's name and options, which the output room knows; NULL when there was an
 * error. Relative paths are taken from the file's directory. path outlives the site. */
struct site *site_read(const char *path, struct diag_list *diags);
/* The same from memory; directory is where relative paths begin. */
struct site *site_parse(
	const char *name, const char *data, size_t size, const char *directory, struct diag_list *diags);
void site_destroy(struct site *site);
const struct display *site_display(const struct site *site, const char *name); /* NULL: none */
/* Whether the display has that name or carries that tag; "*" is every display. */
bool display_matches(const struct display *display, const char *name_or_tag);
/* permille, at this second of this local day */
int display_brightness(
	const struct site *site, const struct display *display, day_t day, int32_t second_of_day);

/* The window on this local day as seconds of that day, both bases HOUR_CLOCK; whole minutes where the sun has a say. False:
 * there is none on this day (the sun does not set, or sets too late). */
bool hours_on(const struct site *site, const struct hours *hours, day_t day, struct hours *ret_hours);

#endif
