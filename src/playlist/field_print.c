/* What fields say at an instant. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/lunar.h"
#include "playlist/conversion.h"

struct printing {
	char *buffer;
	size_t size, length;
};

static void put(struct printing *to, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (to->length + i + 1 < to->size)
			to->buffer[to->length + i] = text[i];
	to->length += size;
}

static void put_text(struct printing *to, const char *text)
{
	put(to, text, strlen(text));
}

static void put_number(struct printing *to, int64_t number, const struct form_piece *piece)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%0*lld", piece->bare ? 1 : 2, (long long)number);
	put_text(to, digits);
}

/* --- civil time */

static const char *const weekdays[2][7] = {
	{"Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"},
	{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}};
static const char *const short_weekdays[2][7] = {
	{"T2", "T3", "T4", "T5", "T6", "T7", "CN"}, {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}};
static const char *const months[12] = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"};

static void put_month(struct printing *to, const struct field *field, int month)
{
	char text[32];
	snprintf(text, sizeof text, "tháng %d", month);
	put_text(to, field->english ? months[month - 1] : text);
}

static void put_civil(struct printing *to, const struct field *field, const struct form_piece *piece,
	const struct civil *civil)
{
	int weekday = day_weekday(day_from_date(civil->year, civil->month, civil->day));
	switch (piece->letter) {
	case 'H':
		put_number(to, civil->hour, piece);
		break;
	case 'I':
		put_number(to, (civil->hour + 11) % 12 + 1, piece);
		break;
	case 'M':
		put_number(to, civil->minute, piece);
		break;
	case 'S':
		put_number(to, civil->second, piece);
		break;
	case 'p':
		put_text(to,
			field->english ? (civil->hour < 12 ? "AM" : "PM") : (civil->hour < 12 ? "SA" : "CH"));
		break;
	case 'd':
		put_number(to, civil->day, piece);
		break;
	case 'm':
		put_number(to, civil->month, piece);
		break;
	case 'Y':
		put_number(to, civil->year, piece);
		break;
	case 'y':
		put_number(to, civil->year % 100, piece);
		break;
	case 'A':
		put_text(to, weekdays[field->english][weekday]);
		break;
	case 'a':
		put_text(to, short_weekdays[field->english][weekday]);
		break;
	case 'B':
		put_month(to, field, civil->month);
		break;
	}
}

/* --- the lunar calendar */

static void put_lunar(struct printing *to, const struct form_piece *piece, const struct lunar_date *date)
{
	static const char *const names[12] = {
		"Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Chạp"};
	char text[48];
	switch (piece->letter) {
	case 'd':
		put_number(to, date->day, piece);
		break;
	case 'm':
		put_number(to, date->month, piece);
		break;
	case 'Y':
		snprintf(text, sizeof text, "%s %s", lunar_stem(date->year), lunar_branch(date->year));
		put_text(to, text);
		break;
	case 'D':
		snprintf(text, sizeof text, date->day <= 10 ? "mùng %d" : "%d", date->day);
		put_text(to, date->day == 15 ? "rằm" : text);
		break;
	case 'B':
		put_text(to, "tháng ");
		put_text(to, names[date->month - 1]);
		break;
	case 'L':
		put_text(to, date->leap ? " nhuận" : "");
		break;
	}
}

/* --- counting down */

struct left {
	int64_t days, hours, minutes, seconds;
};

static bool form_has(const char *form, const char *letters)
{
	struct form_piece piece;
	while (form_next(&form, &piece))
		if (piece.letter && strchr(letters, piece.letter))
			return true;
	return false;
}

/* Days alone are counted by the calendar: on the eve one is left, whatever the hour. Hours count the days too where
 * the form has none. */
static struct left left_until(const struct field *field, const struct zone *zone, int64_t time)
{
	if (field->day != DAY_NONE && !form_has(field->form, "HMS")) {
		int64_t days = (int64_t)field->day - zone_day(zone, time);
		return (struct left){.days = days > 0 ? days : 0};
	}
	int64_t target = field->day != DAY_NONE ? zone_instant(zone, field->day, 0) : field->instant;
	int64_t left = time < target ? target - time : 0;
	/* 17:00 is reached when 0 is shown: a begun second counts. */
	int64_t seconds = (left + NS_PER_SEC - 1) / NS_PER_SEC;
	struct left parts = {seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60};
	if (!form_has(field->form, "D"))
		parts.hours += 24 * parts.days;
	return parts;
}

