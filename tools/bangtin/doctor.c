/* `bangtin doctor`: looks for what is wrong on a site, and says what to do. It changes nothing. */
#include "doctor.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "control/control.h"
#include "output/output.h"

#define STANDARD_CONFIGURATION BANGTIN_SYSCONFDIR "/bangtin/bangtind.conf"
#define ACCOUNT		       "bangtin"

static const char *const verdict_names[] = {
	[DOCTOR_GOOD] = "good", [DOCTOR_NOTE] = "note", [DOCTOR_WRONG] = "wrong"};

/* --- for the rooms */

void doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *check, const char *subject,
	const char *advice, const char *format, ...)
{
	char what[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, _(format), arguments);
	va_end(arguments);
	json_array_append_new(doctor->findings,
		json_pack("{s:s, s:s, s:s?, s:s, s:s?}", "check", check, "verdict", verdict_names[verdict],
			"subject", subject, "what", what, "do", advice ? _(advice) : NULL));
	doctor->wrong += verdict == DOCTOR_WRONG;
}

char *doctor_path(const struct doctor *doctor, const char *path)
{
	return xasprintf("%s%s", doctor->system, path);
}

bool doctor_has(const struct doctor *doctor, const char *path)
{
	char *full = doctor_path(doctor, path);
	bool has = access(full, F_OK) == 0;
	free(full);
	return has;
}

bool doctor_read(const struct doctor *doctor, const char *path, char *to, size_t size)
{
	char *full = doctor_path(doctor, path);
	FILE *file = fopen(full, "re");
	bool good = file && fgets(to, (int)size, file);
	if (file)
		fclose(file);
	if (good)
		to[strcspn(to, "\n")] = '\0';
	free(full);
	return good;
}

void doctor_each(struct doctor *doctor, const char *directory, const char *prefix,
	void (*found)(struct doctor *doctor, const char *path))
{
	char *full = doctor_path(doctor, directory);
	DIR *entries = opendir(full);
	struct dirent *entry;
	while (entries && (entry = readdir(entries)) != NULL) {
		if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		char *path = xasprintf("%s/%s", directory, entry->d_name);
		found(doctor, path);
		free(path);
	}
	if (entries)
		closedir(entries);
	free(full);
}

bool doctor_may(const struct doctor *doctor, const struct stat *status)
{
	if (doctor->uid == 0 || (status->st_mode & 06) == 06)
		return true;
	if (status->st_uid == doctor->uid)
		return (status->st_mode & 0600) == 0600;
	for (size_t i = 0; i < doctor->group_count; i++)
		if (doctor->groups[i] == status->st_gid)
			return (status->st_mode & 060) == 060;
	return false;
}

const char *doctor_option(const struct option *options, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(options[i].key, key) == 0)
			return options[i].value;
	return NULL;
}

/* --- whose rights count: the running daemon's, else those that its unit will give it */

static void add_group(struct doctor *doctor, unsigned group)
{
	doctor->groups = xrealloc(doctor->groups, doctor->group_count + 1, sizeof *doctor->groups);
	doctor->groups[doctor->group_count++] = group;
}

static bool account_of_process(struct doctor *doctor)
{
	char path[64], line[1024];
	snprintf(path, sizeof path, "/proc/%d/status", doctor->pid);
	FILE *file = doctor->pid > 0 ? fopen(path, "re") : NULL;
	if (!file)
		return false;
	while (fgets(line, sizeof line, file)) {
		char *end, *next;
		if (strncmp(line, "Uid:", 4) == 0)
			doctor->uid = (unsigned)strtoul(line + 4, NULL, 10);
		if (strncmp(line, "Gid:", 4) == 0)
			add_group(doctor, (unsigned)strtoul(line + 4, NULL, 10));
		if (strncmp(line, "Groups:", 7) != 0)
			continue;
		for (next = line + 7;; next = end) {
			unsigned long group = strtoul(next, &end, 10);
			if (end == next)
				break;
			add_group(doctor, (unsigned)group);
		}
	}
	fclose(file);
	return true;
}

static void account_to_be(struct doctor *doctor)
{
	static const char *const given[] = {"dialout", "video"}; /* by bangtind.service */
	const struct passwd *user = getpwnam(ACCOUNT);
	if (!user) {
		doctor->uid = geteuid();
		doctor_say(doctor, DOCTOR_NOTE, "account", ACCOUNT,
			N_("install the package, which makes it; do not run the daemon as root"),
			"this machine has no account for the daemon; the rights that are judged are yours");
		return;
	}
	doctor->uid = user->pw_uid;
	add_group(doctor, user->pw_gid);
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		const struct group *group = getgrnam(given[i]);
		if (group)
			add_group(doctor, group->gr_gid);
	}
}

