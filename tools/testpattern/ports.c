/* `ports`: path, what it is, the name that stays with the adapter, and who has it open. */
#include "ports.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "drivers/link/serial.h"
#include "base/holders.h"
#include "testpattern.h"

#define BY_ID	"/dev/serial/by-id"
#define BY_PATH "/dev/serial/by-path"

/* The first link in a directory that leads to the same device; the caller frees. NULL: none. */
static char *link_to(const char *directory, const char *path)
{
	char *wanted = realpath(path, NULL), *found = NULL;
	DIR *links = wanted ? opendir(directory) : NULL;
	struct dirent *entry;

	while (links && !found && (entry = readdir(links)) != NULL) {
		char *link = path_join(directory, entry->d_name), *target = realpath(link, NULL);
		if (target && strcmp(target, wanted) == 0) {
			found = link;
			link = NULL;
		}
		free(target);
		free(link);
	}
	if (links)
		closedir(links);
	free(wanted);
	return found;
}

static void print_holders(FILE *to, const char *path)
{
	struct holders holders;

	holders_find(path, &holders);
	for (size_t i = 0; i < holders.count; i++)
		fprintf(to, _("        %s (process %d) has it open\n"), holders.list[i].name,
			holders.list[i].pid);
}

struct printing {
	FILE *to;
	int count;
};

static void print_port(void *data, const struct serial_port *port)
{
	struct printing *printing = data;
	char *id = link_to(BY_ID, port->path), *place = link_to(BY_PATH, port->path);
	FILE *to = printing->to;

	fprintf(to, "%s  %s\n", port->path, port->description ? port->description : _("serial port"));
	if (port->usb_vid >= 0)
		fprintf(to, "        usb:%04x:%04x%s%s\n", (unsigned)port->usb_vid, (unsigned)port->usb_pid,
			port->usb_serial ? ":" : "", port->usb_serial ? port->usb_serial : "");
	if (id)
		fprintf(to, _("        %s (stays with the adapter: write this into the configuration)\n"),
			id);
	if (place)
		fprintf(to, _("        %s (stays with the socket that it is plugged into)\n"), place);
	if (access(port->path, R_OK | W_OK) < 0)
		fputs(_("        you may not use it\n"), to);
	print_holders(to, port->path);
	free(id);
	free(place);
	printing->count++;
}

void ports_print(FILE *to)
{
	struct printing printing = {to, 0};

	serial_list(print_port, &printing);
	if (printing.count == 0)
		fputs(_("This machine has no serial port. Plug the adapter in; `dmesg | tail` shows whether "
			"the\n"
			"kernel knows it.\n"),
			to);
}

/* --- one of them */

struct identifying {
	char *wanted, *to;
	size_t most;
};

static void identify(void *data, const struct serial_port *port)
{
	struct identifying *of = data;
	char *real = realpath(port->path, NULL), *id = link_to(BY_ID, port->path);

	if (real && of->wanted && strcmp(real, of->wanted) == 0) {
		size_t used = strlen(of->to);
		used += (size_t)snprintf(of->to + used, of->most - used, " (%s",
			port->description ? port->description : _("serial port"));
		if (port->usb_vid >= 0 && used < of->most)
			used += (size_t)snprintf(of->to + used, of->most - used, ", usb:%04x:%04x%s%s",
				(unsigned)port->usb_vid, (unsigned)port->usb_pid, port->usb_serial ? ":" : "",
				port->usb_serial ? port->usb_serial : "");
		if (used < of->most)
			snprintf(of->to + used, of->most - used, "%s%s)", id ? ", " : "", id ? id : "");
	}
	free(real);
	free(id);
}

void ports_identify(const char *path, char *to, size_t most)
{
	struct identifying of = {realpath(path, NULL), to, most};

	snprintf(to, most, "%s", path);
	if (strlen(to) + 1 < most)
		serial_list(identify, &of);
	free(of.wanted);
}

/* --- JSON */

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *holders_json(const char *path)
{
	struct holders holders;
	json_t *array = json_array();

	holders_find(path, &holders);
	for (size_t i = 0; i < holders.count; i++)
		json_array_append_new(array,
			json_pack("{s:i, s:s}", "pid", holders.list[i].pid, "name", holders.list[i].name));
	return array;
}

static void add_json(void *data, const struct serial_port *port)
{
	char *id = link_to(BY_ID, port->path), *place = link_to(BY_PATH, port->path);
	json_t *object = json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:o}", "path", port->path, "description",
		text_or_null(port->description), "serial", text_or_null(port->usb_serial), "by_id",
		text_or_null(id), "by_path", text_or_null(place), "accessible",
		access(port->path, R_OK | W_OK) == 0, "held_by", holders_json(port->path));

	if (object && port->usb_vid >= 0) {
		json_object_set_new(object, "usb_vid", json_integer(port->usb_vid));
		json_object_set_new(object, "usb_pid", json_integer(port->usb_pid));
	}
	if (object)
		json_array_append_new(data, object);
	free(id);
	free(place);
}

int run_ports(const struct arguments *arguments)
{
	if (arguments->word)
		return fail(EXIT_USAGE, "ports takes no argument");
	if (!arguments->json) {
		ports_print(stdout);
		return EXIT_DONE;
	}
	json_t *array = json_array();
	serial_list(add_json, array);
	json_dumpf(array, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(array);
	return EXIT_DONE;
}
