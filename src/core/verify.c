/*
 * Asked is not got: what the cell asks for, against what the server says that
 * it loaded and what was observed. What is not known proves nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/checks.h"
#include "core/overlap.h"

bool check_not_loaded(const struct evidence *evidence, struct text *into)
{
	if (!evidence->asked_loaded || evidence->model->loaded_bytes != JSON_UNKNOWN ||
	    evidence->model->loaded_context_size != JSON_UNKNOWN)
		return false;
	text_add(into, "the server does not list the model as loaded");
	return true;
}

/* The server's list is exact; its log may have rounded up. */
static int64_t got_context(const struct evidence *evidence)
{
	int64_t asked = evidence->cell->context_size, logged = evidence->loaded.context_size;

	if (evidence->asked_loaded && evidence->model->loaded_context_size != JSON_UNKNOWN)
		return evidence->model->loaded_context_size;
	if (logged > asked && logged < asked + PROOF_CONTEXT_STEP)
		return asked;
	return logged;
}

bool check_context(const struct evidence *evidence, struct text *into)
{
	int64_t got = got_context(evidence);

	if (got == JSON_UNKNOWN || got == evidence->cell->context_size)
		return false;
	text_addf(into, "asked context %lld, got %lld", (long long)evidence->cell->context_size, (long long)got);
	if (got == evidence->model->context_length)
		text_add(into, " (the model was trained for that)");
	return true;
}

bool check_parallel(const struct evidence *evidence, struct text *into)
{
	int64_t got = evidence->loaded.parallel;

	if (got == JSON_UNKNOWN || got == evidence->cell->parallel)
		return false;
	text_addf(into, "asked parallel %lld, got %lld", (long long)evidence->cell->parallel, (long long)got);
	if (evidence->loaded.single_family[0] != '\0')
		text_addf(into, " (the architecture %s is forced to 1)", evidence->loaded.single_family);
	return true;
}

/* --- Requests at once --- */

static int compare_integers(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* The lower median; TIME_UNKNOWN of none. Sorts them. */
static int64_t median_ns(int64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_integers);
	return count > 0 ? values[(count - 1) / 2] : TIME_UNKNOWN;
}

static int64_t decode_ns(const struct record *record)
{
	if (record->event_count < 2)
		return TIME_UNKNOWN;
	return record->event_ns[record->event_count - 1] - record->event_ns[0];
}

static int64_t prefill_ns(const struct record *record)
{
	return record->server_prefill_ns;
}

/* The median over all successful requests; TIME_UNKNOWN when it is not known of one, or there is none. */
static int64_t median_of(const struct evidence *evidence, int64_t (*duration)(const struct record *record))
{
	int64_t *values = memory_new(evidence->count, sizeof(*values)), median;
	size_t known = 0, ok = 0;

	for (size_t i = 0; i < evidence->count; i++) {
		int64_t value = duration(&evidence->records[i]);

		if (evidence->records[i].outcome != OUTCOME_OK)
			continue;
		ok++;
		if (value != TIME_UNKNOWN)
			values[known++] = value;
	}
	median = known == ok ? median_ns(values, known) : TIME_UNKNOWN;
	free(values);
	return median;
}

static int64_t told_decode_ns(const struct record *record)
{
	return record->server_decode_ns > 0 ? record->server_decode_ns : TIME_UNKNOWN;
}

/* Decoding that is long enough for its overlap to mean anything: as it was seen, and as the server tells where it does.
 */
static bool is_long_enough(const struct evidence *evidence)
{
	int64_t seen = median_of(evidence, decode_ns), told = median_of(evidence, told_decode_ns);
	int64_t least = CHECK_DECODE_MS * NS_PER_MS;

	return seen != TIME_UNKNOWN && seen >= least && (told == TIME_UNKNOWN || told >= least);
}

/* As the log has it; a difference to what was asked is another flag's. */
static size_t slots_of(const struct evidence *evidence)
{
	return (size_t)(evidence->loaded.parallel != JSON_UNKNOWN ? evidence->loaded.parallel
	                                                          : evidence->cell->parallel);
}

