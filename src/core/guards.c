/*
 * Guards: what makes a cell's figures mean something else than they seem to,
 * found in its records, prompts and log.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/checks.h"

/* How many successful requests are so. */
static size_t count_if(const struct evidence *evidence,
                       bool (*is_so)(const struct evidence *evidence, const struct record *record))
{
	size_t count = 0;

	for (size_t i = 0; i < evidence->count; i++)
		count += evidence->records[i].outcome == OUTCOME_OK && is_so(evidence, &evidence->records[i]);
	return count;
}

/* "3 of 16" */
static void add_share(const struct evidence *evidence, size_t count, struct text *into)
{
	text_addf(into, "%zu of %zu ", count, evidence->count);
}

static int64_t context_of(const struct evidence *evidence)
{
	if (evidence->asked_loaded && evidence->model->loaded_context_size != JSON_UNKNOWN)
		return evidence->model->loaded_context_size;
	return evidence->cell->context_size;
}

/* --- The prompt and the context --- */

static size_t words_of(const char *text)
{
	size_t words = 0;

	while (*text != '\0') {
		size_t length;

		text += strspn(text, " \t\r\n");
		length = strcspn(text, " \t\r\n");
		words += length > 0;
		text += length;
	}
	return words;
}

static size_t prompt_of(const struct evidence *evidence, const struct record *record)
{
	return record->request % evidence->prompt_count;
}

/*
 * The largest count of each prompt: some versions leave out what they had
 * cached, so only the largest can be that of the whole. JSON_UNKNOWN: none.
 */
static int64_t *largest_counts(const struct evidence *evidence)
{
	int64_t *largest = memory_new(evidence->prompt_count, sizeof(*largest));

	for (size_t p = 0; p < evidence->prompt_count; p++)
		largest[p] = JSON_UNKNOWN;
	for (size_t i = 0; i < evidence->count; i++) {
		const struct record *record = &evidence->records[i];

		if (record->outcome == OUTCOME_OK && record->prompt_tokens > largest[prompt_of(evidence, record)])
			largest[prompt_of(evidence, record)] = record->prompt_tokens;
	}
	return largest;
}

static bool fills_context(const struct evidence *evidence, const struct record *record)
{
	return record->prompt_tokens != JSON_UNKNOWN && record->prompt_tokens >= context_of(evidence);
}

/* Requests whose prompt, by its largest count, has fewer tokens than its words need. */
static size_t count_below_words(const struct evidence *evidence)
{
	int64_t *largest = largest_counts(evidence);
	size_t below = 0;

	for (size_t p = 0; p < evidence->prompt_count; p++) {
		size_t least = words_of(evidence->prompts[p]) / CHECK_WORDS_PER_TOKEN;

		if (largest[p] == JSON_UNKNOWN || largest[p] >= (int64_t)least)
			continue;
		for (size_t i = 0; i < evidence->count; i++)
			below += evidence->records[i].outcome == OUTCOME_OK &&
			         prompt_of(evidence, &evidence->records[i]) == p;
	}
	free(largest);
	return below;
}

bool check_prompt_cut(const struct evidence *evidence, struct text *into)
{
	size_t logged = evidence->measured.cut_prompts > 0 ? (size_t)evidence->measured.cut_prompts : 0;
	size_t full = count_if(evidence, fills_context);
	size_t below = evidence->prompt_count > 0 ? count_below_words(evidence) : 0;
	size_t cut = logged > full ? logged : full;

	cut = below > cut ? below : cut;
	if (cut == 0)
		return false;
	add_share(evidence, cut, into);
	text_add(into, "prompts were cut to fit the context");
	return true;
}

/* One whose prompt alone fills the context is another flag's. */
static bool shifts_context(const struct evidence *evidence, const struct record *record)
{
	return record->prompt_tokens != JSON_UNKNOWN && record->output_tokens != JSON_UNKNOWN &&
	       !fills_context(evidence, record) && record->prompt_tokens + record->output_tokens > context_of(evidence);
}

bool check_context_shift(const struct evidence *evidence, struct text *into)
{
	size_t count = count_if(evidence, shifts_context);

	if (count == 0)
		return false;
	add_share(evidence, count, into);
	text_addf(into, "answers ran past the context of %lld", (long long)context_of(evidence));
	return true;
}

/* --- The server --- */

static bool waited_for_load(const struct evidence *evidence, const struct record *record)
{
	double load_ms = (double)record->server_load_ns / (double)NS_PER_MS;

	if (record->server_load_ns == TIME_UNKNOWN || load_ms <= CHECK_RELOAD_LEAST_MS)
		return false;
	return load_ms > CHECK_RELOAD_MS || (!isnan(evidence->load_s) && load_ms > evidence->load_s * 1000 / 2);
}

