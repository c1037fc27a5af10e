/* What can be known of screens without one: where pixels go, timings, what is said to a television. tests/kms has the
 * real kernel. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/cec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "drivers/link/cec.h"
#include "drivers/link/drm_timing.h"
#include "drivers/link/scanout.h"
#include "output/output.h"

/* --- where pixels go */

enum { W = 75, H = 41, STRIDE = 120, ROWS = 100, X = 7, Y = 3, NOTHING = 0x7f7f7f };

static struct frame *numbered(void)
{
	struct frame *frame = frame_create(W, H);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			frame_row(frame, y)[x] = (uint32_t)(y << 8 | x);
	return frame;
}

/* Pixel by pixel, as one turns a sheet of paper clockwise. */
static void turned(int rotate, int x, int y, int *ret_x, int *ret_y)
{
	*ret_x = rotate == 90 ? H - 1 - y : rotate == 180 ? W - 1 - x : rotate == 270 ? y : x;
	*ret_y = rotate == 90 ? x : rotate == 180 ? H - 1 - y : rotate == 270 ? W - 1 - x : y;
}

static void check_painted(int rotate, const struct frame *frame, struct rect area)
{
	static uint32_t pixels[ROWS * STRIDE], wanted[ROWS * STRIDE];
	struct scanout scanout = {pixels, STRIDE, X, Y, rotate};

	for (int i = 0; i < ROWS * STRIDE; i++)
		pixels[i] = wanted[i] = NOTHING;
	for (int y = area.y; y < area.y + area.height && y < H; y++) {
		for (int x = area.x; x < area.x + area.width && x < W; x++) {
			int to_x, to_y;
			turned(rotate, x, y, &to_x, &to_y);
			wanted[(to_y + Y) * STRIDE + to_x + X] = frame_row(frame, y)[x];
		}
	}
	scanout_paint(&scanout, frame, area);
	assert_memory_equal(pixels, wanted, sizeof pixels);
}

static void test_turning(void **state)
{
	static const struct rect areas[] = {{0, 0, W, H}, {0, 0, 1, 1}, {W - 1, H - 1, 1, 1}, {5, 9, 33, 32},
		{40, 20, 100, 100}, {0, H, 5, 5}};
	struct frame *frame = numbered();

	for (int rotate = 0; rotate < 360; rotate += 90)
		for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
			check_painted(rotate, frame, areas[i]);
	frame_unref(frame);
}

static void test_size_and_place(void **state)
{
	int width, height;
	struct scanout scanout = {.x = 10, .y = 20, .rotate = 90};
	scanout_size(90, 1920, 1080, &width, &height);
	assert_int_equal(width, 1080);
	assert_int_equal(height, 1920);
	scanout_size(180, 1920, 1080, &width, &height);
	assert_int_equal(width, 1920);
	struct rect r = scanout_place(&scanout, 100, 50, (struct rect){1, 2, 3, 4});
	assert_int_equal(r.x, 10 + 50 - 2 - 4);
	assert_int_equal(r.y, 20 + 1);
	assert_int_equal(r.width, 4);
	assert_int_equal(r.height, 3);
}

/* --- timings, against CTA-861 and VESA's DMT tables */

static void check_timing(int refresh, const int wanted[9], uint32_t flags)
{
	drmModeModeInfo mode;
	assert_int_equal(drm_timing_make(wanted[1], wanted[5], refresh, &mode), 0);
	const int got[9] = {(int)mode.clock, mode.hdisplay, mode.hsync_start, mode.hsync_end, mode.htotal,
		mode.vdisplay, mode.vsync_start, mode.vsync_end, mode.vtotal};
	assert_memory_equal(got, wanted, sizeof got);
	assert_int_equal(mode.flags, flags);
	assert_int_equal(mode.vrefresh, refresh);
}

