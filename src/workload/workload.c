#include "workload/workload.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "core/nonce.h"
#include "exact.h"
#include "made.h"

/* Sent to warm up: no measured prompt, so that no answer to a measured one is in the server's cache. */
static const char warm_up_prompt[] = "Name three colours.";

static struct lengths lengths_of(const char *map, int64_t number)
{
	struct lengths lengths = {.center = (double)number, .minimum = number, .maximum = number};

	if (map != NULL)
		lengths_read(map, 1, INT32_MAX, &lengths);
	return lengths;
}

void workload_init(struct workload *workload, const struct cell *cell, size_t repeat, const struct dataset *dataset)
{
	*workload = (struct workload){
	    .cell = cell,
	    .dataset = dataset,
	    .input = lengths_of(cell->input_lengths, cell->input_tokens),
	    .output = lengths_of(cell->output_lengths, cell->output_tokens),
	    .salt = nonce_salt(cell, repeat),
	};
}

void ask_release(struct ask *ask)
{
	text_release(&ask->prompt);
	text_release(&ask->earlier);
	free(ask->turns);
	*ask = (struct ask){0};
}

static bool has_made_sample(const struct dataset *dataset)
{
	for (size_t i = 0; dataset != NULL && i < dataset->count; i++)
		if (dataset->samples[i].count == 0)
			return true;
	return false;
}

bool workload_makes_prompts(const struct workload *workload)
{
	return workload->cell->input_tokens != CELL_UNSET || has_made_sample(workload->dataset);
}

bool workload_is_unique(const struct workload *workload)
{
	const struct cell *cell = workload->cell;

	return workload_makes_prompts(workload) ? cell->unique_prompts != CELL_UNIQUE_OFF : nonce_is_used(cell);
}

/* --- Lengths: by request, and not by trial or cell, so that what repeats or is compared has the same ones. --- */

enum { INPUT_LENGTHS = 1, OUTPUT_LENGTHS };

static int64_t draw(const struct workload *workload, const struct lengths *lengths, int kind, size_t request)
{
	uint64_t seed = (uint64_t)workload->cell->seed << 2 | (uint64_t)kind;

	seed = random_next(&seed) + request;
	seed = random_next(&seed);
	return lengths_draw(lengths, &seed);
}

static int64_t output_tokens(const struct workload *workload, const struct dataset_sample *sample, size_t request)
{
	if (sample != NULL && sample->output_tokens != JSON_UNKNOWN)
		return sample->output_tokens;
	if (workload->cell->output_tokens == CELL_UNSET)
		return CELL_UNSET;
	return draw(workload, &workload->output, OUTPUT_LENGTHS, request);
}

/* --- Made prompts --- */

static int64_t prefix_words(const struct workload *workload)
{
	int64_t tokens = workload->cell->shared_prefix_tokens;
	double slope = token_fit_slope(&workload->fit);

	return tokens == CELL_UNSET ? 0 : (int64_t)((double)tokens / slope + 0.5);
}

/* The shared prefix, then words of its own, of which there is at least one. */
static void add_made(const struct workload *workload, enum made_region region, uint64_t place, int64_t words,
                     struct text *into)
{
	const struct made_order own = {workload->salt, region, place}, common = {workload->salt, MADE_PREFIX, 0};
	int64_t shared = prefix_words(workload);

	if (shared >= words)
		shared = words - 1;
	made_add(into, &common, 0, shared);
	made_add_unique(into, &own, (size_t)shared, words - shared);
}

static size_t turns_of(const struct cell *cell)
{
	return cell->turns == CELL_UNSET ? 1 : (size_t)cell->turns;
}

/* Conversations of all trials are numbered through. */
static uint64_t place_of(const struct workload *workload, int trial, size_t conversation)
{
	if (workload->cell->unique_prompts == CELL_UNIQUE_OFF)
		return 0;
	return (uint64_t)(trial - 1) * (uint64_t)workload->cell->requests + conversation;
}

/* What `request` adds to its conversation. */
static void add_made_text(const struct workload *workload, int trial, size_t request, int64_t tokens, struct text *into)
{
	size_t turns = turns_of(workload->cell), turn = request % turns;
	uint64_t place = place_of(workload, trial, request / turns);
	const struct made_order later = {workload->salt, MADE_LATER, place * turns * 2 + turn};
	int64_t words = token_fit_words(&workload->fit, tokens);

	if (turn == 0)
		add_made(workload, MADE_MEASURED, place, words, into);
	else
		made_add(into, &later, 0, words);
}

/* An answer of a conversation that nobody gave. */
static void add_made_answer(const struct workload *workload, int trial, size_t request, struct text *into)
{
	size_t turns = turns_of(workload->cell), turn = request % turns;
	uint64_t place = place_of(workload, trial, request / turns);
	const struct made_order later = {workload->salt, MADE_LATER, place * turns * 2 + turns + turn};
	double words = (double)output_tokens(workload, NULL, request) / token_fit_slope(&workload->fit);

	made_add(into, &later, 0, words < 1 ? 1 : (int64_t)words);
}

