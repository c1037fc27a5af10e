/* What the displays hang on: serial ports, graphics cards, and who else wants them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/holders.h"
#include "doctor.h"

static struct {
	bool any, any_connected, named, named_connected;
	const char *name; /* the connector that is asked for; NULL: any */
} screens;

/* --- serial ports */

static const char *advice_against(const char *holder)
{
	if (strcmp(holder, "ModemManager") == 0)
		return N_("`systemctl disable --now ModemManager`, or install the package's udev rules and "
			  "plug "
			  "the adapter in again");
	if (strcmp(holder, "brltty") == 0)
		return N_("`apt remove brltty`: it takes adapters of this kind for Braille displays");
	if (strstr(holder, "getty"))
		return N_("take the console off this port: `systemctl disable --now serial-getty@PORT`, and "
			  "`console=` out of the kernel's command line");
	return N_("stop that program; only one can drive the board");
}

static void look_at_holders(struct doctor *doctor, const char *display, const char *path)
{
	struct holders holders;
	holders_find(path, &holders);
	for (size_t i = 0; i < holders.count; i++)
		if (holders.list[i].pid != doctor->pid)
			doctor_say(doctor, DOCTOR_WRONG, "port", display,
				advice_against(holders.list[i].name), "%s is held open by %s (process %d)",
				path, holders.list[i].name, holders.list[i].pid);
}

static bool is_numbered(const char *port)
{
	return strncmp(port, "/dev/ttyUSB", 11) == 0 || strncmp(port, "/dev/ttyACM", 11) == 0;
}

static void look_at_port(struct doctor *doctor, const char *display, const char *port)
{
	char *path = doctor_path(doctor, port);
	struct stat status;
	if (stat(path, &status) < 0)
		doctor_say(doctor, DOCTOR_WRONG, "port", display,
			N_("plug the adapter in; `bangtin-testpattern ports` lists the ports and the names "
			   "that stay "
			   "with them"),
			"%s is not there", port);
	else if (!S_ISCHR(status.st_mode))
		doctor_say(doctor, DOCTOR_WRONG, "port", display,
			N_("write the name of a serial port; `bangtin-testpattern ports` lists them"),
			"%s is no serial port", port);
	else if (!doctor_may(doctor, &status))
		doctor_say(doctor, DOCTOR_WRONG, "port", display,
			N_("`usermod -aG GROUP bangtin` with the group that owns it (`ls -lL PORT`), then "
			   "`systemctl restart bangtind`"),
			"the daemon's account may not use %s", port);
	else
		doctor_say(doctor, DOCTOR_GOOD, "port", display, NULL, "%s is there and may be used", port);
	look_at_holders(doctor, display, path);
	if (is_numbered(port))
		doctor_say(doctor, DOCTOR_NOTE, "port", display,
			N_("write the name under /dev/serial/by-id or /dev/serial/by-path, which stays"),
			"%s may have another number after the next start", port);
	free(path);
}

/* --- programs that take any serial adapter */

static bool brltty;

static void see_rules(struct doctor *doctor, const char *path)
{
	brltty |= strstr(path, "brltty") != NULL;
	(void)doctor;
}

static bool has_our_rules(const struct doctor *doctor)
{
	static const char *const places[] = {"/lib", "/usr/lib", "/usr/local/lib", "/etc"};
	char path[96];
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%s/udev/rules.d/60-bangtin.rules", places[i]);
		if (doctor_has(doctor, path))
			return true;
	}
	return false;
}

static void look_at_meddlers(struct doctor *doctor)
{
	brltty = false;
	doctor_each(doctor, "/lib/udev/rules.d", "", see_rules);
	if (doctor_has(doctor, "/usr/sbin/ModemManager") && !has_our_rules(doctor))
		doctor_say(doctor, DOCTOR_WRONG, "meddlers", "ModemManager",
			N_("`apt remove modemmanager`, or install the package's udev rules"),
			"it writes modem commands to every serial adapter that is plugged in");
	if (brltty)
		doctor_say(doctor, DOCTOR_WRONG, "meddlers", "brltty", N_("`apt remove brltty`"),
			"it takes adapters with the chip CH340 for Braille displays");
}

/* --- screens */

static void see_connector(struct doctor *doctor, const char *path)
{
	char file[160], text[32];
	const char *name = strchr(path, '-');
	snprintf(file, sizeof file, "%s/status", path);
	if (!name || !doctor_read(doctor, file, text, sizeof text))
		return;
	bool connected = strcmp(text, "connected") == 0;
	screens.any = true;
	screens.any_connected |= connected;
	if (screens.name && strcmp(name + 1, screens.name) == 0) {
		screens.named = true;
		screens.named_connected = connected;
	}
}

static void look_at_card(struct doctor *doctor, const char *path)
{
	char *full = doctor_path(doctor, path);
	struct holders holders;
	holders_find(full, &holders);
	for (size_t i = 0; i < holders.count; i++)
		if (holders.list[i].pid != doctor->pid)
			doctor_say(doctor, DOCTOR_WRONG, "screen", path,
				N_("`systemctl set-default multi-user.target` and start anew: the desktop "
				   "must not "
				   "run, or the display wants the driver `wayland`"),
				"the graphics card is held by %s (process %d)", holders.list[i].name,
				holders.list[i].pid);
	free(full);
}

static void look_at_screen(struct doctor *doctor, const struct display *display)
{
	screens.any = screens.any_connected = screens.named = screens.named_connected = false;
	screens.name = doctor_option(display->options, display->option_count, "connector");
	if (screens.name && strcmp(screens.name, "auto") == 0)
		screens.name = NULL;
	doctor_each(doctor, "/sys/class/drm", "card", see_connector);
	if (!screens.any)
		doctor_say(doctor, DOCTOR_WRONG, "screen", display->name,
			N_("is the kernel's driver loaded? `dmesg | grep -i drm`; on a Raspberry Pi "
			   "dtoverlay=vc4-kms-v3d in config.txt"),
			"this machine has no graphics card that the driver kms can drive");
	else if (screens.name && !screens.named)
		doctor_say(doctor, DOCTOR_WRONG, "screen", display->name,
			N_("`ls /sys/class/drm` shows the names of the sockets"),
			"there is no socket %s on this machine", screens.name);
	else if (screens.name ? !screens.named_connected : !screens.any_connected)
		doctor_say(doctor, DOCTOR_WRONG, "screen", display->name,
			N_("is the cable in, the screen switched on, and set to this input?"),
			"no screen is connected");
	else
		doctor_say(doctor, DOCTOR_GOOD, "screen", display->name, NULL, "a screen is connected");
}

void doctor_devices(struct doctor *doctor)
{
	bool serial = false, kms = false;
	for (size_t i = 0; i < doctor->site->display_count; i++) {
		const struct display *display = &doctor->site->displays[i];
		const char *ports[] = {doctor_option(display->options, display->option_count, "port"),
			doctor_option(display->control_options, display->control_option_count, "port")};
		for (size_t p = 0; p < 2; p++) {
			if (!ports[p] || ports[p][0] != '/')
				continue;
			serial = true;
			look_at_port(doctor, display->name, ports[p]);
		}
		if (strcmp(display->driver, "kms") == 0) {
			kms = true;
			look_at_screen(doctor, display);
		}
	}
	if (serial)
		look_at_meddlers(doctor);
	if (kms)
		doctor_each(doctor, "/dev/dri", "card", look_at_card);
}
