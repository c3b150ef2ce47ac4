#include "base/random.h"

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t random_below(uint64_t *state, uint64_t below)
{
	uint64_t rest = (UINT64_MAX % below + 1) % below; /* of 2^64, that does not fill a whole turn */
	uint64_t value;

	do
		value = random_next(state);
	while (value > UINT64_MAX - rest);
	return value % below;
}