static void put_left(struct printing *to, const struct form_piece *piece, const struct left *left)
{
	const struct form_piece bare = {.bare = true};
	switch (piece->letter) {
	case 'D':
		put_number(to, left->days, &bare);
		break;
	case 'H':
		put_number(to, left->hours, piece);
		break;
	case 'M':
		put_number(to, left->minutes, piece);
		break;
	case 'S':
		put_number(to, left->seconds, piece);
		break;
	}
}

/* --- a field, a text */

static void put_form(struct printing *to, const struct field *field, const struct asking *asking,
	int64_t time, bool sample)
{
	struct civil civil = {0};
	struct lunar_date lunar = {0};
	struct left left = {0};
	if (!sample)
		zone_civil(asking->zone, time, &civil);
	if (!sample && field->kind == FIELD_LUNAR_DATE)
		lunar_from_day(zone_day(asking->zone, time), &lunar);
	if (!sample && field->kind == FIELD_COUNTDOWN)
		left = left_until(field, asking->zone, time);
	struct form_piece piece;
	for (const char *at = field->form; form_next(&at, &piece);) {
		if (!piece.letter)
			put(to, piece.literal, piece.size);
		else if (sample)
			put_text(to, conversion_sample(field, piece.letter));
		else if (field->kind == FIELD_LUNAR_DATE)
			put_lunar(to, &piece, &lunar);
		else if (field->kind == FIELD_COUNTDOWN)
			put_left(to, &piece, &left);
		else
			put_civil(to, field, &piece, &civil);
	}
}

static void put_field(struct printing *to, const struct field *field, const struct asking *asking,
	int64_t time, bool sample)
{
	if (field->kind == FIELD_DATA) {
		const char *value = data_find(asking->data, field->key);
		put_text(to, value ? value : field->form);
	} else {
		put_form(to, field, asking, time, sample);
	}
}

static size_t finish(struct printing *to)
{
	if (to->size > 0)
		to->buffer[to->length < to->size ? to->length : to->size - 1] = '\0';
	return to->length;
}

size_t field_print(
	const struct field *field, const struct asking *asking, int64_t time, char *buffer, size_t size)
{
	struct printing to = {buffer, size, 0};
	put_field(&to, field, asking, time, false);
	return finish(&to);
}

size_t field_sample(const struct field *field, char *buffer, size_t size)
{
	struct printing to = {buffer, size, 0};
	put_field(&to, field, &(struct asking){NULL, NULL}, 0, true);
	return finish(&to);
}

static char *print_words(const struct words *words, const struct asking *asking, int64_t time, bool sample)
{
	size_t room = strlen(words->text) + 1 + words->field_count * (FIELD_SIZE_MOST + 1), from = 0;
	struct printing to = {xmalloc(room), room, 0};
	for (size_t i = 0; i < words->field_count; i++) {
		const struct field *field = &words->fields[i];
		char value[FIELD_SIZE_MOST + 1] = "";
		struct printing one = {value, sizeof value, 0};
		put(&to, words->text + from, field->at - from);
		put_field(&one, field, asking, time, sample);
		finish(&one);
		put_text(&to, value);
		from = field->at + field->size;
	}
	put_text(&to, words->text + from);
	finish(&to);
	return to.buffer;
}

char *words_at(const struct words *words, const struct asking *asking, int64_t time)
{
	return words->field_count > 0 ? print_words(words, asking, time, false) : xstrdup(words->text);
}

char *words_sample(const struct words *words, const struct asking *asking)
{
	return words->field_count > 0 ? print_words(words, asking, 0, true) : xstrdup(words->text);
}

enum pace words_pace(const struct words *words)
{
	enum pace pace = PACE_NEVER;
	for (size_t i = 0; i < words->field_count; i++)
		if (words->fields[i].pace > pace)
			pace = words->fields[i].pace;
	return pace;
}

/* Offsets from UTC are whole seconds, and minutes begin where the wall clock's do. */
int64_t pace_next(enum pace pace, const struct zone *zone, int64_t time)
{
	struct civil civil;
	zone_civil(zone, time, &civil);
	int64_t second = time - civil.ns;
	switch (pace) {
	case PACE_NEVER:
		return TIME_NEVER;
	case PACE_SECOND:
		return second + NS_PER_SEC;
	case PACE_MINUTE:
		return second + (60 - civil.second) * NS_PER_SEC;
	case PACE_DAY:
		break;
	}
	return zone_instant(zone, zone_day(zone, time) + 1, 0);
}
