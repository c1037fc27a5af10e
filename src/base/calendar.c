/* Days of the proleptic Gregorian calendar. The year is taken to begin in March, so that the leap day is its last
 * and a month's first day is (153 m + 2) / 5 days into it. */
#include "base/time.h"

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

day_t day_from_date(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t centuries = floor_divide(y, 400);
	int64_t in_400 = y - 400 * centuries;
	int64_t in_year = (153 * m + 2) / 5 + day - 1;

	/* 719468: from 0000-03-01 to 1970-01-01 */
	return (day_t)(centuries * 146097 + in_400 * 365 + in_400 / 4 - in_400 / 100 + in_year - 719468);
}

void day_to_date(day_t day, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t since = (int64_t)day + 719468;
	int64_t centuries = floor_divide(since, 146097);
	int64_t in_400 = since - centuries * 146097;
	int64_t year = (in_400 - in_400 / 1460 + in_400 / 36524 - in_400 / 146096) / 365;
	int64_t in_year = in_400 - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * in_year + 2) / 153;

	*ret_day = (int)(in_year - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = (int)(year + 400 * centuries + (month >= 10));
}

bool date_valid(int year, int month, int day)
{
	int y, m, d;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	day_to_date(day_from_date(year, month, day), &y, &m, &d);
	return m == month;
}

int day_weekday(day_t day)
{
	int64_t since_monday = (int64_t)day + 3; /* 1970-01-01 was a Thursday */

	return (int)(since_monday - 7 * floor_divide(since_monday, 7));
}
