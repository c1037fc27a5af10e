/* The one table of the conformance suite: a bed for every registered driver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance.h"

/* Memory: a text A, a picture P of this size; the text calls the picture; A runs. */
static const char alpha_memory[] = "\0\0\0\0\0\001Z00\002E$AAU0100FFFFPDU08204000\003"
				   "\002AA\0330b\024P\003\002E.TUA\003\004";

static const struct reply_script onbon = {.busy = 1, .refuse = 4}; /* memory */
static const struct reply_script alpha = {.refuse = 1};		   /* NAK */
static const struct reply_script novastar = {.busy = 1, .refuse = 4};
static const struct reply_script huidu = {.refuse = 1}; /* of a program */
static const struct reply_script tells_only = {0};	/* it knows no other answer */

/* clang-format off */
const struct bed conformance_beds[] = {
	{.driver = "adalight", .good = {{"port", PTY}, {"baud", "4000000"}, {"pixel-time", "0s"}},
		.bad = {"port", "/nowhere/tty"}},
	{.driver = "alpha", .good = {{"port", PTY}, {"baud", "38400"}, {"set-up", "false"}},
		.bad = {"port", "/nowhere/tty"}, .replies = &alpha, .prelude = alpha_memory, .prelude_size = sizeof alpha_memory - 1},
	{.driver = "artnet", .good = {{"host", "127.0.0.1"}, {"port", UDP}}},
	{.driver = "awa", .good = {{"port", PTY}, {"baud", "4000000"}, {"pixel-time", "0s"}},
		.bad = {"port", "/dev/null"}},
	{.driver = "colorlight", .good = {{"interface", CABLE}, {"link-speed", "any"}, {"pause", "1us"}},
		.bad = {"interface", "nowhere"}, .replies = &tells_only},
	{.driver = "ddp", .good = {{"host", "127.0.0.1"}, {"port", UDP}}},
	{.driver = "flaschen", .good = {{"host", "127.0.0.1"}, {"port", UDP}}},
	{.driver = "hanover", .good = {{"port", PTY}, {"baud", "115200"}}, .bad = {"port", "/dev/null"}},
	{.driver = "huidu", .good = {{"host", "127.0.0.1"}, {"port", TCP}, {"cycle", "1ms"}, {"files", "2"}},
		.replies = &huidu},
	{.driver = "kms", .good = {{"card", "auto"}},
		.bad = {"card", "/nowhere/card"}, .absent = "tests/kms has a real one"},
	{.driver = "novastar", .good = {{"device", PTY}, {"check-every", "10ms"}}, .bad = {"device", "/nowhere/tty"},
		.replies = &novastar},
	{.driver = "null"},
	{.driver = "onbon-5e", .good = {{"device", PTY}, {"baud", "4000000"}, {"cycle", "1ms"}},
		.bad = {"device", "/nowhere/tty"}, .replies = &onbon},
	{.driver = "onbon-6e", .good = {{"host", "127.0.0.1"}, {"port", TCP}, {"cycle", "1ms"}},
		.replies = &onbon},
	{.driver = "onbon-6q", .good = {{"host", "127.0.0.1"}, {"port", UDP}, {"cycle", "1ms"}, {"transport", "udp"}},
		.replies = &onbon},
	{.driver = "png", .good = {{"path", ROOM "/frame-%05d.png"}}, .bad = {"path", "/dev/null/frame.png"}},
	{.driver = "sacn", .good = {{"host", "127.0.0.1"}, {"port", UDP}}},
	{.driver = "terminal", .good = {{"tty", PTY}}, .bad = {"tty", "/nowhere/tty"}},
	{.driver = "tpm2", .good = {{"port", PTY}, {"baud", "4000000"}, {"pixel-time", "0s"}},
		.bad = {"port", "usb:ffff:ffff"}},
	{.driver = "wayland", .good = {{"socket", "/nowhere/wayland"}},
		.bad = {"socket", "/nowhere/wayland"},
		.absent = "tests/integration has a compositor"},
	{.driver = "tpm2net", .good = {{"host", "127.0.0.1"}, {"port", UDP}}},
	{.driver = "wled", .good = {{"host", "127.0.0.1"}, {"port", UDP}}},
	{.driver = NULL},
};
/* clang-format on */
