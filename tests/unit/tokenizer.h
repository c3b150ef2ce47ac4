/*
 * For tests of made prompts: cells that have them, and a scripted tokenizer
 * that counts them.
 */
#ifndef TOKENIZER_H
#define TOKENIZER_H

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "workload/workload.h"

__attribute__((unused)) static struct cell made_cell(int64_t tokens)
{
	struct cell cell;

	cell_reset(&cell);
	cell.model = "tiny";
	cell.prompt = NULL;
	cell.input_tokens = tokens;
	return cell;
}

__attribute__((unused)) static size_t words_of(const char *text)
{
	size_t words = *text != '\0';

	for (; *text != '\0'; text++)
		words += *text == ' ';
	return words;
}

/*
 * Counts `overhead`, and tokens_per_word for each; words that begin with t cost
 * one more if `split`, each letter one if `letters`; marks of punctuation cost
 * one each, but for full stops, which belong to their words.
 */
struct tokenizer {
	int64_t overhead, limit;
	double tokens_per_word;
	bool split, letters;
	int questions, fails_at;
	int64_t refused_from; /* tokens of a prompt that does not fit; 0: all fit */
	char *asked[64];
};

__attribute__((unused)) static int64_t tokens_of(const struct tokenizer *tokenizer, const char *prompt)
{
	int64_t tokens = tokenizer->overhead + (int64_t)ceil(tokenizer->tokens_per_word * (double)words_of(prompt));

	for (const char *at = prompt; tokenizer->split && at != NULL; at = strchr(at, ' '), at += at != NULL)
		tokens += *at == 't';
	for (const char *at = prompt; *at != '\0'; at++)
		tokens += (tokenizer->letters && *at >= 'a' && *at <= 'z') || strchr(",;:!?", *at) != NULL;
	return tokenizer->limit > 0 && tokens > tokenizer->limit ? tokenizer->limit : tokens;
}

__attribute__((unused)) static bool count(void *context, const char *prompt, int64_t *tokens)
{
	struct tokenizer *tokenizer = context;

	if (tokenizer->questions < 64)
		tokenizer->asked[tokenizer->questions] = memory_copy(prompt, strcspn(prompt, " "));
	*tokens = tokens_of(tokenizer, prompt);
	return ++tokenizer->questions != tokenizer->fails_at &&
	       (tokenizer->refused_from == 0 || *tokens < tokenizer->refused_from);
}

#endif
