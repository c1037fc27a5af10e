/* The drivers whose boards are files: terminal, read back by a terminal emulator of a few lines, and png. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "output/output.h"

enum { W = 12, H = 5, ROWS = 3 };

static char room[64];

struct rig {
	struct loop *loop;
	struct option options[4];
	struct display display;
	struct output *output;
};

static void set_up(struct rig *rig, const char *driver)
{
	struct diag_list diags;

	diag_init(&diags);
	rig->display = (struct display){.name = "gate",
		.width = W,
		.height = H,
		.driver = driver,
		.options = rig->options,
		.rate = 30000,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	while (rig->options[rig->display.option_count].key)
		rig->display.option_count++;
	rig->loop = loop_create();
	if (output_create(rig->loop, &rig->display, &diags, &rig->output) != 0) {
		diag_print(&diags, stderr);
		fail();
	}
	diag_finish(&diags);
}

static void tear_down(struct rig *rig)
{
	output_destroy(rig->output);
	loop_destroy(rig->loop);
}

static void push(struct rig *rig, struct rect rect, uint32_t colour)
{
	struct region damage = {0};

	frame_fill(output_canvas(rig->output), rect, colour);
	region_add(&damage, rect);
	output_push(rig->output, 1, &damage);
	assert_true(output_drain(rig->output, NS_PER_SEC));
}

struct emulator {
	int row, column;
	uint32_t upper, lower; /* the pen */
	struct {
		uint32_t character, upper, lower;
	} cells[24][80];
	bool cursor, wraps;
	int bytes;
};

static uint32_t read_colour(const char *text)
{
	unsigned r, g, b;
	assert_int_equal(sscanf(text, "2;%u;%u;%u", &r, &g, &b), 3);
	return r << 16 | g << 8 | b;
}

static void control(struct emulator *e, const char *text, char final)
{
	if (final == 'H')
		assert_int_equal(sscanf(text, "%d;%d", &e->row, &e->column), 2);
	else if (final == 'm' && strncmp(text, "38;", 3) == 0)
		e->upper = read_colour(text + 3);
	else if (final == 'm' && strncmp(text, "48;", 3) == 0)
		e->lower = read_colour(text + 3);
	else if (strcmp(text, "?25") == 0)
		e->cursor = final == 'h';
	else if (strcmp(text, "?7") == 0)
		e->wraps = final == 'h';
	else if (!(final == 'm' && strcmp(text, "0") == 0))
		fail_msg("unknown sequence %s%c", text, final);
}

static void emulate(struct emulator *e, const char *bytes)
{
	e->bytes = (int)strlen(bytes);
	while (*bytes) {
		char text[40];
		if (*bytes == '\033') {
			size_t length = strcspn(bytes + 2, "Hmhl");
			assert_true(bytes[1] == '[' && length < sizeof text);
			memcpy(text, bytes + 2, length);
			text[length] = '\0';
			control(e, text, bytes[2 + length]);
			bytes += 3 + length;
			continue;
		}
		uint32_t character = utf8_next(&bytes);
		if (character == '\r' || character == '\n')
			continue;
		assert_in_range(e->row, 1, 24);
		assert_in_range(e->column, 1, 80);
		e->cells[e->row - 1][e->column - 1].character = character;
		e->cells[e->row - 1][e->column - 1].upper = e->upper;
		e->cells[e->row - 1][e->column - 1].lower = e->lower;
		e->column++;
	}
}

/* What was written to the file since the last time. */
static void look(struct emulator *e, const char *path)
{
	static size_t seen;
	char *data;
	size_t size;

	assert_int_equal(file_read(path, 1 << 20, &data, &size), 0);
	if (seen > size)
		seen = 0;
	emulate(e, data + seen);
	seen = size;
	free(data);
}

static void assert_shows(struct emulator *e, const struct frame *frame, int first_row)
{
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++) {
			int row = y / 2 + first_row - 1;
			assert_int_equal(e->cells[row][x].character, 0x2580);
			uint32_t shown = y % 2 ? e->cells[row][x].lower : e->cells[row][x].upper;
			assert_int_equal(shown, frame_row(frame, y)[x]);
		}
	}
}

static void test_terminal(void **state)
{
	struct rig rig = {.options = {{.key = "colours", .value = "24bit"}, {.key = "row", .value = "4"}}};
	struct emulator e = {.cursor = true, .wraps = true};
	char path[96];

	snprintf(path, sizeof path, "%s/screen", room);
	rig.options[2] = (struct option){.key = "tty", .value = path};
	set_up(&rig, "terminal");
	struct frame *canvas = output_canvas(rig.output);
	for (int i = 0; i < W * H; i++)
		canvas->pixels[i] = (uint32_t)i * 0x030507;
	push(&rig, (struct rect){0, 0, 1, 1}, 0xfedcba);
	look(&e, path);
	assert_shows(&e, canvas, 4);
	assert_false(e.cursor);
	assert_false(e.wraps);
	push(&rig, (struct rect){3, 1, 2, 2}, 0x00ff00);
	look(&e, path);
	assert_shows(&e, canvas, 4);
	assert_in_range(e.bytes, 1, 4 * 64); /* four cells, not all 36 */
	push(&rig, (struct rect){3, 1, 2, 2}, 0x00ff00);
	look(&e, path);
	assert_int_equal(e.bytes, 0); /* nothing changed, nothing drawn */
	tear_down(&rig);
	look(&e, path);
	assert_true(e.cursor && e.wraps);
	assert_int_equal(e.row, 4 + ROWS - 1);
}

