/* What the log of llama-server proves; at its usual verbosity it tells slots and context only. */
#include "core/cell.h"
#include "target/log.h"
#include "target/openai.h"

static const char *const parallel_patterns[LOG_PATTERNS] = {
    "n_slots = ([0-9]+)",
    "n_seq_max +=[ ]*([0-9]+)",
};

static const char *const context_patterns[LOG_PATTERNS] = {
    "n_ctx_slot = ([0-9]+)",
    "n_ctx_(per_)?seq +=[ ]*([0-9]+)",
};

static const char *const flash_patterns[LOG_PATTERNS] = {LOG_LLAMA_CPP_FLASH};
static const char *const kv_patterns[LOG_PATTERNS] = {LOG_LLAMA_CPP_KV};

static const char gpu_pattern[] = "using device [A-Za-z0-9_]+ \\(";
static const char no_gpu_pattern[] = "no usable GPU found";

/* From 0.5 and before it. */
static const char load_pattern[] = "load_model: loading model '";
static const char cut_pattern[] = "input truncated, n_ctx = ";

void openai_proof(const char *log, struct proof *proof)
{
	proof_reset(proof);
	if (log_count(gpu_pattern, log) > 0)
		proof->has_gpu = CELL_ON;
	else if (log_count(no_gpu_pattern, log) > 0)
		proof->has_gpu = CELL_OFF;
	proof->parallel = log_number(parallel_patterns, log);
	proof->context_size = log_number(context_patterns, log);
	log_pair(LOG_LLAMA_CPP_LAYERS, log, &proof->layers_on_gpu, &proof->layers);
	proof->flash_attention = log_switch(flash_patterns, log);
	log_name(kv_patterns, log, proof->kv_cache_type);
	proof->loads = log_count(load_pattern, log);
	proof->cut_prompts = log_count(cut_pattern, log);
}
