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

/*
 * unique_prompts: on, or not off and prompts are taken from a file. Never before
 * what goes with a recording, which is no prompt that is computed. Made prompts
 * have none, whatever it says.
 */
bool nonce_is_used(const struct cell *cell);

/* Pictures and recordings: unique_prompts is not off. */
bool nonce_is_used_for_media(const struct cell *cell);

/*
 * What the numbers of a cell are made from: its name, its seed, and which repeat
 * of the anchor it is (from 1; 0: none). A server that is not emptied between
 * cells keeps what the earlier ones sent.
 */
uint64_t nonce_salt(const struct cell *cell, size_t repeat);

/* Two numbers of one salt are equal only for the same trial (from 0, below 2^31) and request (below 2^32). */
uint64_t nonce_number(uint64_t salt, int trial, size_t request);

/* The number as 16 hex digits, and a blank: the same matrix sends the same prompts in each run. */
void nonce_add(struct text *text, uint64_t salt, int trial, size_t request);

#endif
