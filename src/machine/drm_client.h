/*
 * What a GPU's driver tells of one file that a process has open there:
 * /proc/PID/fdinfo/FD, lines of "drm-key: value unit" (reference: sampling.md
 * §5.4). Drivers differ: amdgpu and i915 count nanoseconds of each kind of
 * engine, xe counts cycles beside the cycles that passed.
 */
#ifndef MACHINE_DRM_CLIENT_H
#define MACHINE_DRM_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

enum { DRM_CYCLES_MAX = 6 }; /* kinds of engines that count cycles: rcs, ccs, bcs, vcs, vecs, other */

struct drm_client {
	char device[24];   /* the place of the GPU, "0000:03:00.0"; "" not told */
	int64_t id;        /* of one device: files that share it are one client, and tell the same figures */
	int64_t engine_ns; /* of all its engines together, since the file was opened; JSON_UNKNOWN */
	struct {
		int64_t used, passed; /* JSON_UNKNOWN: there is no such engine */
	} cycles[DRM_CYCLES_MAX];
	bool has_cycles;
	int64_t bytes; /* allocated in the GPU's memory, or in the system's where the GPU has none; JSON_UNKNOWN */
};

/* False: no file of a GPU, or it has no id. */
bool drm_client_parse(const char *fdinfo, struct drm_client *client);

bool drm_client_is_same(const struct drm_client *a, const struct drm_client *b);

/* Engine time of `wall_ns` between two readings of one client, by its cycles; never negative. */
int64_t drm_client_spent_ns(const struct drm_client *before, const struct drm_client *now, int64_t wall_ns);

#endif
