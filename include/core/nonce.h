/*
 * A unique beginning for each prompt, so that no server can answer from what
 * it kept of an earlier one. Caches keep the longest common beginning, so it
 * stands in front.
 */
#ifndef CORE_NONCE_H
#define CORE_NONCE_H

#include <stdbool.h>

#include "base/text.h"
#include "core/cell.h"

/* unique_prompts: on, or not off and prompts are taken from a file. */
bool nonce_is_used(const struct cell *cell);

/*
 * 16 hex digits and a blank. Two of one seed are equal only for the same trial
 * (from 1, below 2^31) and request (below 2^32): the same matrix sends the
 * same prompts in each run.
 */
void nonce_add(struct text *text, int64_t seed, int trial, size_t request);

#endif
