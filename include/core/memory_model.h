/*
 * How much memory a loaded model will take, and where it will lie: llama.cpp's
 * allocations, as Ollama and llama-server make them. Pure.
 *
 * n = context of one slot × slots, b = batch, f = 1 (f16), 34/64 (q8_0), 18/64 (q4_0):
 *   weights  the tensors of the file
 *   KV       Σ over layers of n · kv_heads · (key_length + value_length) · 2 · f
 *   compute  max(4b(2 + 4·embedding + n(1 + heads)), 4b(embedding + vocabulary))
 * `compute` is what llama.cpp reserves for a whole batch; it is exact to the
 * byte for the architectures llama and qwen2 without flash attention (a failed
 * Metal buffer of 8891928576 bytes is that of Mistral 7B with 64 × 2048 tokens).
 * With flash attention the scores are never stored: n(1 + heads) becomes n, the
 * mask; it, and other architectures, are near.
 *
 * Layers that look back a window only (gemma2, gemma3, gpt-oss, cohere2) keep
 * window + b tokens of each slot. The vocabulary's embedding stays with the
 * CPU; on Metal the whole file is mapped, and what of it lies between the first
 * and the last tensor of the GPU counts.
 */
#ifndef CORE_MEMORY_MODEL_H
#define CORE_MEMORY_MODEL_H

#include "base/text.h"
#include "core/cell.h"
#include "core/model_shape.h"

enum memory_gpu {
	MEMORY_CPU,   /* none */
	MEMORY_METAL, /* shares the computer's memory */
	MEMORY_VRAM,  /* has its own */
};

/* Bytes; see memory_machine_of(). */
struct memory_machine {
	enum memory_gpu gpu;
	int64_t memory_bytes; /* of the computer, or what this process is limited to; JSON_UNKNOWN: not known */
	int64_t gpu_bytes;    /* what the GPU may hold: Metal's recommended working set, VRAM */
	int64_t buffer_bytes; /* the largest single buffer of the GPU; JSON_UNKNOWN: no limit of its own */
	/*
	 * What the GPU's driver counts beside the server's buffers: the desktop, the runtime. On Metal the middle of
	 * what a public table of five models has (280 and 322 MiB), ± 21 MiB; of others nothing is known.
	 */
	int64_t rest_bytes;
};

/*
 * gpu_bytes: of MEMORY_VRAM its memory, of MEMORY_METAL the working set as Metal tells it; JSON_UNKNOWN: it is taken
 * as 2/3 of the memory below 36 GiB and 3/4 from there on (10922.67 MiB of 16 GiB, 21845.34 of 32 GiB, 27 GiB of 36, 48
 * of 64 were read), which newer systems exceed and iogpu.wired_limit_mb changes. Metal's largest buffer is half of the
 * memory (16 GiB of 32: llama-cpp-python, issue 362).
 */
struct memory_machine memory_machine_of(enum memory_gpu gpu, int64_t memory_bytes, int64_t gpu_bytes);

/* Who decides how many layers the GPU gets. */
enum memory_rule {
	MEMORY_OLLAMA, /* before 0.30: keeps 512 MiB (Metal) or 457 MiB, and one layer more, free */
	MEMORY_FIT,    /* llama.cpp itself, and Ollama from 0.30 on: keeps 1 GiB free */
};

struct memory_setup {
	int64_t context_size, parallel, batch;
	int64_t gpu_layers; /* -1: as many as fit */
	bool flash_attention;
	enum cell_kv_cache_type kv_cache_type;
	enum memory_rule rule;
};

enum memory_verdict {
	MEMORY_UNKNOWN, /* cannot be predicted: see memory_predict(); or nothing is known of the GPU */
	MEMORY_FITS,    /* where it should lie: all layers on the GPU, or those that are asked for */
	MEMORY_SPILLS,  /* some layers, or all, are left to the CPU though as many as fit are asked for */
	MEMORY_EXCEEDS, /* more than the computer has, or its GPU for the layers asked: it would swap, or is refused */
	MEMORY_FAILS,   /* a single buffer is larger than the GPU allows: it cannot be loaded */
};

struct memory_prediction {
	enum memory_verdict verdict;
	/* Bytes; JSON_UNKNOWN when they cannot be predicted. */
	int64_t weights_bytes, kv_bytes, compute_bytes;
	int64_t rest_bytes;  /* see memory_machine; 0 where nothing lies on a GPU */
	int64_t total_bytes; /* all of these, wherever they lie */
	int64_t gpu_bytes;   /* of them on the GPU: what its driver will show */
	int64_t layers;      /* the output layer counts as one */
	int64_t layers_on_gpu;
	bool exact; /* the formula of `compute` is exact for it */
};

/*
 * MEMORY_UNKNOWN: `why` (may be NULL) gets the reason: "the architecture mamba
 * is not known", "the number of layers is not known". All knobs must be set.
 */
struct memory_prediction memory_predict(const struct model_shape *shape, const struct memory_setup *setup,
                                        const struct memory_machine *machine, struct text *why);

/*
 * What the cell asks for; flash attention, batch and rule where the matrix says
 * nothing: as the newest version of its kind of server does. kind: "ollama",
 * "llama-server"; version: NULL not known. Adds to `assumed` (may be NULL) what
 * was assumed: "flash attention on, num_batch 512".
 */
struct memory_setup memory_setup_of(const struct cell *cell, const char *kind, const char *version,
                                    struct text *assumed);

/* "fits", "spills", "exceeds", "fails"; NULL when it is unknown. */
const char *memory_verdict_name(enum memory_verdict verdict);

/* {"total_bytes", "weights_bytes", "kv_cache_bytes", "compute_bytes", "rest_bytes", "gpu_bytes", "layers",
 * "layers_on_gpu", "fits", "exact"}; NULL when it is unknown. */
struct json *memory_prediction_json(const struct memory_prediction *prediction);
void memory_prediction_parse(const struct json *json, struct memory_prediction *prediction);
void memory_prediction_reset(struct memory_prediction *prediction);

#endif
