/*
 * The words of an answer, the same for the same seed, model and prompt. Pure.
 */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

#include <stddef.h>
#include <stdint.h>

struct answer {
	uint64_t key;
};

struct answer answer_of(const char *model, const char *prompt, int64_t seed);

/* Token `index`: a word with a blank in front, but for the first. Static text of plain letters. */
const char *answer_token(const struct answer *answer, int index);

/* How long it is when nothing limits it: 256 … 511 tokens. */
int answer_natural_tokens(const struct answer *answer);

#endif
