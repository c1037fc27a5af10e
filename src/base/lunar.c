/* New moons by Meeus, Astronomical Algorithms (2nd edition), chapter 49; the sun's longitude by chapter 25, good to
 * 0.01 degree; delta T by the polynomials of Espenak and Meeus (NASA, Five Millennium Canon). */
#include "base/lunar.h"

#include <errno.h>
#include <math.h>

#define RADIANS	      (M_PI / 180)
#define EPOCH_JULIAN  2440587.5 /* 1970-01-01T00:00Z as a Julian date */
#define LOCAL_DAYS    (7.0 / 24)
#define MONTH_DAYS    29.530588861
#define NEW_MOON_ZERO 2451550.09766 /* the mean new moon k = 0, of January 2000 */
#define CENTURY_DAYS  36525.0
#define J2000	      2451545.0

/* --- time */

static double polynomial(const double *coefficients, int count, double t)
{
	double sum = 0;
	while (count > 0)
		sum = sum * t + coefficients[--count];
	return sum;
}

/* Seconds by which uniform time is ahead of the earth's. */
static double delta_t(double year)
{
	static const struct {
		double until, origin, c[6];
	} spans[] = {
		{1900, 1860, {7.62, 0.5737, -0.251754, 0.01680668, -0.0004473624, 1 / 233174.0}},
		{1920, 1900, {-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197, 0}},
		{1941, 1920, {21.20, 0.84493, -0.0761, 0.0020936, 0, 0}},
		{1961, 1950, {29.07, 0.407, -1 / 233.0, 1 / 2547.0, 0, 0}},
		{1986, 1975, {45.45, 1.067, -1 / 260.0, -1 / 718.0, 0, 0}},
		{2005, 2000, {63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599}},
		{2050, 2000, {62.92, 0.32217, 0.005589, 0, 0, 0}},
	};
	double centuries = (year - 1820) / 100;
	if (year >= 1860 && year < 2050)
		for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
			if (year < spans[i].until)
				return polynomial(spans[i].c, 6, year - spans[i].origin);
	return -20 + 32 * centuries * centuries - (year >= 2050 && year < 2150 ? 0.5628 * (2150 - year) : 0);
}

static double to_universal(double julian)
{
	return julian - delta_t(2000 + (julian - J2000) / 365.25) / 86400;
}

static day_t local_day(double universal)
{
	return (day_t)floor(universal - EPOCH_JULIAN + LOCAL_DAYS);
}

/* --- the moon */

/* What a term multiplies of the sun's anomaly, the moon's, and its argument of latitude; power of E. */
struct moon_term {
	double days;
	int sun, moon, latitude, eccentricity;
};
static const struct moon_term moon_terms[] = {
	{-0.40720, 0, 1, 0, 0},
	{0.17241, 1, 0, 0, 1},
	{0.01608, 0, 2, 0, 0},
	{0.01039, 0, 0, 2, 0},
	{0.00739, -1, 1, 0, 1},
	{-0.00514, 1, 1, 0, 1},
	{0.00208, 2, 0, 0, 2},
	{-0.00111, 0, 1, -2, 0},
	{-0.00057, 0, 1, 2, 0},
	{0.00056, 1, 2, 0, 1},
	{-0.00042, 0, 3, 0, 0},
	{0.00042, 1, 0, 2, 1},
	{0.00038, 1, 0, -2, 1},
	{-0.00024, -1, 2, 0, 1},
	{-0.00007, 2, 1, 0, 0},
	{0.00004, 0, 2, -2, 0},
	{0.00004, 3, 0, 0, 0},
	{0.00003, 1, 1, -2, 0},
	{0.00003, 0, 2, 2, 0},
	{-0.00003, 1, 1, 2, 0},
	{0.00003, -1, 1, 2, 0},
	{-0.00002, -1, 1, -2, 0},
	{-0.00002, 1, 3, 0, 0},
	{0.00002, 0, 4, 0, 0},
};

/* The planets' pull. */
static const struct {
	double at, rate, days;
} planet_terms[] = {
	{299.77, 0.107408, 0.000325},
	{251.88, 0.016321, 0.000165},
	{251.83, 26.651886, 0.000164},
	{349.42, 36.412478, 0.000126},
	{84.66, 18.206239, 0.000110},
	{141.74, 53.303771, 0.000062},
	{207.14, 2.453732, 0.000060},
	{154.84, 7.306860, 0.000056},
	{34.52, 27.261239, 0.000047},
	{207.19, 0.121824, 0.000042},
	{291.34, 1.844379, 0.000040},
	{161.72, 24.198154, 0.000037},
	{239.56, 25.513099, 0.000035},
	{331.55, 3.592518, 0.000023},
};

