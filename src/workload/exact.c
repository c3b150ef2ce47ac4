#include "exact.h"

#include <math.h>
#include <string.h>

enum { WORD_TRIES = 4 };

/* No vocabulary is known that has no token of its own for any of them. */
static const char marks[] = ".,;:!?";

static bool count(const struct exact *exact, const struct text *prompt, int64_t *tokens)
{
	return exact->counter->count_tokens(exact->counter->context, text_string(prompt), tokens);
}

/* Tokens that are still missing, 0 or more, once words are of no more use; or because nobody counts them. */
static int64_t meet_by_words(const struct exact *exact, int64_t words, int64_t tokens, struct text *into)
{
	int64_t missing = 0, got;

	for (int i = 0; i < WORD_TRIES; i++) {
		text_clear(into);
		exact->make(exact->context, words, into);
		if (!count(exact, into, &got))
			return 0;
		missing = tokens - got;
		if (missing == 0 || (missing > 0 && (double)missing < exact->tokens_per_word) ||
		    (missing < 0 && words == 1))
			break;
		/* Downwards to below it, since only what is missing can be added in single tokens. */
		words += (int64_t)floor((double)missing / exact->tokens_per_word);
		words = words < 1 ? 1 : words;
	}
	return missing > 0 ? missing : 0;
}

static void cut(struct text *text, size_t size)
{
	text->size = size;
	text->data[size] = '\0';
}

/* A mark that makes one token more; false: there is none. */
static bool add_mark(const struct exact *exact, int64_t tokens, struct text *into)
{
	size_t size = into->size;

	for (size_t i = 0; i < strlen(marks); i++) {
		int64_t got;

		text_add_char(into, marks[(size + i) % strlen(marks)]);
		if (!count(exact, into, &got))
			break;
		if (got == tokens)
			return true;
		cut(into, size);
	}
	cut(into, size);
	return false;
}

void exact_make(const struct exact *exact, int64_t words, int64_t tokens, struct text *into)
{
	int64_t missing = meet_by_words(exact, words, tokens, into);

	while (missing > 0 && add_mark(exact, tokens - missing + 1, into))
		missing--;
}
