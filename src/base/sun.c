#include "base/sun.h"

#include <math.h>

#define DEGREE	     (M_PI / 180)
#define HORIZON	     (-0.8333 * DEGREE) /* refraction 34', the sun's radius 16' */
#define J2000	     10957.5		/* days from 1970-01-01T00:00Z to 2000-01-01T12:00 */
#define DYNAMIC_TIME 69.0 /* s by which the time of the ephemeris is ahead of UTC, 2017 to about 2035 */
enum { ROUNDS = 4, DAY_SECONDS = 86400 };

struct sun {			 /* seen from the earth's centre */
	double declination;	 /* radians */
	double equation_of_time; /* radians by which the true sun is west of the mean one */
};

/* days: since 1970, UTC. */
static struct sun sun_at(double days)
{
	double t = (days + DYNAMIC_TIME / DAY_SECONDS - J2000) / 36525;
	double mean_longitude = fmod(280.46646 + t * (36000.76983 + t * 0.0003032), 360) * DEGREE;
	double anomaly = fmod(357.52911 + t * (35999.05029 - t * 0.0001537), 360) * DEGREE;
	double centre = ((1.914602 - t * (0.004817 + t * 0.000014)) * sin(anomaly) +
				(0.019993 - t * 0.000101) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)) *
			DEGREE;
	double node = (125.04 - 1934.136 * t) * DEGREE;
	double longitude = mean_longitude + centre + (-0.00569 - 0.00478 * sin(node)) * DEGREE;
	double obliquity = (23.4392911 - t * 0.0130042 + 0.00256 * cos(node)) * DEGREE;
	double ascension = atan2(cos(obliquity) * sin(longitude), cos(longitude));

	return (struct sun){
		.declination = asin(sin(obliquity) * sin(longitude)),
		/* aberration and nutation shift the mean sun too: 0.0057183 degrees */
		.equation_of_time =
			remainder(mean_longitude - 0.0057183 * DEGREE -
					  0.00478 * sin(node) * cos(obliquity) * DEGREE - ascension,
				2 * M_PI),
	};
}

bool sun_time(double latitude, double longitude, day_t day, enum sun_event event, int64_t *ret_time)
{
	double phi = latitude * DEGREE, noon = day + 0.5 - longitude / 360, time = noon;

	for (int i = 0; i < ROUNDS; i++) { /* the sun moves on meanwhile */
		struct sun sun = sun_at(time);
		double cosine =
			(sin(HORIZON) - sin(phi) * sin(sun.declination)) / (cos(phi) * cos(sun.declination));
		if (!(fabs(cosine) <= 1))
			return false;
		double angle = acos(cosine);
		time = noon + ((event == SUN_SETS ? angle : -angle) - sun.equation_of_time) / (2 * M_PI);
	}
	*ret_time = llround(time * DAY_SECONDS) * NS_PER_SEC;
	return true;
}