static struct turn *grow_turns(struct ask *ask, size_t count)
{
	while (ask->turn_capacity < count)
		ask->turns = memory_grow(ask->turns, &ask->turn_capacity, ask->turn_capacity, sizeof(*ask->turns));
	return ask->turns;
}

/* The messages before a made one. They stand in one text, each with a NUL behind it, which can move while it grows. */
static void make_earlier(const struct workload *workload, int trial, size_t request, struct ask *ask)
{
	size_t turn = request % turns_of(workload->cell), count = 2 * turn;
	struct turn *turns = grow_turns(ask, count);
	const char *at;

	text_clear(&ask->earlier);
	for (size_t i = 0; i < turn; i++) {
		struct text text = {0};
		size_t earlier = request - turn + i;

		add_made_text(workload, trial, earlier, draw(workload, &workload->input, INPUT_LENGTHS, earlier),
		              &text);
		text_add_char(&text, '\0');
		text_add_bytes(&ask->earlier, text.data, text.size);
		text_clear(&text);
		add_made_answer(workload, trial, earlier, &text);
		text_add_char(&text, '\0');
		text_add_bytes(&ask->earlier, text.data, text.size);
		text_release(&text);
	}
	at = ask->earlier.data;
	for (size_t i = 0; i < count; i++) {
		turns[i] = (struct turn){i % 2 == 0 ? TURN_USER : TURN_ASSISTANT, at};
		while (*at++ != '\0')
			;
	}
	ask->input.turns = turns;
	ask->input.turn_count = count;
}

struct making {
	const struct workload *workload;
	uint64_t place;
};

static void make_words(void *context, int64_t words, struct text *into)
{
	const struct making *making = context;

	add_made(making->workload, MADE_MEASURED, making->place, words, into);
}

/* Not within a conversation, whose later turns say again what the earlier ones said. */
static void make_exactly(const struct workload *workload, int trial, size_t request, int64_t tokens, struct text *into)
{
	struct making making = {workload, place_of(workload, trial, request)};
	const struct exact exact = {workload->exact, token_fit_slope(&workload->fit), make_words, &making};

	exact_make(&exact, token_fit_words(&workload->fit, tokens), tokens, into);
}

static void make_ask(const struct workload *workload, int trial, size_t request, int64_t tokens, struct ask *ask)
{
	size_t turns = turns_of(workload->cell), turn = request % turns;

	if (workload->exact != NULL && turns == 1)
		make_exactly(workload, trial, request, tokens, &ask->prompt);
	else
		add_made_text(workload, trial, request, tokens, &ask->prompt);
	make_earlier(workload, trial, request, ask);
	/* What the template adds between messages is not known. */
	ask->input_tokens = turn == 0 ? tokens : JSON_UNKNOWN;
	if (turns > 1)
		ask->turn = (int64_t)turn + 1;
	if (turn > 0)
		ask->after = request;
}

/* --- Prompts of files --- */

/* Before the first message of a conversation, or the prompt. */
static void add_nonce(const struct workload *workload, int trial, size_t first_request, struct text *into)
{
	if (nonce_is_used(workload->cell))
		nonce_add(into, workload->salt, trial, first_request);
}

static void copy_sample(const struct workload *workload, int trial, size_t request, const struct dataset_sample *sample,
                        size_t turn, struct ask *ask)
{
	const struct dataset *dataset = workload->dataset;
	size_t asked = dataset_asked(dataset, sample, turn), count = asked - sample->first;
	struct turn *turns = grow_turns(ask, count);

	for (size_t i = 0; i < count; i++)
		turns[i] = dataset->messages[sample->first + i];
	text_clear(&ask->earlier);
	add_nonce(workload, trial, request - turn, count > 0 ? &ask->earlier : &ask->prompt);
	if (count > 0) {
		text_add(&ask->earlier, turns[0].text);
		turns[0].text = text_string(&ask->earlier);
	}
	text_add(&ask->prompt, dataset->messages[asked].text);
	ask->input.turns = turns;
	ask->input.turn_count = count;
	if (sample->requests > 1)
		ask->turn = (int64_t)turn + 1;
	if (turn > 0)
		ask->after = request;
}

static void take_sample(const struct workload *workload, int trial, size_t request, const struct dataset_sample *sample,
                        size_t turn, struct ask *ask)
{
	double speed = workload->cell->trace_speed == CELL_UNSET_REAL ? 1 : workload->cell->trace_speed;

	if (sample->count > 0)
		copy_sample(workload, trial, request, sample, turn, ask);
	else
		make_ask(workload, trial, request, sample->input_tokens, ask);
	if (sample->due_ns != TIME_UNKNOWN)
		ask->due_ns = (int64_t)((double)sample->due_ns / speed);
}