static void test_timings(void **state)
{
	const uint32_t both = DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_PVSYNC;
	const uint32_t reduced = DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_NVSYNC;

	check_timing(60, (int[]){148500, 1920, 2008, 2052, 2200, 1080, 1084, 1089, 1125}, both);
	check_timing(50, (int[]){74250, 1280, 1720, 1760, 1980, 720, 725, 730, 750}, both);
	check_timing(60, (int[]){71000, 1280, 1328, 1360, 1440, 800, 803, 809, 823}, reduced);
	check_timing(60, (int[]){88750, 1440, 1488, 1520, 1600, 900, 903, 909, 926}, reduced);
	for (int refresh = 24; refresh <= 75; refresh += 17) {
		drmModeModeInfo mode;
		assert_int_equal(drm_timing_make(1024, 600, refresh, &mode), 0);
		int got = (int)((mode.clock * 1000 + mode.htotal * mode.vtotal / 2U) /
				(mode.htotal * mode.vtotal));
		assert_int_equal(got, refresh);
	}
}

/* --- what is said to a television: the kernel's cec device, played by this test */

static struct {
	int address; /* that it has; -1: not yet */
	uint16_t physical;
	bool may_claim, refuses, listens;
	struct cec_log_addrs claimed;
	struct cec_msg sent[8];
	int count, answered;
} bus;

static int bus_transmit(struct cec_msg *message)
{
	if (bus.refuses)
		return -ENONET;
	message->sequence = (uint32_t)bus.count + 100;
	bus.sent[bus.count++ % 8] = *message;
	return 0;
}

static int bus_receive(struct cec_msg *message)
{
	if (bus.answered >= bus.count)
		return -EAGAIN;
	*message = bus.sent[bus.answered++ % 8];
	message->tx_status = bus.listens ? CEC_TX_STATUS_OK : CEC_TX_STATUS_NACK | CEC_TX_STATUS_MAX_RETRIES;
	return 0;
}

static int bus_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	switch (request) {
	case CEC_ADAP_G_CAPS:
		((struct cec_caps *)argument)->capabilities =
			CEC_CAP_TRANSMIT | (bus.may_claim ? CEC_CAP_LOG_ADDRS : 0);
		return 0;
	case CEC_S_MODE:
		return 0;
	case CEC_ADAP_G_LOG_ADDRS:
		((struct cec_log_addrs *)argument)->num_log_addrs = bus.address >= 0;
		((struct cec_log_addrs *)argument)->log_addr[0] = (uint8_t)bus.address;
		return 0;
	case CEC_ADAP_S_LOG_ADDRS:
		bus.claimed = *(struct cec_log_addrs *)argument;
		return 0;
	case CEC_ADAP_G_PHYS_ADDR:
		*(uint16_t *)argument = bus.physical;
		return 0;
	case CEC_TRANSMIT:
		return bus_transmit(argument);
	case CEC_RECEIVE:
		return bus_receive(argument);
	default:
		return -ENOTTY;
	}
}

static struct cec *open_bus(int address, bool may_claim)
{
	struct cec *cec;
	memset(&bus, 0, sizeof bus);
	bus.address = address;
	bus.physical = 0x2100;
	bus.may_claim = may_claim;
	bus.listens = true;
	cec_use_ioctl(bus_ioctl, NULL);
	assert_int_equal(cec_open("/dev/null", 0, 0, &cec), 0);
	return cec;
}

static void close_bus(struct cec *cec)
{
	cec_close(cec);
	cec_use_ioctl(NULL, NULL);
}

static void assert_sent(int which, const char *bytes, uint32_t length)
{
	assert_int_equal(bus.sent[which].len, length);
	assert_memory_equal(bus.sent[which].msg, bytes, length);
}

