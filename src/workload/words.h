/*
 * The words of made prompts: common English ones, each a single token of the
 * vocabularies that most models have (GPT-2's, those of 100,000 and 200,000
 * tokens that followed it, Llama's of 32,000), with a blank before it and
 * without. So the tokens of a text are as many as its words.
 */
#ifndef WORKLOAD_WORDS_H
#define WORKLOAD_WORDS_H

enum { WORKLOAD_WORD_BITS = 9, WORKLOAD_WORDS = 1 << WORKLOAD_WORD_BITS };

extern const char *const workload_words[WORKLOAD_WORDS];

#endif
