/*
 * Random numbers of known distributions, the same in every run.
 */
#ifndef NOISE_H
#define NOISE_H

#include <math.h>

#include "base/random.h"

/* Between 0 and 1, never one of them. */
static double uniform(uint64_t *state)
{
	return ((double)(random_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

/* Box and Muller. */
static double normal(uint64_t *state)
{
	double radius = sqrt(-2 * log(uniform(state)));

	return radius * cos(6.283185307179586 * uniform(state));
}

#endif
