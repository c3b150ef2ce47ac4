/*
 * A made prompt is changed until it has exactly as many tokens as were asked
 * for, by somebody who counts each: a vocabulary that splits words gives two
 * prompts of as many words other numbers of tokens.
 */
#ifndef WORKLOAD_EXACT_H
#define WORKLOAD_EXACT_H

#include <stdint.h>

#include "base/text.h"
#include "workload/workload.h"

struct exact {
	const struct token_counter *counter;
	double tokens_per_word;
	/* Adds a prompt of so many words. */
	void (*make)(void *context, int64_t words, struct text *into);
	void *context;
};

/*
 * Makes a prompt of so many words, or of some more or fewer, and with marks of
 * punctuation at its end where words alone do not meet the tokens. Where they
 * cannot be counted or met it is as it was found last.
 */
void exact_make(const struct exact *exact, int64_t words, int64_t tokens, struct text *into);

#endif
