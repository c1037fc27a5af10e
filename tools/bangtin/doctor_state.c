/* Disk, state directory, configuration: room, health, rights. And whether the fonts have the letters of the default texts. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "doctor.h"
#include "engine/words.h"
#include "render/fonts.h"
#include "store/store.h"

#define FREE_LEAST (64 << 20) /* as the daemon's alarm */

static void look_at_room(struct doctor *doctor, const char *directory)
{
	struct statvfs disk;
	if (statvfs(directory, &disk) < 0)
		return;
	uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (disk.f_flag & ST_RDONLY)
		doctor_say(doctor, DOCTOR_WRONG, "disk", directory,
			N_("the kernel makes a failing disk read-only: `dmesg | grep -i error`; copy what "
			   "you need, "
			   "and change the card"),
			"the disk is read-only");
	else if (left < FREE_LEAST || (disk.f_files > 0 && disk.f_favail < 500))
		doctor_say(doctor, DOCTOR_WRONG, "disk", directory,
			N_("`journalctl --vacuum-size=100M`, `apt clean`, or fewer `generations` in the "
			   "configuration"),
			"the disk is full: %llu MiB are left", (unsigned long long)(left >> 20));
	else
		doctor_say(doctor, DOCTOR_GOOD, "disk", directory, NULL, "%llu MiB are left",
			(unsigned long long)(left >> 20));
}

static void see_ext4(struct doctor *doctor, const char *path)
{
	char file[160], text[32];
	snprintf(file, sizeof file, "%s/errors_count", path);
	if (doctor_read(doctor, file, text, sizeof text) && strtol(text, NULL, 10) > 0)
		doctor_say(doctor, DOCTOR_WRONG, "disk", strrchr(path, '/') + 1,
			N_("have it checked at the next start: `touch /forcefsck`; if they come back, change "
			   "the "
			   "card"),
			"the file system has counted %ld errors", strtol(text, NULL, 10));
}

/* eMMC: tenths of its life that are used, of both kinds of cells; and whether its spare blocks are used up. */
static void see_card(struct doctor *doctor, const char *path)
{
	char file[160], text[64], *second;
	snprintf(file, sizeof file, "%s/device/life_time", path);
	if (!doctor_read(doctor, file, text, sizeof text))
		return;
	long used = strtol(text, &second, 16), other = strtol(second, NULL, 16);
	used = other > used ? other : used;
	snprintf(file, sizeof file, "%s/device/pre_eol_info", path);
	long spare = doctor_read(doctor, file, text, sizeof text) ? strtol(text, NULL, 16) : 0;
	if (used >= 10 || spare >= 2)
		doctor_say(doctor, DOCTOR_WRONG, "disk", strrchr(path, '/') + 1,
			N_("copy what you need, and change the card or the board"), "the card is worn out");
	else if (used >= 8)
		doctor_say(doctor, DOCTOR_NOTE, "disk", strrchr(path, '/') + 1, N_("have another card ready"),
			"the card has used %ld %% of its life", used * 10);
}

/* --- rights */

static bool is_foreign(const struct doctor *doctor, const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	struct stat status;
	bool foreign = false;
	while (entries && !foreign && (entry = readdir(entries)) != NULL)
		if (strcmp(entry->d_name, "..") != 0 &&
			fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
			foreign = status.st_uid != doctor->uid;
	if (entries)
		closedir(entries);
	return foreign;
}

static void look_at_state(struct doctor *doctor, const char *directory)
{
	struct stat status;
	struct store *store = NULL;
	if (stat(directory, &status) < 0) {
		doctor_say(doctor, DOCTOR_WRONG, "state", directory,
			N_("start the daemon once: `systemctl start bangtind`"), "it is not there");
		return;
	}
	if (status.st_mode & 02)
		doctor_say(doctor, DOCTOR_WRONG, "state", directory, N_("`chmod o-w` it"),
			"everybody may write into the state directory");
	if (is_foreign(doctor, directory))
		doctor_say(doctor, DOCTOR_WRONG, "state", directory,
			N_("`chown -R bangtin: /var/lib/bangtin`"),
			"files in the state directory are not the daemon's own; it cannot replace them");
	int error = store_open_read_only(directory, &store);
	if (error < 0 && error != -ENOENT)
		doctor_say(doctor, DOCTOR_WRONG, "state", directory,
			N_("run this as root; install the version of bangtin that wrote it"),
			"the state directory cannot be read: %s", store_error(error));
	store_close(store);
}

static void look_at_mode(struct doctor *doctor, const char *path)
{
	struct stat status;
	if (path && stat(path, &status) == 0 && status.st_mode & 022)
		doctor_say(doctor, DOCTOR_WRONG, "rights", path, N_("`chmod go-w` it, `chown root:` it"),
			"others than its owner may change it, and with it what the boards show");
}

static void look_at_hook(struct doctor *doctor)
{
	const char *program = doctor->site->alarm.program;
	struct stat status;
	if (!program)
		doctor_say(doctor, DOCTOR_NOTE, "alarm", NULL,
			N_("write `alarm = { program = \"/etc/bangtin/alarm\"; };` into the configuration; "
			   "there is "
			   "an example beside the manual"),
			"nobody is told when something is wrong here");
	else if (stat(program, &status) < 0 || !(status.st_mode & 0111))
		doctor_say(doctor, DOCTOR_WRONG, "alarm", program, N_("`chmod 755` it"),
			"the alarm program is not there, or cannot be run");
}

void doctor_state(struct doctor *doctor)
{
	const struct site *site = doctor->site;
	look_at_state(doctor, site->state_directory);
	look_at_room(doctor, site->state_directory);
	doctor_each(doctor, "/sys/fs/ext4", "", see_ext4);
	doctor_each(doctor, "/sys/block", "mmcblk", see_card);
	look_at_mode(doctor, doctor->configuration);
	look_at_mode(doctor, site->root_path);
	look_at_mode(doctor, site->alarm.program);
	if (site->socket_mode & 06)
		doctor_say(doctor, DOCTOR_WRONG, "rights", site->socket_path,
			N_("take `socket-mode` out of the configuration, and give people the group "
			   "`bangtin`"),
			"every account of this machine may speak to the daemon");
	look_at_hook(doctor);
}

/* --- fonts */

void doctor_texts(struct doctor *doctor)
{
	struct fonts *fonts = NULL;
	int error = fonts_create(doctor->site->fonts_directory, &fonts);
	if (error < 0) {
		doctor_say(doctor, DOCTOR_WRONG, "fonts", doctor->site->fonts_directory,
			N_("install bangtin anew; BANGTIN_FONTS names another directory"),
			"the fonts cannot be read: %s", words_error(error));
		return;
	}
	for (size_t i = 0; i < doctor->site->display_count; i++) {
		const struct display *display = &doctor->site->displays[i];
		struct diag_list diags;
		diag_init(&diags);
		if (!display->fallback_text)
			doctor_say(doctor, DOCTOR_NOTE, "text", display->name,
				N_("give the display a `default` text"),
				"it is black when nothing is scheduled or the clock cannot be believed");
		else if (!words_check("default", display->fallback_text, doctor->site, fonts, &diags))
			doctor_say(doctor, DOCTOR_WRONG, "text", display->name,
				N_("write the default text otherwise"),
				"the fonts do not have all letters of its default text: %s",
				diags.count ? diags.items[0].message : "");
		diag_finish(&diags);
	}
	fonts_destroy(fonts);
}
