/*
 * What a server's log proves about the model that it loaded: what it got,
 * whatever was asked. Everything is unknown until a line of the log says it.
 */
#ifndef CORE_PROOF_H
#define CORE_PROOF_H

#include <stdint.h>

enum { PROOF_NAME_MAX = 48 };

/* Numbers are JSON_UNKNOWN and names "" where the log does not tell; events are counted from the text's beginning. */
struct proof {
	int64_t has_gpu;                    /* enum cell_switch: the server found a GPU */
	int64_t parallel;                   /* slots of the model that was loaded last */
	int64_t context_size;               /* tokens of each slot; some versions round it up, see PROOF_CONTEXT_STEP */
	int64_t layers, layers_on_gpu;      /* the output layer counts as one */
	int64_t flash_attention;            /* enum cell_switch */
	char kv_cache_type[PROOF_NAME_MAX]; /* "f16", "q8_0" … */
	char single_family[PROOF_NAME_MAX]; /* architecture that the server never runs in parallel */
	int64_t loads;                      /* runners started for a model */
	int64_t cut_prompts;                /* prompts that it says it cut to fit */
};

/* A slot's context may be rounded up to a multiple of this (llama.cpp pads the KV cache). */
enum { PROOF_CONTEXT_STEP = 256 };

/* Nothing is known: of a server whose log cannot be read. */
void proof_reset(struct proof *proof);

#endif
