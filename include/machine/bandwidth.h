/*
 * How fast this computer's memory is.
 */
#ifndef MACHINE_BANDWIDTH_H
#define MACHINE_BANDWIDTH_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/identity.h"

struct bandwidth {
	double read_bytes_per_s;  /* one array summed up */
	double triad_bytes_per_s; /* a[i] = b[i] + s · c[i], 24 bytes counted for each i, as STREAM does */
	int64_t array_bytes;      /* of each of the three arrays */
	int threads, passes;      /* of each kind; the best pass counts */
};

/*
 * Measured by all processors at once, each on a part of arrays that it touched
 * first, for about limit_ns after they were filled, and ten times that in all
 * at most. An array is four times the last level's cache and at least 128 MiB,
 * but no more than a 64th of the memory. The triad writes past no cache: where
 * the processor reads a line before it writes it, a third more than is counted
 * goes over the bus, so that reading, which is what decoding does, comes nearer
 * to what the memory can.
 * False: there is no memory for it, or so little that the three arrays are less
 * than four times that cache, or in no pass were the processors free of other
 * programs, or there was no time for a pass; figures that are not known are NAN.
 */
bool bandwidth_measure(const struct machine_identity *identity, int64_t limit_ns, struct bandwidth *bandwidth);

/*
 * What Apple says of its chips (technical specifications of the Macs that have
 * them), in bytes/s; NAN: it is none of them, or one of several with that name.
 * On these the GPU alone reaches it; processors do not.
 */
double bandwidth_of_chip(const char *title, int64_t performance_cores);

/* bandwidth_linux.c, bandwidth_darwin.c: bytes of the last cache before the memory; 0 not known. */
int64_t bandwidth_cache_bytes(void);

/* Whether something else than the processors may decode with a memory of its own. */
bool bandwidth_is_not_all(void);

#endif
