/*
 * How many words make a prompt of so many tokens: found by asking somebody who
 * counts them, since a server's template adds its own and a vocabulary may
 * split words.
 */
#ifndef WORKLOAD_TOKEN_FIT_H
#define WORKLOAD_TOKEN_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Questions for one length at most, and for all lengths of a cell. */
enum { TOKEN_FIT_TRIES = 8, TOKEN_FIT_POINTS = 3 * TOKEN_FIT_TRIES };

/* `= {0}` knows nothing: each word is a token. */
struct token_fit {
	struct token_point {
		int64_t words, tokens;
	} points[TOKEN_FIT_POINTS]; /* ascending by words, each number of words once */
	size_t count;
};

/* The words (1 or more) of a prompt that has so many tokens, or nearly: exact where it was asked, else between or
 * beyond the nearest points. */
int64_t token_fit_words(const struct token_fit *fit, int64_t tokens);

/* Tokens of a word more: of the two outermost points; 1 while there are none. */
double token_fit_slope(const struct token_fit *fit);

/*
 * Asks for the tokens of prompts of other numbers of words until so many tokens
 * are met, or no number of words is left that could meet them, at most
 * TOKEN_FIT_TRIES times. When the very first question fails, shorter ones are
 * asked. False: a question failed. What was learnt stays.
 */
bool token_fit_search(struct token_fit *fit, int64_t tokens,
                      bool (*count)(void *context, int64_t words, int64_t *tokens), void *context);

#endif
