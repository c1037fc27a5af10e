/* What the commands of `bangtin` share: options, the daemon or the files behind them, and the exit codes.
 *
 * Exit codes: 0 done, 1 the input is wrong (nothing changed), 2 usage, 3 the daemon or a device cannot be reached.
 */
#ifndef TOOLS_BANGTIN_CLI_H
#define TOOLS_BANGTIN_CLI_H

#include <jansson.h>

#include "show/show.h"

enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_REACH = 3 };

struct command {
	const char *name;
	const char *arguments; /* for usage */
	const char *summary;   /* one line */
	const char *help;      /* options, a line each */
	int (*run)(const struct command *command, int argc, char **argv);
};
extern const struct command command_check, command_agenda, command_why, command_diff, command_preview,
	command_load, command_clock, command_history, command_rollback, command_status, command_announce,
	command_clear, command_blank, command_unblank, command_snapshot, command_watch, command_help,
	command_key, command_sign, command_approve, command_verify, command_export, command_import,
	command_schema, command_new, command_fmt, command_doctor, command_log, command_certificate;

/* --- options: every command describes its own; -c/--configuration, --socket and --json are common */

enum flag_kind { FLAG_SET, FLAG_VALUE, FLAG_MANY };
struct flag {
	const char *name;
	char letter; /* 0: none */
	enum flag_kind kind;
	void *target; /* bool *, const char **, struct many * */
};
struct many {
	const char *values[64];
	size_t count;
};
struct common {
	const char *configuration, *socket;
	bool json;
};
/* Parses options anywhere among the arguments; `--` ends them. Operands are moved to argv[0..*ret_operands). flags
 * ends with name NULL. EXIT_DONE to go on, EXIT_USAGE (reported), or -1: --help was printed. */
int cli_parse(const struct command *command, int argc, char **argv, const struct flag *flags,
	struct common *common, int *ret_operands);
int cli_usage(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- the daemon */

/* Sends the request (taken) to the daemon; NULL: jansson would not make one of words that are no UTF-8. EXIT_DONE with
 * the reply, else reported. */
int cli_call(const struct common *common, json_t *request, json_t **ret_reply);
/* For commands that ask more than once: where the daemon listens (the caller frees; NULL: reported), and what an error
 * of control_connect or control_ask means: EXIT_REACH, reported. */
char *cli_socket_path(const struct common *common);
int cli_explain(const char *path, int error);
void cli_print_json(const json_t *json);
json_t *cli_strings(const struct many *many); /* NULL: one is no UTF-8 */

/* --- files, or what the daemon plays */

struct context {
	struct site *site;
	char *told; /* the path of its configuration, if the daemon told it: the site says where its options stand */
	struct catalogue *catalogue; /* NULL: nothing loaded */
	struct override *overrides;
	size_t override_count;
	struct data *data; /* the snapshot that fields show; NULL: none */
	int64_t now;	   /* the daemon's clock, or this machine's */
	bool untrusted;	   /* the daemon's is not believed: `now` is the time since its start */
	struct fonts *fonts;
	struct scene_store *scenes;
	struct show *show; /* of context_show */
};
/* With -c: the site's files and state, and `path` (NULL: none) as if it were loaded now. Without: what the daemon
 * plays. Reports what is wrong; ret_context must be finished either way. */
int context_open(const struct common *common, const char *path, struct context *ret_context);
/* The same of a version: `current`, the number of a generation, or a path as if it were loaded now. */
int context_open_version(const struct common *common, const char *version, struct context *ret_context);
/* The show of that display; NULL display: the only one, if there is one. Reported. Once more: of
 * another display. */
int context_show(struct context *context, const char *display);
/* One file, which replaces or joins its unit, rather than whole units. */
bool sources_are_single(const char *path);
void context_finish(struct context *context);
/* --at and the like: NULL gives otherwise. Reported. */
int context_time(
	const struct context *context, const char *option, const char *text, int64_t otherwise, int64_t *ret);
const char *context_format(const struct context *context, int64_t time); /* static buffers, four of them */
/* The same without the offset from UTC, to the millisecond where it is no whole second. */
const char *context_local(const struct context *context, int64_t time);

#endif
