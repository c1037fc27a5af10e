/* The daemon: whether it runs, is watched, and what it says itself. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	return value ? value : "";
}

static void look_at_displays(struct doctor *doctor)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(doctor->status, "displays"), i, item)
	{
		const char *health = text(item, "health");
		if (strcmp(health, "down") == 0 || strcmp(health, "fault") == 0)
			doctor_say(doctor, DOCTOR_WRONG, "display", text(item, "name"),
				N_("cable, power, address: `bangtin-testpattern` goes through them with you"),
				"it is not reached: %s", text(item, "why"));
		else if (strcmp(health, "up") == 0)
			doctor_say(doctor, DOCTOR_GOOD, "display", text(item, "name"), NULL,
				"it shows what it should");
	}
}

/* Whether somebody else wrote on a board; and where that would not be noticed. */
static void look_at_content(struct doctor *doctor)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(doctor->status, "displays"), i, item)
	{
		const json_t *back = json_object_get(item, "read_back");
		if (strcmp(text(back, "found"), "foreign") == 0)
			doctor_say(doctor, DOCTOR_WRONG, "content", text(item, "name"),
				N_("find out who can reach the controller: a cable of its own, its Wi-Fi "
				   "off, its "
				   "passwords changed"),
				"the controller shows what it was not given: %s", text(back, "foreign"));
		else if (json_integer_value(json_object_get(back, "intrusions")) > 0)
			doctor_say(doctor, DOCTOR_WRONG, "content", text(item, "name"),
				N_("find out who can reach the controller: a cable of its own, its Wi-Fi "
				   "off, its "
				   "passwords changed"),
				"since the daemon's start somebody else wrote on the board; it was "
				"overwritten: %s",
				text(back, "foreign"));
		else if (strcmp(text(back, "found"), "cannot") == 0 &&
			 strcmp(text(item, "driver"), "null") != 0)
			doctor_say(doctor, DOCTOR_NOTE, "content", text(item, "name"),
				N_("lock the controller and its cable away"),
				"this controller cannot be read back: if somebody else writes on the board, "
				"only "
				"people will notice");
	}
}

static void look_at_alarms(struct doctor *doctor)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(doctor->status, "alarms"), i, item)
	{
		const char *display = json_string_value(json_object_get(item, "display"));
		if (strcmp(text(item, "alarm"), "display-down") != 0 &&
			strcmp(text(item, "alarm"), "foreign-content") != 0)
			doctor_say(doctor, DOCTOR_WRONG, "alarm", display,
				N_("bangtin-operations(7) says what to do for each alarm"),
				"alarm %s since %.19s: %s", text(item, "alarm"), text(item, "since"),
				text(item, "text"));
	}
}

static void look_at_watchdog(struct doctor *doctor)
{
	char state[32];
	if (doctor->status && !json_is_object(json_object_get(doctor->status, "watchdog")))
		doctor_say(doctor, DOCTOR_WRONG, "watchdog", NULL,
			N_("start it by systemd: `systemctl enable --now bangtind`"),
			"nobody starts the daemon anew if it hangs");
	if (!doctor_has(doctor, "/sys/class/watchdog/watchdog0"))
		doctor_say(doctor, DOCTOR_NOTE, "hardware", NULL,
			N_("`modprobe` its driver, or `softdog`, and write that into /etc/modules"),
			"this machine has no hardware watchdog: if its kernel hangs, somebody must pull the "
			"plug");
	else if (doctor_read(doctor, "/sys/class/watchdog/watchdog0/state", state, sizeof state) &&
		 strcmp(state, "active") != 0)
		doctor_say(doctor, DOCTOR_WRONG, "hardware", NULL,
			N_("copy /usr/share/doc/bangtin/examples/watchdog.conf to "
			   "/etc/systemd/system.conf.d/, and "
			   "`systemctl daemon-reexec`"),
			"the machine has a hardware watchdog, and nobody uses it");
	else
		doctor_say(doctor, DOCTOR_GOOD, "hardware", NULL, NULL,
			"the hardware watchdog starts the machine anew if it hangs");
}

void doctor_service(struct doctor *doctor)
{
	if (!doctor->status) {
		doctor_say(doctor, DOCTOR_WRONG, "daemon", NULL,
			N_("`systemctl status bangtind` and `journalctl -u bangtind` say why; only the group "
			   "`bangtin` may ask it"),
			"the daemon does not answer on %s", doctor->site->socket_path);
	} else if (!json_is_object(json_object_get(doctor->status, "generation"))) {
		doctor_say(doctor, DOCTOR_NOTE, "daemon", NULL,
			N_("`bangtin load` or `bangtin import --usb`"),
			"nothing was loaded yet: the default messages show");
	} else {
		doctor_say(doctor, DOCTOR_GOOD, "daemon", NULL, NULL, "it runs");
	}
	look_at_displays(doctor);
	look_at_content(doctor);
	look_at_alarms(doctor);
	look_at_watchdog(doctor);
}
