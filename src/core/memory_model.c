#include "core/memory_model.h"

#include <math.h>
#include <string.h>

#define MIB ((int64_t)1 << 20)
#define GIB ((int64_t)1 << 30)

#define EXACT_MAX 9007199254740992.0 /* 2^53: whole numbers are exact in a double up to here */

#define METAL_REST   (301 * MIB)
#define METAL_MARGIN (512 * MIB)
#define VRAM_MARGIN  (457 * MIB)
#define FIT_MARGIN   GIB

enum { F32_BYTES = 4, KV_BLOCK = 32, CONTEXT_STEP = 256 };

/* Bytes of KV_BLOCK numbers of the cache. */
static const int kv_block_bytes[] = {[CELL_KV_F16] = 64, [CELL_KV_Q8_0] = 34, [CELL_KV_Q4_0] = 18};

/*
 * Architectures whose layers all keep keys and values of all tokens, but for
 * those with a window: there only one of so many layers does. What is not here
 * (recurrent layers, latent attention, caches that layers share) is kept in
 * other ways.
 */
static const struct family {
	const char *name;
	int full_every; /* one of so many layers looks back without a limit */
	bool exact;
} families[] = {
    {"llama", 1, true},      {"qwen2", 1, true},     {"qwen3", 1, false},      {"qwen2moe", 1, false},
    {"qwen3moe", 1, false},  {"mistral3", 1, false}, {"gemma", 1, false},      {"gemma2", 2, false},
    {"gemma3", 6, false},    {"gptoss", 2, false},   {"gpt-oss", 2, false},    {"cohere2", 4, false},
    {"command-r", 1, false}, {"phi2", 1, false},     {"phi3", 1, false},       {"starcoder2", 1, false},
    {"stablelm", 1, false},  {"granite", 1, false},  {"granitemoe", 1, false}, {"olmo2", 1, false},
    {"falcon", 1, false},    {"gpt2", 1, false},     {"internlm2", 1, false},  {"smollm3", 1, false},
    {"glm4", 1, false},      {"qwen2vl", 1, false},  {"qwen25vl", 1, false},   {"qwen3vl", 1, false},
};

struct memory_machine memory_machine_of(enum memory_gpu gpu, int64_t memory_bytes, int64_t gpu_bytes)
{
	struct memory_machine machine = {
	    .gpu = gpu, .memory_bytes = memory_bytes, .gpu_bytes = 0, .buffer_bytes = JSON_UNKNOWN};

	switch (gpu) {
	case MEMORY_CPU:
		break;
	case MEMORY_METAL:
		machine.rest_bytes = METAL_REST;
		machine.gpu_bytes = gpu_bytes;
		if (memory_bytes != JSON_UNKNOWN) {
			machine.buffer_bytes = memory_bytes / 2;
			if (gpu_bytes == JSON_UNKNOWN)
				machine.gpu_bytes =
				    memory_bytes < 36 * GIB ? memory_bytes / 3 * 2 : memory_bytes / 4 * 3;
		}
		break;
	case MEMORY_VRAM:
		machine.gpu_bytes = gpu_bytes;
		break;
	}
	return machine;
}

static const struct family *family_of(const struct model_shape *shape)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strcmp(families[i].name, shape->architecture) == 0)
			return &families[i];
	return NULL;
}