/* --- Requests --- */

static void begin(struct ask *ask)
{
	text_clear(&ask->prompt);
	ask->input = (struct input){0};
	ask->due_ns = TIME_UNKNOWN;
	ask->after = 0;
	ask->turn = ask->input_tokens = JSON_UNKNOWN;
}

static void finish(const struct workload *workload, int64_t tokens, struct ask *ask)
{
	ask->input.prompt = text_string(&ask->prompt);
	ask->input.output_tokens = tokens;
	ask->output_tokens = tokens == CELL_UNSET ? JSON_UNKNOWN : tokens;
	if (ask->after > 0 && workload->cell->think_time_ns != CELL_UNSET)
		ask->due_ns = workload->cell->think_time_ns;
}

void workload_ask(const struct workload *workload, int trial, size_t request, struct ask *ask)
{
	const struct dataset_sample *sample = NULL;
	size_t turn = 0;

	begin(ask);
	if (workload->dataset != NULL) {
		sample = dataset_find(workload->dataset, request, &turn);
		take_sample(workload, trial, request, sample, turn, ask);
	} else if (workload->cell->input_tokens != CELL_UNSET) {
		make_ask(workload, trial, request, draw(workload, &workload->input, INPUT_LENGTHS, request), ask);
	} else {
		add_nonce(workload, trial, request, &ask->prompt);
		text_add(&ask->prompt, workload_prompt(workload, 0));
	}
	finish(workload, output_tokens(workload, sample, request), ask);
}

void workload_warm(const struct workload *workload, size_t request, struct ask *ask)
{
	int64_t tokens = workload->cell->output_tokens;

	begin(ask);
	if (workload_makes_prompts(workload)) {
		int64_t length = workload->cell->input_tokens != CELL_UNSET
		                     ? workload->cell->input_tokens
		                     : workload->dataset->samples[0].input_tokens;

		add_made(workload, MADE_WARM, request, token_fit_words(&workload->fit, length), &ask->prompt);
	} else {
		add_nonce(workload, 0, request, &ask->prompt);
		text_add(&ask->prompt, warm_up_prompt);
	}
	finish(workload, tokens, ask);
}

size_t workload_prompt_count(const struct workload *workload)
{
	if (workload_makes_prompts(workload))
		return 0;
	return workload->dataset != NULL ? workload->dataset->requests : 1;
}

const char *workload_prompt(const struct workload *workload, size_t index)
{
	const struct dataset *dataset = workload->dataset;
	const struct dataset_sample *sample;
	size_t turn;

	if (dataset == NULL)
		return workload->cell->prompt != NULL ? workload->cell->prompt : "";
	sample = dataset_find(dataset, index, &turn);
	return dataset->messages[dataset_asked(dataset, sample, turn)].text;
}

/* --- Fitting --- */

/* The shortest and the longest made prompt of a trial. */
static void find_range(const struct workload *workload, int64_t *shortest, int64_t *longest)
{
	*shortest = INT64_MAX;
	*longest = 0;
	for (size_t i = 0; i < (size_t)workload->cell->requests; i++) {
		int64_t tokens;
		size_t turn;

		if (workload->dataset != NULL)
			tokens = dataset_find(workload->dataset, i, &turn)->input_tokens;
		else
			tokens = draw(workload, &workload->input, INPUT_LENGTHS, i);
		if (tokens == JSON_UNKNOWN)
			continue;
		*shortest = tokens < *shortest ? tokens : *shortest;
		*longest = tokens > *longest ? tokens : *longest;
	}
}

/* Places with one word that tells them, as most requests have. */
enum { PROBES = 512 };

struct probing {
	const struct workload *workload;
	const struct token_counter *counter;
};

/* A text such as the requests have, whose first word tells how long it is. */
static bool count_words(void *context, int64_t words, int64_t *tokens)
{
	const struct probing *probing = context;
	const struct made_order order = {probing->workload->salt, MADE_PROBE, (uint64_t)words % PROBES};
	struct text prompt = {0};
	bool good;

	made_add_unique(&prompt, &order, 0, words);
	good = probing->counter->count_tokens(probing->counter->context, text_string(&prompt), tokens);
	text_release(&prompt);
	return good;
}

bool workload_fit(struct workload *workload, const struct token_counter *counter)
{
	struct probing probing = {workload, counter};
	int64_t shortest, longest;

	find_range(workload, &shortest, &longest);
	if (longest == 0)
		return true;
	return token_fit_search(&workload->fit, longest, count_words, &probing) &&
	       token_fit_search(&workload->fit, shortest, count_words, &probing);
}