/* Load times have the wait for the scheduler in them, so a log that counts the loads decides. */
bool check_reload(const struct evidence *evidence, struct text *into)
{
	size_t waited = count_if(evidence, waited_for_load);

	if (evidence->measured.loads == 0 || (evidence->measured.loads == JSON_UNKNOWN && waited == 0))
		return false;
	text_add(into, "the model was loaded again while measuring: ");
	if (evidence->measured.loads != JSON_UNKNOWN) {
		text_addf(into, "%lld times", (long long)evidence->measured.loads);
	} else {
		add_share(evidence, waited, into);
		text_add(into, "requests waited for it");
	}
	return true;
}

bool check_truncated(const struct evidence *evidence, struct text *into)
{
	size_t truncated = 0;

	for (size_t i = 0; i < evidence->count; i++)
		truncated += evidence->records[i].outcome == OUTCOME_TRUNCATED;
	if (truncated == 0)
		return false;
	add_share(evidence, truncated, into);
	text_add(into, "streams ended without their final line");
	return true;
}

static int64_t asked_output(const struct evidence *evidence, const struct record *record)
{
	return record->asked_output_tokens > 0 ? record->asked_output_tokens : evidence->cell->output_tokens;
}

static bool is_short(const struct evidence *evidence, const struct record *record)
{
	return record->output_tokens != JSON_UNKNOWN && record->output_tokens < asked_output(evidence, record) &&
	       (record->done_reason == NULL || text_equal(record->done_reason, "stop"));
}

bool check_short_output(const struct evidence *evidence, struct text *into)
{
	enum cell_task task = cell_task(evidence->cell);
	size_t count = count_if(evidence, is_short);

	if (count == 0 || task == CELL_TASK_TRANSCRIBE || task == CELL_TASK_EMBED)
		return false;
	add_share(evidence, count, into);
	if (evidence->cell->output_lengths != NULL)
		text_add(into, "answers stopped before their output_tokens");
	else
		text_addf(into, "answers stopped before %lld tokens", (long long)evidence->cell->output_tokens);
	return true;
}

/* --- The prompt cache --- */

/* A trial begins with the first prompt again. */
static bool repeats_prompts(const struct evidence *evidence)
{
	bool trials = evidence->count > 0 && evidence->records[evidence->count - 1].trial > 1;

	return !evidence->unique_prompts && evidence->prompt_count > 0 &&
	       (trials || evidence->count > evidence->prompt_count);
}

bool check_fixed_prompt(const struct evidence *evidence, struct text *into)
{
	if (!repeats_prompts(evidence))
		return false;
	text_add(into, "fixed prompt: prefill may be from the cache");
	return true;
}

static double prefill_rate(const struct record *record)
{
	if (record->outcome != OUTCOME_OK || record->prompt_tokens == JSON_UNKNOWN ||
	    record->server_prefill_ns == TIME_UNKNOWN || record->server_prefill_ns <= 0)
		return NAN;
	return (double)record->prompt_tokens * (double)NS_PER_S / (double)record->server_prefill_ns;
}

/* The requests of a prompt that cannot have been cached: its first ones. */
struct cold {
	size_t seen;
	double best_rate;
};

static size_t most_cold(const struct evidence *evidence)
{
	size_t slots = (size_t)evidence->cell->parallel, in_flight = cell_in_flight(evidence->cell);

	if (evidence->loaded.parallel != JSON_UNKNOWN)
		slots = (size_t)evidence->loaded.parallel;
	return in_flight > 0 && in_flight < slots ? in_flight : slots;
}

static bool is_cached(const struct record *record, const struct cold *cold, int64_t largest)
{
	if (largest < CHECK_CACHE_TOKENS)
		return false;
	if (record->prompt_tokens != JSON_UNKNOWN && record->prompt_tokens < largest / 2)
		return true;
	return prefill_rate(record) > CHECK_CACHE_FACTOR * (double)cold->seen * cold->best_rate;
}

bool check_prompt_cache(const struct evidence *evidence, struct text *into)
{
	struct cold *colds;
	int64_t *largest;
	size_t cached = 0;

	if (!repeats_prompts(evidence))
		return false;
	colds = memory_new(evidence->prompt_count, sizeof(*colds));
	largest = largest_counts(evidence);
	for (size_t i = 0; i < evidence->count; i++) {
		const struct record *record = &evidence->records[i];
		struct cold *cold = &colds[prompt_of(evidence, record)];
		double rate = prefill_rate(record);

		if (isnan(rate))
			continue;
		if (cold->seen < most_cold(evidence)) {
			cold->seen++;
			cold->best_rate = rate > cold->best_rate ? rate : cold->best_rate;
		} else {
			cached += is_cached(record, cold, largest[prompt_of(evidence, record)]);
		}
	}
	free(colds);
	free(largest);
	if (cached == 0)
		return false;
	add_share(evidence, cached, into);
	text_add(into, "prompts were prefilled from the cache");
	return true;
}
