/* A display's light sensor: its file is read on the thread pool every few seconds, smoothed, and made into a step of
 * its curve. Loop thread. */
#ifndef ENGINE_AMBIENT_H
#define ENGINE_AMBIENT_H

#include "loop/loop.h"
#include "site/site.h"

/* What a sensor has told so far; pure, so that it is tested without one. Starts zeroed. */
struct ambient_state {
	bool told;
	double lux;  /* smoothed */
	size_t step; /* of the curve */
	int64_t at;  /* monotonic, of the last reading */
};
void ambient_tell(const struct ambient *ambient, struct ambient_state *state, double lux, int64_t now);
/* permille; -1: nothing was told, or not for longer than it may be. */
int ambient_permille(const struct ambient *ambient, const struct ambient_state *state, int64_t now);

struct sensor;
/* changed is called after each reading. NULL: out of descriptors. */
struct sensor *sensor_create(
	struct loop *loop, const struct ambient *ambient, void (*changed)(void *data), void *data);
void sensor_destroy(struct sensor *sensor); /* waits for a reading that is going on; NULL is fine */
const struct ambient_state *sensor_state(const struct sensor *sensor);
const char *sensor_fault(const struct sensor *sensor); /* why the last reading was none; "" */

#endif
