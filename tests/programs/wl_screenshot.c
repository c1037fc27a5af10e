/* wl_screenshot FILE.ppm: what weston's first output shows, exact to the pixel. weston-screenshooter's own PNG takes the
 * unused byte of a pixel for its alpha.
 * Source: weston's protocol/weston-screenshooter.xml: take_shot(output, buffer), then done. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

static const struct wl_interface *shot_types[] = {&wl_output_interface, &wl_buffer_interface};
static const struct wl_message requests[] = {{"take_shot", "oo", shot_types}};
static const struct wl_message events[] = {{"done", "", NULL}};
static const struct wl_interface screenshooter_interface = {
	"weston_screenshooter", 1, 1, requests, 1, events};

static struct wl_shm *shm;
static struct wl_output *output;
static struct wl_proxy *screenshooter;
static int width, height, done;

static void on_geometry(void *data, struct wl_output *o, int32_t x, int32_t y, int32_t w, int32_t h,
	int32_t s, const char *make, const char *model, int32_t transform)
{
}

static void on_mode(void *data, struct wl_output *o, uint32_t flags, int32_t w, int32_t h, int32_t refresh)
{
	if (flags & WL_OUTPUT_MODE_CURRENT) {
		width = w;
		height = h;
	}
}

static const struct wl_output_listener output_listener = {.geometry = on_geometry, .mode = on_mode};

static void on_done(void *data, struct wl_proxy *proxy)
{
	done = 1;
}

static void (*const shot_listener[])(void) = {(void (*)(void))on_done};

static void on_global(
	void *data, struct wl_registry *registry, uint32_t name, const char *interface, uint32_t version)
{
	if (strcmp(interface, "wl_shm") == 0)
		shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	if (strcmp(interface, "wl_output") == 0 && !output) {
		output = wl_registry_bind(registry, name, &wl_output_interface, 1);
		wl_output_add_listener(output, &output_listener, NULL);
	}
	if (strcmp(interface, "weston_screenshooter") == 0)
		screenshooter = wl_registry_bind(registry, name, &screenshooter_interface, 1);
}

static void on_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {on_global, on_remove};

static int write_ppm(const char *path, const uint32_t *pixels)
{
	FILE *file = fopen(path, "w");
	if (!file)
		return 1;
	fprintf(file, "P6\n%d %d\n255\n", width, height);
	for (int i = 0; i < width * height; i++) {
		const unsigned char rgb[3] = {(unsigned char)(pixels[i] >> 16),
			(unsigned char)(pixels[i] >> 8), (unsigned char)pixels[i]};
		fwrite(rgb, 1, sizeof rgb, file);
	}
	return fclose(file) != 0;
}

int main(int argc, char **argv)
{
	struct wl_display *display = argc == 2 ? wl_display_connect(NULL) : NULL;
	if (!display)
		return fputs("wl_screenshot FILE.ppm: no compositor\n", stderr), 1;
	struct wl_registry *registry = wl_display_get_registry(display);
	wl_registry_add_listener(registry, &registry_listener, NULL);
	wl_display_roundtrip(display);
	wl_display_roundtrip(display);
	if (!shm || !screenshooter || width <= 0)
		return fputs("wl_screenshot: not weston --debug\n", stderr), 1;
	size_t size = (size_t)width * (size_t)height * 4;
	int fd = memfd_create("shot", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return 1;
	uint32_t *pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pixels == MAP_FAILED)
		return 1;
	struct wl_shm_pool *pool = wl_shm_create_pool(shm, fd, (int32_t)size);
	struct wl_buffer *buffer =
		wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
	wl_proxy_add_listener(screenshooter, (void (**)(void))shot_listener, NULL);
	wl_proxy_marshal(screenshooter, 0, output, buffer);
	while (!done && wl_display_dispatch(display) >= 0)
		;
	return done ? write_ppm(argv[1], pixels) : 1;
}
