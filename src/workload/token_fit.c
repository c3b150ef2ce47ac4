#include "workload/token_fit.h"

#include <math.h>

enum { SHORTER = 8 }; /* parts of a question that failed */

/* Of two points, the line through them at so many tokens. */
static double words_between(const struct token_point *a, const struct token_point *b, int64_t tokens)
{
	double slope = (double)(b->tokens - a->tokens) / (double)(b->words - a->words);

	return (double)a->words + (double)(tokens - a->tokens) / slope;
}

double token_fit_slope(const struct token_fit *fit)
{
	const struct token_point *first = &fit->points[0], *last = &fit->points[fit->count > 0 ? fit->count - 1 : 0];

	if (last->words == first->words || last->tokens <= first->tokens)
		return 1;
	return (double)(last->tokens - first->tokens) / (double)(last->words - first->words);
}

/* The last point that has fewer tokens; fit->count: none. */
static size_t find_below(const struct token_fit *fit, int64_t tokens)
{
	size_t found = fit->count;

	for (size_t i = 0; i < fit->count; i++)
		if (fit->points[i].tokens < tokens)
			found = i;
	return found;
}

/* The first point with more words than that one, or of all, that has more tokens; fit->count: none. */
static size_t find_above(const struct token_fit *fit, size_t below, int64_t tokens)
{
	for (size_t i = below < fit->count ? below + 1 : 0; i < fit->count; i++)
		if (fit->points[i].tokens > tokens)
			return i;
	return fit->count;
}

static int64_t at_least_one(double words)
{
	return words < 1 ? 1 : llround(words);
}

/* More words made no more tokens: the server cuts. Then the first of the two points is as near as it gets. */
static bool is_cut(const struct token_fit *fit)
{
	return fit->count >= 2 && fit->points[fit->count - 1].tokens <= fit->points[fit->count - 2].tokens;
}

/* Beyond the outermost point. */
static int64_t words_beyond(const struct token_fit *fit, const struct token_point *point, int64_t tokens)
{
	return at_least_one((double)point->words + (double)(tokens - point->tokens) / token_fit_slope(fit));
}

int64_t token_fit_words(const struct token_fit *fit, int64_t tokens)
{
	size_t below = find_below(fit, tokens), above = find_above(fit, below, tokens);

	for (size_t i = 0; i < fit->count; i++)
		if (fit->points[i].tokens == tokens)
			return fit->points[i].words;
	if (fit->count == 0)
		return tokens;
	if (below == fit->count)
		return words_beyond(fit, &fit->points[above < fit->count ? above : 0], tokens);
	if (above == fit->count)
		return is_cut(fit) ? fit->points[fit->count - 2].words : words_beyond(fit, &fit->points[below], tokens);
	return at_least_one(words_between(&fit->points[below], &fit->points[above], tokens));
}

static bool has_words(const struct token_fit *fit, int64_t words)
{
	for (size_t i = 0; i < fit->count; i++)
		if (fit->points[i].words == words)
			return true;
	return false;
}

static void add_point(struct token_fit *fit, int64_t words, int64_t tokens)
{
	size_t at = fit->count++;

	for (; at > 0 && fit->points[at - 1].words > words; at--)
		fit->points[at] = fit->points[at - 1];
	fit->points[at] = (struct token_point){words, tokens};
}

/* The words that are to be asked next; 0: none can be nearer than what was asked. */
static int64_t next_words(const struct token_fit *fit, int64_t tokens)
{
	size_t below = find_below(fit, tokens), above = find_above(fit, below, tokens);
	int64_t words = token_fit_words(fit, tokens);

	for (size_t i = 0; i < fit->count; i++)
		if (fit->points[i].tokens == tokens)
			return 0;
	if (!has_words(fit, words))
		return words;
	/* The line led to one of its ends: what lies between was not tried. */
	if (below < fit->count && above < fit->count && fit->points[above].words - fit->points[below].words > 1)
		words = words == fit->points[below].words ? words + 1 : words - 1;
	return has_words(fit, words) ? 0 : words;
}

/* The first question may be too long for the server's context: two short ones tell how many words are not. */
static bool begin_shorter(struct token_fit *fit, int64_t words,
                          bool (*count)(void *context, int64_t words, int64_t *tokens), void *context)
{
	for (int64_t part = 2 * SHORTER; part >= SHORTER; part /= 2) {
		int64_t got;

		if (!count(context, words / part, &got))
			return false;
		add_point(fit, words / part, got);
	}
	return true;
}

bool token_fit_search(struct token_fit *fit, int64_t tokens,
                      bool (*count)(void *context, int64_t words, int64_t *tokens), void *context)
{
	for (int i = 0; i < TOKEN_FIT_TRIES && fit->count < TOKEN_FIT_POINTS; i++) {
		int64_t words = next_words(fit, tokens), got;

		if (words == 0)
			return true;
		if (count(context, words, &got))
			add_point(fit, words, got);
		else if (fit->count > 0 || words < 2 * SHORTER || !begin_shorter(fit, words, count, context))
			return false;
	}
	return true;
}
