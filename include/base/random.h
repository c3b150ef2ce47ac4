/*
 * Random numbers that are the same on every machine for the same seed; not
 * for secrets.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. The state is the seed. */
uint64_t random_next(uint64_t *state);

/* Uniform in [0, below), below > 0; without the bias of a plain remainder. */
uint64_t random_below(uint64_t *state, uint64_t below);

#endif