static void find_account(struct doctor *doctor)
{
	if (!account_of_process(doctor))
		account_to_be(doctor);
	else if (doctor->uid == 0)
		doctor_say(doctor, DOCTOR_WRONG, "account", NULL,
			N_("start it by systemd, as `systemctl enable --now bangtind` does"),
			"the daemon runs as root");
}

/* --- all of it */

static const json_t *ask_daemon(const struct common *common, json_t **ret_reply)
{
	char *path = common->socket ? xstrdup(common->socket) : cli_socket_path(common);
	json_t *request = json_pack("{s:s}", "command", "status");
	*ret_reply = NULL;
	if (path && control_call(path, request, 10 * NS_PER_SEC, ret_reply) == 0 &&
		!json_is_true(json_object_get(*ret_reply, "ok"))) {
		json_decref(*ret_reply);
		*ret_reply = NULL;
	}
	json_decref(request);
	free(path);
	return *ret_reply;
}

static void print(const struct doctor *doctor)
{
	for (int verdict = DOCTOR_WRONG; verdict >= DOCTOR_GOOD; verdict--) {
		size_t i;
		json_t *finding;
		json_array_foreach(doctor->findings, i, finding)
		{
			const char *name = json_string_value(json_object_get(finding, "verdict"));
			const char *subject = json_string_value(json_object_get(finding, "subject"));
			const char *advice = json_string_value(json_object_get(finding, "do"));
			if (strcmp(name, verdict_names[verdict]) != 0)
				continue;
			const char *word = verdict == DOCTOR_WRONG  ? _("WRONG")
					   : verdict == DOCTOR_NOTE ? _("note")
								    : _("good");
			printf("%s%*s  %-10s  %s%s%s\n", word, words_room(word, 5), "",
				json_string_value(json_object_get(finding, "check")), subject ? subject : "",
				subject ? ": " : "", json_string_value(json_object_get(finding, "what")));
			if (advice)
				printf("%-19s-> %s\n", "", advice);
		}
	}
	if (doctor->wrong)
		printf(words_n("%zu thing is wrong.\n", "%zu things are wrong.\n", doctor->wrong),
			doctor->wrong);
	else
		puts(_("Nothing is wrong."));
}

static void look(struct doctor *doctor)
{
	find_account(doctor);
	doctor_service(doctor);
	doctor_clock(doctor);
	doctor_devices(doctor);
	doctor_state(doctor);
	doctor_texts(doctor);
	doctor_trust(doctor);
	doctor_network(doctor);
}

/* Errors are printed as `check` prints them. */
static struct site *read_site(const char *path)
{
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = site_read(path, &diags);
	for (size_t i = 0; site && i < site->display_count; i++)
		output_check(&site->displays[i], &diags);
	diag_sort(&diags);
	diag_print(&diags, stderr);
	if (site && diags.errors > 0) {
		site_destroy(site);
		site = NULL;
	}
	diag_finish(&diags);
	return site;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *system = "";
	const struct flag flags[] = {{"system", 0, FLAG_VALUE, &system}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "takes no argument");
	struct stat root;
	if (*system && (stat(system, &root) < 0 || !S_ISDIR(root.st_mode)))
		return cli_fail(EXIT_INPUT, "%s: %s", system, words_error(ENOTDIR));
	if (!common.configuration)
		common.configuration = STANDARD_CONFIGURATION;
	struct site *site = read_site(common.configuration);
	if (!site)
		return cli_fail(
			EXIT_INPUT, "the configuration is wrong; mend it first: %s", common.configuration);
	json_t *status;
	struct doctor doctor = {.system = system,
		.configuration = common.configuration,
		.site = site,
		.status = ask_daemon(&common, &status),
		.findings = json_array()};
	doctor.pid = (int)json_integer_value(json_object_get(status, "pid"));
	look(&doctor);
	if (common.json)
		cli_print_json(doctor.findings);
	else
		print(&doctor);
	code = doctor.wrong ? EXIT_INPUT : EXIT_DONE;
	json_decref(doctor.findings);
	json_decref(status);
	free(doctor.groups);
	site_destroy(site);
	return code;
}

const struct command command_doctor = {
	.name = "doctor",
	.arguments = "[--json] [--system DIR]",
	.summary = N_("Looks for what is wrong on this site, and says what to do"),
	.help = N_(
		"      --system DIR          look at the machine whose root is DIR: a disk of another one\n"),
	.run = run,
};
