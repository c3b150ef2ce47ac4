/*
 * What the requests of a cell say: which text, after which messages, how long,
 * and when. Pure: the same cell, counted alike, gives the same requests on every machine.
 */
#ifndef WORKLOAD_WORKLOAD_H
#define WORKLOAD_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/cell.h"
#include "core/input.h"
#include "core/lengths.h"
#include "workload/dataset.h"
#include "workload/token_fit.h"

/* Counts the tokens of a prompt as the server does, with its template. False: it cannot be counted. */
struct token_counter {
	bool (*count_tokens)(void *context, const char *prompt, int64_t *tokens);
	void *context;
};

struct workload {
	const struct cell *cell;           /* borrowed */
	const struct dataset *dataset;     /* borrowed; of prompts or trace; NULL: the cell has no file */
	struct token_fit fit;              /* for the lengths of made prompts; empty: a token is a word */
	const struct token_counter *exact; /* borrowed; made prompts are changed until they are exact; NULL: the fit
	                                      alone tells */
	struct lengths input, output;      /* the cell's; input: only where it has input_tokens */
	uint64_t salt;                     /* core/nonce.h: of everything that is the cell's own */
};

/* Everything but the fit. repeat: of the anchor, from 1; 0: it is none. */
void workload_init(struct workload *workload, const struct cell *cell, size_t repeat, const struct dataset *dataset);

/* One request. `= {0}` begins; it is filled again and again, and released once. */
struct ask {
	struct input input;    /* text and turns; borrowed from here and from the dataset */
	int64_t due_ns;        /* trace: after the start; after another one: after its end; else TIME_UNKNOWN */
	size_t after;          /* the request that must be done before, counted from 1; 0: none */
	int64_t turn;          /* from 1; JSON_UNKNOWN: it is of no conversation */
	int64_t input_tokens;  /* asked for, as the server counts; JSON_UNKNOWN: not known */
	int64_t output_tokens; /* at most; JSON_UNKNOWN: no limit */
	/* owned */
	struct text prompt, earlier;
	struct turn *turns;
	size_t turn_capacity;
};

void ask_release(struct ask *ask);

/* A request (from 0) of a trial (from 1). */
void workload_ask(const struct workload *workload, int trial, size_t request, struct ask *ask);

/*
 * A request that only warms the server up: no text of a measured one, so that
 * no answer to it is in a cache, but for the shared prefix, which then is.
 */
void workload_warm(const struct workload *workload, size_t request, struct ask *ask);

/* Whether prompts are made: by input_tokens, or by the lengths of a trace. */
bool workload_makes_prompts(const struct workload *workload);

/*
 * Fits the words of made prompts to the lengths that the cell's requests have:
 * the longest and the shortest are searched for, and others lie between. No two
 * prompts that are counted for it begin alike. What
 * the fit knows already is not asked again. False: a question failed.
 */
bool workload_fit(struct workload *workload, const struct token_counter *counter);

/* Whether no two requests of a cell say the same. */
bool workload_is_unique(const struct workload *workload);

/* Requests that follow each other, as long as nothing is said twice; 0: made ones, which are not kept. */
size_t workload_prompt_count(const struct workload *workload);

/* The text of one of them, without a nonce, "" when there is none; borrowed. */
const char *workload_prompt(const struct workload *workload, size_t index);

#endif
