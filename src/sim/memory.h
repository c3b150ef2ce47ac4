/*
 * Ollama's memory model: KV cache, compute graph, and how many layers fit on
 * the GPU. Pure; links alone.
 *
 * n = context size per slot × slots, b = batch, KV in f16:
 *   KV    = n · layers · heads_kv · 2 · head_dim · 2 bytes (q8_0: 34/32, q4_0: 18/32)
 *   graph = max(4b(2 + 4·embedding + n(1 + heads)), 4b(embedding + vocabulary))    llama
 *   graph = max(4b(2 + 2·embedding + n(1 + heads)), 4b(embedding + vocabulary))    qwen2
 * as in the estimator of Ollama 0.4 … 0.12 (fs/ggml, GraphSize), which gives
 * the size in seed 000's failure to the byte. With flash attention the scores
 * (n · heads) are never stored.
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "sim/device.h"
#include "sim/model.h"

/* Number formats of the KV cache: X(symbol, name, bytes of 32 numbers); below 16 bits 32 of them share a scale of 16.
 */
#define KV_TYPES(X)            \
	X(KV_F16, "f16", 64)   \
	X(KV_Q8_0, "q8_0", 34) \
	X(KV_Q4_0, "q4_0", 18)

enum kv_type {
#define X(symbol, name, bytes) symbol,
	KV_TYPES(X)
#undef X
};

struct memory_request {
	int context_size; /* per slot */
	int parallel;     /* slots */
	int batch;        /* Ollama's num_batch: 512 */
	int gpu_layers;   /* Ollama's num_gpu: -1 as many as fit, 0 CPU only */
	bool flash_attention;
	enum kv_type kv_type;
};

struct memory_plan {
	int64_t kv_bytes, graph_bytes;
	int64_t total_bytes;    /* all that the loaded model wants, wherever it lies */
	int64_t resident_bytes; /* what the memory column shows: the GPU's part when there is one, else everything */
	int64_t gpu_bytes;      /* of total_bytes; /api/ps calls it size_vram */
	int layers_on_gpu;      /* 0 … layers + 1; the output matrix is the last */
	bool whole_on_gpu;
};

const char *kv_type_name(enum kv_type type);

int64_t memory_kv_bytes(const struct model *model, const struct memory_request *request);
int64_t memory_graph_bytes(const struct model *model, const struct memory_request *request);
struct memory_plan memory_plan_of(const struct device *device, const struct model *model,
                                  const struct memory_request *request);

/*
 * Does loading by this plan fail? Then `error` gets the text of the API's
 * error as the eras A and B give it (may contain a new line).
 */
bool memory_plan_fails(const struct device *device, const struct memory_plan *plan, struct text *error);

#endif
