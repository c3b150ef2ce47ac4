#include "core/nonce.h"

#include <inttypes.h>

bool nonce_is_used(const struct cell *cell)
{
	if (cell_task(cell) == CELL_TASK_TRANSCRIBE)
		return false;
	switch (cell->unique_prompts) {
	case CELL_UNIQUE_OFF:
		return false;
	case CELL_UNIQUE_ON:
		return true;
	default: /* automatic, or not set */
		return cell->prompts != NULL || cell->trace != NULL;
	}
}

/* The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): each step can be undone, so different numbers stay different.
 */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

bool nonce_is_used_for_media(const struct cell *cell)
{
	return cell->unique_prompts != CELL_UNIQUE_OFF;
}

/* FNV-1a of the name. */
uint64_t nonce_salt(const struct cell *cell, size_t repeat)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	struct text id = {0};

	cell_add_id(cell, &id);
	for (size_t i = 0; i < id.size; i++)
		hash = (hash ^ (unsigned char)id.data[i]) * UINT64_C(0x100000001b3);
	text_release(&id);
	return mix(hash ^ mix((uint64_t)cell->seed ^ mix(repeat)));
}

uint64_t nonce_number(uint64_t salt, int trial, size_t request)
{
	uint64_t place = (uint64_t)trial << 32 | (uint32_t)request;

	return mix(place ^ salt);
}

void nonce_add(struct text *text, uint64_t salt, int trial, size_t request)
{
	text_addf(text, "%016" PRIx64 " ", nonce_number(salt, trial, request));
}