bool check_more_at_once(const struct evidence *evidence, struct text *into)
{
	struct overlap decoding = overlap_decoding_surely(evidence->records, evidence->count);

	if (!is_long_enough(evidence) || decoding.sustained <= slots_of(evidence))
		return false;
	text_addf(into, "parallel %zu, but %zu requests were answered at once", slots_of(evidence), decoding.sustained);
	return true;
}

bool check_fewer_at_once(const struct evidence *evidence, struct text *into)
{
	size_t in_flight = overlap_in_flight(evidence->records, evidence->count).sustained;
	size_t want = slots_of(evidence) < in_flight ? slots_of(evidence) : in_flight;
	struct overlap decoding = overlap_decoding(evidence->records, evidence->count);
	int64_t decode = median_of(evidence, decode_ns), prefill = median_of(evidence, prefill_ns);

	if (!is_long_enough(evidence) || prefill == TIME_UNKNOWN || decode / (int64_t)(want + 1) < prefill)
		return false;
	if (decoding.most >= want)
		return false;
	text_addf(into, "parallel %zu and %zu in flight, but no more than %zu was ever answered at once",
	          slots_of(evidence), in_flight, decoding.most);
	return true;
}

/* --- Where it runs --- */

static bool knows_layers(const struct proof *proof)
{
	return proof->layers != JSON_UNKNOWN && proof->layers_on_gpu != JSON_UNKNOWN;
}

bool check_gpu_layers(const struct evidence *evidence, struct text *into)
{
	const struct proof *proof = &evidence->loaded;
	int64_t asked = evidence->cell->num_gpu;

	if (asked == CELL_UNSET || asked < 0 || !knows_layers(proof))
		return false;
	asked = asked < proof->layers ? asked : proof->layers;
	if (proof->layers_on_gpu == asked)
		return false;
	text_addf(into, "asked num_gpu %lld, got %lld of %lld layers", (long long)evidence->cell->num_gpu,
	          (long long)proof->layers_on_gpu, (long long)proof->layers);
	return true;
}

/* How many layers go to the GPU was left to the server. Without any GPU there is nothing to tell. */
bool check_offload(const struct evidence *evidence, struct text *into)
{
	const struct proof *proof = &evidence->loaded;
	const struct model_facts *model = evidence->model;
	int64_t asked = evidence->cell->num_gpu;

	if (asked != CELL_UNSET && asked >= 0)
		return false;
	if (knows_layers(proof)) {
		if (proof->layers_on_gpu >= proof->layers || (proof->layers_on_gpu == 0 && proof->has_gpu != CELL_ON))
			return false;
		text_addf(into, "%lld of %lld layers on the GPU", (long long)proof->layers_on_gpu,
		          (long long)proof->layers);
		return true;
	}
	if (!evidence->asked_loaded || model->loaded_bytes == JSON_UNKNOWN || model->loaded_bytes <= 0 ||
	    model->loaded_vram_bytes == JSON_UNKNOWN || model->loaded_vram_bytes <= 0 ||
	    model->loaded_vram_bytes >= model->loaded_bytes)
		return false;
	text_addf(into, "%.0f %% of the model on the GPU",
	          floor(100 * (double)model->loaded_vram_bytes / (double)model->loaded_bytes));
	return true;
}

/* --- How it computes --- */

bool check_flash_attention(const struct evidence *evidence, struct text *into)
{
	int64_t asked = evidence->cell->flash_attention, got = evidence->loaded.flash_attention;

	if (asked == CELL_UNSET || got == JSON_UNKNOWN || asked == got)
		return false;
	text_addf(into, "asked flash attention %s, got %s", asked == CELL_ON ? "on" : "off",
	          got == CELL_ON ? "on" : "off");
	return true;
}

bool check_kv_cache_type(const struct evidence *evidence, struct text *into)
{
	struct text asked = {0};
	bool differs = false;

	cell_field_add_value(cell_field_find("kv_cache_type"), evidence->cell, &asked);
	if (asked.size > 0 && evidence->loaded.kv_cache_type[0] != '\0' &&
	    !text_equal(text_string(&asked), evidence->loaded.kv_cache_type)) {
		text_addf(into, "asked KV cache %s, got %s", text_string(&asked), evidence->loaded.kv_cache_type);
		differs = true;
	}
	text_release(&asked);
	return differs;
}