/* Julian date, in uniform time, of the k-th new moon. */
static double new_moon(int k)
{
	double t = k / 1236.85, t2 = t * t, t3 = t2 * t, t4 = t3 * t;
	double julian =
		NEW_MOON_ZERO + MONTH_DAYS * k + 0.00015437 * t2 - 0.00000015 * t3 + 0.00000000073 * t4;
	double e = 1 - 0.002516 * t - 0.0000074 * t2;
	double sun = 2.5534 + 29.1053567 * k - 0.0000014 * t2 - 0.00000011 * t3;
	double moon = 201.5643 + 385.81693528 * k + 0.0107582 * t2 + 0.00001238 * t3 - 0.000000058 * t4;
	double latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t2 - 0.00000227 * t3 + 0.000000011 * t4;
	double node = 124.7746 - 1.56375588 * k + 0.0020672 * t2 + 0.00000215 * t3;
	for (size_t i = 0; i < sizeof moon_terms / sizeof *moon_terms; i++) {
		const struct moon_term *term = &moon_terms[i];
		double angle = term->sun * sun + term->moon * moon + term->latitude * latitude;
		julian += term->days * pow(e, term->eccentricity) * sin(angle * RADIANS);
	}
	julian -= 0.00017 * sin(node * RADIANS);
	for (size_t i = 0; i < sizeof planet_terms / sizeof *planet_terms; i++)
		julian += planet_terms[i].days *
			  sin((planet_terms[i].at + planet_terms[i].rate * k - (i == 0 ? 0.009173 * t2 : 0)) *
				  RADIANS);
	return julian;
}

static day_t month_start(int k)
{
	return local_day(to_universal(new_moon(k)));
}

/* Which month, by its new moon, contains the day. */
static int month_of(day_t day)
{
	int k = (int)floor((day + EPOCH_JULIAN - NEW_MOON_ZERO) / MONTH_DAYS);
	while (month_start(k) > day)
		k--;
	while (month_start(k + 1) <= day)
		k++;
	return k;
}

/* --- the sun */

/* Which twelfth of its way the sun is in when the day begins, 0 from the spring equinox. */
static int sun_sector(day_t day)
{
	double julian = day + EPOCH_JULIAN - LOCAL_DAYS;
	julian += julian - to_universal(julian);
	double t = (julian - J2000) / CENTURY_DAYS;
	double mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
	double anomaly = (357.52911 + 35999.05029 * t - 0.0001537 * t * t) * RADIANS;
	double centre = (1.914602 - 0.004817 * t - 0.000014 * t * t) * sin(anomaly) +
			(0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly);
	double apparent = mean + centre - 0.00569 - 0.00478 * sin((125.04 - 1934.136 * t) * RADIANS);
	double turn = apparent / 360;
	return (int)((turn - floor(turn)) * 12);
}

/* A major solar term falls into it. */
static bool has_term(int k)
{
	return sun_sector(month_start(k)) != sun_sector(month_start(k + 1));
}

/* The month that contains the winter solstice of that year. */
static int solstice_month(int year)
{
	int k = month_of(day_from_date(year, 12, 31));
	return sun_sector(month_start(k)) >= 9 ? k - 1 : k;
}

/* --- the year from one solstice month to the next */

struct span {
	int first, next; /* months 11 */
	int leap;	 /* the leap month; first - 1: none */
};

static struct span span_to(int year)
{
	struct span span = {.first = solstice_month(year - 1), .next = solstice_month(year)};
	span.leap = span.first - 1;
	if (span.next - span.first != 13)
		return span;
	span.leap = span.first + 1;
	while (has_term(span.leap))
		span.leap++;
	return span;
}

/* How many months after the first one it counts as: a leap month as the one before. */
static int place_in(const struct span *span, int k)
{
	return k - span->first - (span->leap >= span->first && k >= span->leap);
}

void lunar_from_day(day_t day, struct lunar_date *ret_date)
{
	int year, month, day_of_month, k = month_of(day);
	day_to_date(day, &year, &month, &day_of_month);
	struct span span = span_to(year);
	if (k >= span.next)
		span = span_to(++year);
	int place = place_in(&span, k);
	*ret_date = (struct lunar_date){
		.year = place < 2 ? year - 1 : year,
		.month = (place + 10) % 12 + 1,
		.day = day - month_start(k) + 1,
		.leap = k == span.leap,
	};
}

int lunar_to_day(const struct lunar_date *date, day_t *ret_day)
{
	if (date->month < 1 || date->month > 12 || date->day < 1 || date->day > 30)
		return -EINVAL;
	struct span span = span_to(date->month >= 11 ? date->year + 1 : date->year);
	int place = (date->month + 1) % 12, k = span.first + place;
	bool after_leap = span.leap >= span.first && k >= span.leap;
	k += after_leap;
	if (date->leap && span.leap == k + 1)
		k++;
	else if (date->leap)
		return -EINVAL;
	if (date->day > month_start(k + 1) - month_start(k))
		return -EINVAL;
	*ret_day = month_start(k) + date->day - 1;
	return 0;
}

int lunar_leap_month(int year)
{
	/* Months 11 and 12 lie in the next span. */
	for (int next = 0; next < 2; next++) {
		struct span span = span_to(year + next);
		if (span.leap < span.first)
			continue;
		int place = place_in(&span, span.leap);
		if ((place < 2) == (next == 1))
			return (place + 10) % 12 + 1;
	}
	return 0;
}

/* --- names */

static int modulo(int a, int b)
{
	return (a % b + b) % b;
}

const char *lunar_stem(int year)
{
	static const char *const stems[] = {
		"Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý"};
	return stems[modulo(year - 4, 10)];
}

const char *lunar_branch(int year)
{
	static const char *const branches[] = {
		"Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi"};
	return branches[modulo(year - 4, 12)];
}