static void test_terminal_mono(void **state)
{
	struct rig rig = {.options = {{.key = "colours", .value = "mono"}}};
	struct emulator e = {0};
	char path[96];

	snprintf(path, sizeof path, "%s/mono", room);
	rig.options[1] = (struct option){.key = "tty", .value = path};
	set_up(&rig, "terminal");
	struct frame *canvas = output_canvas(rig.output);
	frame_fill(canvas, (struct rect){0, 0, 1, 1}, 0xffffff);
	frame_fill(canvas, (struct rect){1, 1, 1, 1}, 0xffff00);
	push(&rig, (struct rect){2, 0, 1, 2}, 0x00ff00);
	tear_down(&rig);
	look(&e, path);
	assert_int_equal(e.cells[0][0].character, 0x2580);
	assert_int_equal(e.cells[0][1].character, 0x2584);
	assert_int_equal(e.cells[0][2].character, 0x2588);
	assert_int_equal(e.cells[0][3].character, ' ');
}

/* A window smaller than the board: what lies beyond is left out, nothing wraps. */
static void test_terminal_window(void **state)
{
	struct rig rig = {.options = {{.key = "colours", .value = "24bit"}}};
	struct emulator e = {0};
	char bytes[8192] = {0};
	struct winsize window = {.ws_row = 2, .ws_col = 7};
	struct termios termios;
	int pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	assert_true(pty >= 0 && grantpt(pty) == 0 && unlockpt(pty) == 0);
	int slave = open(ptsname(pty), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(ioctl(pty, TIOCSWINSZ, &window), 0);
	assert_int_equal(tcgetattr(slave, &termios), 0);
	cfmakeraw(&termios);
	assert_int_equal(tcsetattr(slave, TCSANOW, &termios), 0);
	rig.options[1] = (struct option){.key = "tty", .value = ptsname(pty)};
	set_up(&rig, "terminal");
	push(&rig, (struct rect){0, 0, W, H}, 0x123456);
	tear_down(&rig);
	assert_true(read(pty, bytes, sizeof bytes - 1) > 0);
	emulate(&e, bytes);
	for (int row = 0; row < ROWS; row++)
		for (int column = 0; column < W; column++)
			assert_int_equal(e.cells[row][column].character, row < 2 && column < 7 ? 0x2580 : 0);
	close(slave);
	close(pty);
}

static bool exists(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", room, name);
	return access(path, F_OK) == 0;
}

static void test_png_numbers(void **state)
{
	struct rig rig = {.options = {{.key = "keep", .value = "2"}, {.key = "every", .value = "2"}}};
	char path[128];

	snprintf(path, sizeof path, "%s/deep/er/board-%%03d.png", room);
	rig.options[2] = (struct option){.key = "path", .value = path};
	set_up(&rig, "png");
	for (uint32_t i = 1; i <= 7; i++)
		push(&rig, (struct rect){0, 0, 2, 2}, i * 0x010203);
	for (int i = 1; i <= 7; i++) {
		char name[64];
		snprintf(name, sizeof name, "deep/er/board-%03d.png", i);
		assert_int_equal(exists(name), i == 5 || i == 7); /* of 1, 3, 5, 7 the newest two */
	}
	struct frame *frame = NULL;
	snprintf(path, sizeof path, "%s/deep/er/board-007.png", room);
	assert_int_equal(frame_read_png(path, &frame), 0);
	assert_true(frame_equal(frame, output_canvas(rig.output)));
	frame_unref(frame);
	tear_down(&rig);
}

static void test_png_one_file(void **state)
{
	struct rig rig = {0};
	char path[128];

	snprintf(path, sizeof path, "%s/board.png", room);
	rig.options[0] = (struct option){.key = "path", .value = path};
	set_up(&rig, "png");
	for (uint32_t i = 1; i <= 3; i++) {
		struct frame *frame = NULL;
		push(&rig, (struct rect){0, 0, W, H}, i * 0x010203);
		assert_int_equal(frame_read_png(path, &frame), 0);
		assert_true(frame_equal(frame, output_canvas(rig.output)));
		frame_unref(frame);
	}
	assert_false(exists("board.png.part"));
	tear_down(&rig);
}

static void test_png_check(void **state)
{
	static const struct {
		const char *path, *keep;
		bool good;
	} cases[] = {{"a.png", "0", true}, {"a%d.png", "3", true}, {"a%09d.png", "0", true},
		{"a.png", "3", false}, {"a%s.png", "0", false}, {"%d%d.png", "0", false},
		{"a%5d.png", "0", false}, {"a%", "0", false}, {"a%00d", "0", false},
		{"100%.png", "0", false}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct option options[2] = {
			{.key = "path", .value = cases[i].path}, {.key = "keep", .value = cases[i].keep}};
		struct display display = {.name = "gate",
			.width = W,
			.height = H,
			.driver = "png",
			.options = options,
			.option_count = 2,
			.panel = {.gamma = 1, .white = {1, 1, 1}}};
		struct diag_list diags;
		diag_init(&diags);
		assert_int_equal(output_check(&display, &diags), cases[i].good);
		diag_finish(&diags);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_terminal_mono),
		cmocka_unit_test(test_terminal_window),
		cmocka_unit_test(test_png_numbers),
		cmocka_unit_test(test_png_one_file),
		cmocka_unit_test(test_png_check),
	};
	log_set_level(LOG_LEVEL_ERROR);
	snprintf(room, sizeof room, "/tmp/bangtin-screens-XXXXXX");
	if (!mkdtemp(room))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	file_remove_tree(room);
	return failed;
}
