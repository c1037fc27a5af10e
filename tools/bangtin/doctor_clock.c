/* The clock: whether it can be believed now, and after the next power cut. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/timex.h>
#include <time.h>

#include "doctor.h"
#include "engine/accept.h"

static int64_t floor_of(const struct doctor *doctor)
{
	struct store *store = NULL;
	if (store_open_read_only(doctor->site->state_directory, &store) < 0)
		return 0;
	int64_t floor = accept_clock_floor(store);
	store_close(store);
	return floor;
}

static bool is_believed(const struct doctor *doctor, int64_t floor)
{
	const json_t *trusted = json_object_get(json_object_get(doctor->status, "clock"), "trusted");
	return trusted ? json_is_true(trusted) : (int64_t)time(NULL) * NS_PER_SEC >= floor;
}

static bool is_synchronised(const struct doctor *doctor)
{
	struct timex now = {0};
	if (doctor_has(doctor, "/run/systemd/timesync/synchronized"))
		return true;
	return !*doctor->system && adjtimex(&now) >= 0 && !(now.status & STA_UNSYNC);
}

/* Seconds of the best of this machine's clocks with a battery: 0: there is none; 1: they are empty. */
static long long battery;

static void see_rtc(struct doctor *doctor, const char *path)
{
	char file[128], text[32];
	snprintf(file, sizeof file, "%s/since_epoch", path);
	if (!doctor_read(doctor, file, text, sizeof text))
		return;
	long long seconds = strtoll(text, NULL, 10);
	if (seconds < 1)
		seconds = 1;
	if (seconds > battery)
		battery = seconds;
}

void doctor_clock(struct doctor *doctor)
{
	int64_t floor = floor_of(doctor);
	bool synchronised = is_synchronised(doctor);

	if (!is_believed(doctor, floor))
		doctor_say(doctor, DOCTOR_WRONG, "clock", NULL,
			N_("set it: `timedatectl set-time \"2026-12-01 08:00:00\"`, or connect the network "
			   "and `timedatectl set-ntp true`"),
			"the wall clock shows less than the last time that was believed; the default "
			"messages show");
	else
		doctor_say(doctor, DOCTOR_GOOD, "clock", NULL, NULL, "the wall clock can be believed");
	if (!synchronised)
		doctor_say(doctor, DOCTOR_NOTE, "ntp", NULL,
			N_("where there is a network: `timedatectl set-ntp true`; where there is none: "
			   "compare "
			   "the clock with a telephone once a month"),
			"no time server sets this clock");
	battery = 0;
	doctor_each(doctor, "/sys/class/rtc", "rtc", see_rtc);
	if (battery == 0)
		doctor_say(doctor, DOCTOR_NOTE, "rtc", NULL,
			N_("fit a clock module with a battery (DS3231), or see that the network is there at "
			   "start"),
			"this machine has no clock that runs on without power: after a power cut the default "
			"messages show until a time server answers");
	else if (battery * NS_PER_SEC < floor)
		doctor_say(doctor, DOCTOR_WRONG, "rtc", NULL,
			N_("change its battery, set the time, and `hwclock --systohc`"),
			"the clock that should run on without power shows a time long past: its battery is "
			"empty");
	else
		doctor_say(doctor, DOCTOR_GOOD, "rtc", NULL, NULL, "the clock runs on without power");
}
