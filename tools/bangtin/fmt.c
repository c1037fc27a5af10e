/* `bangtin fmt`: playlist files in one layout. All of the files are formatted, or, if one of them is broken, none. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "cli.h"
#include "conf/format.h"

struct formatted {
	const char *path;
	char *text;
	size_t size;
	bool changed;
};

struct job {
	struct source_file *files;
	size_t count;
	struct formatted *made; /* of each file; text NULL: it is no playlist, or broken */
	struct diag_list diags;
};

/* A limit is for conf_read_yaml to tell; here it only keeps memory bounded. */
static struct source_file read_standard_input(void)
{
	size_t size = 0, room = SOURCE_UNIT_MOST;
	char *data = xmalloc(room + 1);
	size = fread(data, 1, room, stdin);
	data[size] = '\0';
	return (struct source_file){
		.unit = xstrdup(""), .name = xstrdup("-"), .data = data, .size = size, .path = xstrdup("-")};
}

static void gather(struct job *job, const char *path)
{
	struct source_file *more = NULL, input;
	size_t count = 0;
	if (strcmp(path, "-") == 0) {
		input = read_standard_input();
		more = xmemdup(&input, sizeof input);
		count = 1;
	} else if (sources_read(path, &more, &count, &job->diags) < 0) {
		return;
	}
	job->files = xrealloc(job->files, job->count + count + 1, sizeof *job->files);
	if (count > 0)
		memcpy(job->files + job->count, more, count * sizeof *more);
	job->count += count;
	free(more);
}

static void format(struct job *job)
{
	job->made = xcalloc(job->count + 1, sizeof *job->made);
	for (size_t i = 0; i < job->count; i++) {
		const struct source_file *file = &job->files[i];
		struct formatted *made = &job->made[i];
		made->path = file->path;
		if (!source_is_picture(file->name))
			made->text = conf_format_yaml(
				file->path, file->data, file->size, &job->diags, &made->size);
		made->changed = made->text &&
				(made->size != file->size || memcmp(made->text, file->data, made->size) != 0);
	}
}

/* Through a link the file itself is written, with the mode that it has. */
static int write_file(const struct formatted *made)
{
	char *real = realpath(made->path, NULL);
	struct stat status;
	int error;
	if (real && stat(real, &status) == 0)
		error = file_write_atomic(real, made->text, made->size, status.st_mode & 07777);
	else
		error = -errno;
	free(real);
	return error < 0 ? cli_fail(EXIT_INPUT, "%s: %s", made->path, words_error(error)) : EXIT_DONE;
}

static int finish(const struct job *job, bool only_check)
{
	int code = EXIT_DONE;
	for (size_t i = 0; i < job->count && (code == EXIT_DONE || only_check); i++) {
		const struct formatted *made = &job->made[i];
		bool to_output = strcmp(made->path, "-") == 0;
		if (to_output && !only_check && made->text)
			fwrite(made->text, 1, made->size, stdout);
		else if (made->changed && only_check)
			code = EXIT_INPUT;
		else if (made->changed)
			code = write_file(made);
	}
	return code;
}

static void report(const struct job *job, bool only_check, bool json)
{
	json_t *list = json_array();
	size_t changed = 0, count = 0;
	for (size_t i = 0; i < job->count; i++) {
		const struct formatted *made = &job->made[i];
		if (!made->text || (strcmp(made->path, "-") == 0 && !only_check))
			continue;
		json_array_append_new(
			list, json_pack("{s:s,s:b}", "file", made->path, "changed", (int)made->changed));
		if (made->changed && !json)
			printf(only_check ? _("%s is not formatted\n") : _("%s is formatted\n"), made->path);
		changed += made->changed;
		count++;
	}
	if (json)
		cli_print_json(list);
	else if (count > 0 && changed == 0)
		printf(words_n("%zu file: nothing to change\n", "%zu files: nothing to change\n", count),
			count);
	json_decref(list);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	bool only_check = false;
	const struct flag flags[] = {{"check", 0, FLAG_SET, &only_check}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands == 0)
		return cli_usage(command, "what should be formatted? give files or directories, or - for the "
					  "standard input");
	struct job job = {.files = NULL};
	diag_init(&job.diags);
	for (int i = 0; i < operands; i++)
		gather(&job, argv[i]);
	format(&job);
	diag_sort(&job.diags);
	diag_print(&job.diags, stderr);
	code = job.diags.errors ? EXIT_INPUT : finish(&job, only_check);
	if (job.diags.errors == 0 && (code == EXIT_DONE || only_check))
		report(&job, only_check, common.json);
	for (size_t i = 0; i < job.count; i++)
		free(job.made[i].text);
	free(job.made);
	sources_free(job.files, job.count);
	diag_finish(&job.diags);
	return code;
}

const struct command command_fmt = {
	.name = "fmt",
	.arguments = "[--check] PATH...",
	.summary = N_("Formats playlist files; comments, order and texts stay as they are"),
	.help = N_(
		"PATH is a playlist file, a directory, or - for the standard input. If one of the files is "
		"broken\n"
		"none is changed.\n\n"
		"      --check               change nothing; status 1 if something would be changed\n"),
	.run = run,
};
