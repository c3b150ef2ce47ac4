/*
 * The simulated machines and how long they take for one batch. Pure; links alone.
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/model.h"

enum gpu_library { GPU_NONE, GPU_METAL, GPU_CUDA };

struct device {
	const char *name;
	const char *what; /* for --list */
	enum gpu_library library;
	const char *gpu_name;

	int64_t memory_bytes;      /* that the memory file gives as total: unified or GPU memory, else RAM */
	int64_t ram_bytes;         /* for layers that the GPU cannot hold */
	int64_t working_set_bytes; /* what the GPU may hold: Metal's recommendedMaxWorkingSetSize, else free VRAM */
	int64_t buffer_bytes;      /* largest single GPU buffer; 0: no limit of its own */

	/*
	 * Fitted to the three rows of seed 000 where only a part of the layers
	 * was on the GPU (llama3.2 at 32 and 64, mistral at 32); 1 and 0 mean
	 * "not fitted". How many layers go to the GPU comes out right when the
	 * KV cache counts kv_margin times; what is then resident comes out right
	 * within 0.05 GiB when partial_relief_bytes are taken off.
	 */
	double kv_margin;
	int64_t partial_relief_bytes;

	/*
	 * Largest parallel at which the runner comes up; 0: no limit. Seed 000
	 * has no figures for 128 ("Could not run 128 runners."), Ollama's source
	 * has no ceiling there, so it is a limit of that machine: it stalled.
	 */
	int slot_limit;

	/* Effective rates, well below the data sheet's peaks. */
	double gpu_bytes_per_s, gpu_flops;
	double cpu_bytes_per_s, cpu_flops;
	double load_bytes_per_s;
	double load_s, step_s; /* fixed cost of a load, of a batch */

	/*
	 * Below gemm_columns the weights are multiplied column by column and a
	 * further column costs gemv_column of the first; from there on in tiles
	 * of gemm_tile columns. On Metal this is why 8 slots are hardly faster
	 * than 1, and 16 much faster.
	 */
	int gemm_columns, gemm_tile;
	double gemv_column;

	/* Not 0: no model of time; each stream has its own phase and this pace, memory has no limits. */
	double first_token_s, token_s;
};

extern const struct device devices[];
extern const size_t device_count;

const struct device *device_find(const char *name); /* NULL when there is none */

/* What one batch has to do. */
struct batch {
	int tokens;       /* prompt tokens and one for each sequence that generates */
	int64_t kv_bytes; /* that its sequences read */
};

/* Where the loaded model lies. */
struct placement {
	double gpu_share;   /* of the layers, 0…1 */
	double memory_need; /* all memory that the model wants over the machine's RAM; above 1 it pages */
};

double device_step_s(const struct device *device, const struct model *model, const struct placement *placement,
                     const struct batch *batch);
/* One image, by an encoder as large as CLIP's ViT-L/14: 4 patches become one token. */
double device_encode_s(const struct device *device, int image_tokens);
double device_load_s(const struct device *device, const struct model *model);

#endif