static void test_television_on_and_off(void **state)
{
	struct cec *cec = open_bus(4, true);

	assert_int_equal(bus.claimed.num_log_addrs, 0); /* it has one already */
	assert_false(cec_step(cec));			/* nothing is wanted */
	cec_want(cec, CEC_ON);
	assert_true(cec_step(cec));
	assert_int_equal(bus.count, 2);
	assert_sent(0, "\x40\x04", 2);	       /* <Image View On> to the television */
	assert_sent(1, "\x4f\x82\x21\x00", 4); /* <Active Source> 2.1.0.0 to all */
	assert_false(cec_step(cec));	       /* acknowledged */
	cec_want(cec, CEC_ON);
	assert_false(cec_step(cec));
	cec_want(cec, CEC_STANDBY);
	cec_step(cec);
	assert_int_equal(bus.count, 3);
	assert_sent(2, "\x40\x36", 2); /* <Standby> */
	close_bus(cec);
}

static void test_television_without_an_address(void **state)
{
	struct cec *cec = open_bus(-1, true);

	assert_int_equal(bus.claimed.num_log_addrs, 1);
	assert_int_equal(bus.claimed.log_addr_type[0], CEC_LOG_ADDR_TYPE_PLAYBACK);
	assert_string_equal(bus.claimed.osd_name, "bangtin");
	bus.refuses = true; /* while an address is being claimed */
	cec_want(cec, CEC_STANDBY);
	assert_true(cec_step(cec));
	assert_true(cec_step(cec));
	bus.refuses = false;
	assert_true(cec_step(cec));
	assert_int_equal(bus.count, 1);
	assert_sent(0, "\xf0\x36", 2); /* unregistered, to the television */
	assert_false(cec_step(cec));
	close_bus(cec);
}

static void test_television_that_does_not_listen(void **state)
{
	struct cec *cec = open_bus(4, true);
	int steps = 0;

	bus.listens = false;
	cec_want(cec, CEC_STANDBY);
	while (cec_step(cec))
		assert_true(++steps < 100);
	assert_in_range(bus.count, 2, 40); /* again and again, but not for ever */
	bus.listens = true;
	cec_want(cec, CEC_ON); /* the next change is a new chance */
	assert_true(cec_step(cec));
	close_bus(cec);
}

/* --- what is refused before any device is touched, and what is said when there is none */

static bool check(const struct option *given, const char *size_word, int width, int height)
{
	struct option copies[4];
	size_t count = 0;
	struct diag_list diags;
	for (; given[count].key; count++)
		copies[count] = given[count];
	struct display display = {.name = "gate",
		.width = width,
		.height = height,
		.driver = "kms",
		.options = copies,
		.option_count = count,
		.where = {"site.conf", 7, 3},
		.panel = {.gamma = 1, .white = {1, 1, 1}}};
	diag_init(&diags);
	bool good = output_check(&display, &diags);
	if (!good) {
		assert_int_equal(diags.items[0].where.line, 7);
		assert_non_null(strstr(diags.items[0].message, size_word));
	}
	diag_finish(&diags);
	return good;
}

static void test_options(void **state)
{
	const struct option none[] = {{0}};
	const struct option wrong[] = {{.key = "mode", .value = "full-hd"}, {0}};
	const struct option longer[] = {{.key = "mode", .value = "1920x1080i"}, {0}};
	const struct option preferred[] = {{.key = "mode", .value = "preferred"}, {0}};
	const struct option forced[] = {
		{.key = "mode", .value = "1280x720"}, {.key = "margin", .value = "20"}, {0}};
	const struct option blind[] = {{.key = "assume-monitor", .value = "true"}, {0}};

	assert_true(check(none, "", 640, 480));
	assert_true(check(preferred, "", 640, 480));
	assert_false(check(wrong, "full-hd", 640, 480));
	assert_false(check(longer, "1920x1080i", 640, 480));
	assert_true(check(forced, "", 1240, 680));
	assert_false(check(forced, "1282x720", 1242, 680));
	assert_false(check(blind, "connector", 640, 480));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turning),
		cmocka_unit_test(test_size_and_place),
		cmocka_unit_test(test_timings),
		cmocka_unit_test(test_television_on_and_off),
		cmocka_unit_test(test_television_without_an_address),
		cmocka_unit_test(test_television_that_does_not_listen),
		cmocka_unit_test(test_options),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