/* What a prediction needs; false: `why` says what is missing. */
static bool is_complete(const struct model_shape *shape, struct text *why)
{
	const struct {
		int64_t value;
		const char *what;
	} needed[] = {
	    {shape->layers, "number of layers"},
	    {shape->embedding, "length of the embedding"},
	    {shape->heads, "number of heads"},
	    {shape->kv_heads, "number of heads of the KV cache"},
	    {shape->key_length, "length of the heads"},
	    {shape->value_length, "length of the heads"},
	    {shape->vocabulary, "size of the vocabulary"},
	};

	if (shape->architecture[0] == '\0') {
		text_add(why, "nothing is known of the model");
		return false;
	}
	if (family_of(shape) == NULL) {
		text_add(why, "how the architecture ");
		text_add_masked(why, shape->architecture, strlen(shape->architecture));
		text_add(why, " keeps its context is not known");
		return false;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (needed[i].value == JSON_UNKNOWN) {
			text_addf(why, "the %s is not known", needed[i].what);
			return false;
		}
	if (shape->weights_bytes == JSON_UNKNOWN && shape->file_bytes == JSON_UNKNOWN) {
		text_add(why, "the size of the weights is not known");
		return false;
	}
	return true;
}

/* Tokens that a layer with a window keeps of each slot. */
static double window_of(const struct model_shape *shape, const struct memory_setup *setup)
{
	int64_t kept = shape->sliding_window + setup->batch;

	kept = (kept + CONTEXT_STEP - 1) / CONTEXT_STEP * CONTEXT_STEP;
	return (double)(kept < setup->context_size ? kept : setup->context_size);
}

static double kv_of(const struct model_shape *shape, const struct memory_setup *setup)
{
	int every = shape->sliding_window != JSON_UNKNOWN ? family_of(shape)->full_every : 1;
	double layers = (double)shape->layers, full = floor(layers / every), tokens = (double)setup->context_size;
	double of_token = (double)shape->kv_heads / layers * (double)(shape->key_length + shape->value_length) *
	                  kv_block_bytes[setup->kv_cache_type] / KV_BLOCK;

	if (every > 1)
		tokens = (full * tokens + (layers - full) * window_of(shape, setup)) / layers;
	return tokens * (double)setup->parallel * layers * of_token;
}

static double compute_of(const struct model_shape *shape, const struct memory_setup *setup)
{
	double row = F32_BYTES * (double)setup->batch, tokens = (double)setup->context_size * (double)setup->parallel;
	double heads = setup->flash_attention ? 0 : (double)shape->heads;
	double attention = row * (2 + 4 * (double)shape->embedding + tokens * (1 + heads));

	return fmax(attention, row * (double)(shape->embedding + shape->vocabulary));
}

/* Where the tensors of the file are not known it stands for them, and the output layer is not told apart. */
struct weights {
	double all, blocks, output; /* output: what the layer after the last block needs of the GPU */
	double on_gpu;              /* with all layers there */
	double twice;               /* what then lies in both memories */
};

static struct weights weights_of(const struct model_shape *shape, const struct memory_machine *machine)
{
	struct weights weights = {.all = (double)shape->file_bytes};
	double embedding;

	weights.blocks = weights.on_gpu = weights.all;
	if (shape->weights_bytes == JSON_UNKNOWN)
		return weights;
	embedding = (double)shape->embedding_bytes;
	weights.all = (double)shape->weights_bytes;
	weights.blocks = (double)shape->block_bytes;
	weights.on_gpu = weights.all;
	if (!shape->tied && !(machine->gpu == MEMORY_METAL && shape->embedding_within))
		weights.on_gpu -= embedding;
	weights.output = weights.all - weights.blocks - (shape->tied ? 0 : embedding);
	if (shape->tied && machine->gpu == MEMORY_VRAM)
		weights.twice = embedding;
	return weights;
}

struct need {
	struct weights weights;
	double kv, compute;
};

static double margin_of(const struct memory_setup *setup, const struct memory_machine *machine, double layer)
{
	double margin = FIT_MARGIN;

	switch (setup->rule) {
	case MEMORY_OLLAMA:
		margin = layer + (double)(machine->gpu == MEMORY_METAL ? METAL_MARGIN : VRAM_MARGIN);
		break;
	case MEMORY_FIT:
		break;
	}
	return margin;
}

/* The last layers come first, the output after them. */
static int64_t layers_on_gpu(const struct need *need, const struct model_shape *shape, const struct memory_setup *setup,
                             const struct memory_machine *machine)
{
	double layer = (need->weights.blocks + need->kv) / (double)shape->layers;
	double left = (double)machine->gpu_bytes - need->compute - margin_of(setup, machine, layer);
	int64_t fit = left > 0 ? (int64_t)fmin(left / layer, (double)shape->layers) : 0;

	if (machine->gpu == MEMORY_CPU || setup->gpu_layers == 0)
		return 0;
	if (setup->gpu_layers > 0) /* asked for: done, whether it fits or not */
		return setup->gpu_layers <= shape->layers ? setup->gpu_layers : shape->layers + 1;
	if (machine->gpu_bytes == JSON_UNKNOWN ||
	    (fit == shape->layers && left - layer * (double)fit >= need->weights.output))
		return shape->layers + 1;
	return fit;
}

static double on_gpu(const struct need *need, const struct memory_prediction *prediction)
{
	double share = (double)prediction->layers_on_gpu / (double)(prediction->layers - 1);

	if (prediction->layers_on_gpu == 0)
		return 0;
	if (prediction->layers_on_gpu == prediction->layers)
		return need->weights.on_gpu + need->kv + need->compute;
	return share * (need->weights.blocks + need->kv) + need->compute;
}

static enum memory_verdict verdict_of(const struct memory_prediction *prediction, const struct memory_setup *setup,
                                      const struct memory_machine *machine)
{
	int64_t in_memory = prediction->total_bytes;
	bool asked = setup->gpu_layers > 0; /* for layers on the GPU, that need not fit there */

	if (machine->gpu == MEMORY_VRAM)
		in_memory -= prediction->gpu_bytes;
	if (prediction->layers_on_gpu > 0 && machine->buffer_bytes != JSON_UNKNOWN &&
	    prediction->compute_bytes > machine->buffer_bytes)
		return MEMORY_FAILS;
	if (machine->memory_bytes != JSON_UNKNOWN && in_memory > machine->memory_bytes)
		return MEMORY_EXCEEDS;
	if (asked && machine->gpu_bytes != JSON_UNKNOWN && prediction->gpu_bytes > machine->gpu_bytes)
		return MEMORY_EXCEEDS;
	if (machine->gpu != MEMORY_CPU && setup->gpu_layers < 0 && prediction->layers_on_gpu < prediction->layers)
		return MEMORY_SPILLS;
	return MEMORY_FITS;
}

void memory_prediction_reset(struct memory_prediction *prediction)
{
	*prediction = (struct memory_prediction){
	    .verdict = MEMORY_UNKNOWN,
	    .weights_bytes = JSON_UNKNOWN,
	    .kv_bytes = JSON_UNKNOWN,
	    .compute_bytes = JSON_UNKNOWN,
	    .rest_bytes = JSON_UNKNOWN,
	    .total_bytes = JSON_UNKNOWN,
	    .gpu_bytes = JSON_UNKNOWN,
	    .layers = JSON_UNKNOWN,
	    .layers_on_gpu = JSON_UNKNOWN,
	};
}

/* Places the layers and adds up. */
static void place(const struct need *need, const struct model_shape *shape, const struct memory_setup *setup,
                  const struct memory_machine *machine, struct memory_prediction *prediction)
{
	double gpu;

	prediction->layers = shape->layers + 1;
	prediction->layers_on_gpu = layers_on_gpu(need, shape, setup, machine);
	gpu = on_gpu(need, prediction);
	prediction->weights_bytes = (int64_t)need->weights.all;
	if (prediction->layers_on_gpu == prediction->layers)
		prediction->weights_bytes += (int64_t)need->weights.twice;
	prediction->kv_bytes = (int64_t)need->kv;
	prediction->compute_bytes = (int64_t)need->compute;
	prediction->rest_bytes = prediction->layers_on_gpu > 0 ? machine->rest_bytes : 0;
	prediction->gpu_bytes = (int64_t)gpu + prediction->rest_bytes;
	prediction->total_bytes =
	    prediction->weights_bytes + prediction->kv_bytes + prediction->compute_bytes + prediction->rest_bytes;
	prediction->exact = family_of(shape)->exact && !setup->flash_attention && shape->weights_bytes != JSON_UNKNOWN;
	prediction->verdict = verdict_of(prediction, setup, machine);
}

struct memory_prediction memory_predict(const struct model_shape *shape, const struct memory_setup *setup,
                                        const struct memory_machine *machine, struct text *why)
{
	struct memory_prediction prediction;
	struct text ignored = {0};
	struct need need;

	memory_prediction_reset(&prediction);
	if (is_complete(shape, why != NULL ? why : &ignored)) {
		need = (struct need){weights_of(shape, machine), kv_of(shape, setup), compute_of(shape, setup)};
		if (need.weights.all + need.kv + need.compute < EXACT_MAX)
			place(&need, shape, setup, machine, &prediction);
		else if (why != NULL)
			text_add(why, "it is more than any computer has");
	}
	text_release(&ignored);
	return prediction;
}
