/* What Ollama's log proves: its own lines, and those of llama.cpp in between. */
#include <stdio.h>

#include "core/cell.h"
#include "target/log.h"
#include "target/ollama.h"

static const char *const parallel_patterns[LOG_PATTERNS] = {
    "n_seq_max +=[ ]*([0-9]+)",              /* llama.cpp's context, all versions */
    "n_slots = ([0-9]+)",                    /* llama-server, from 0.30 */
    " Parallel:([0-9]+) BatchSize:",         /* the load request of 0.11.5 … 0.24 */
    "msg=\"starting .* --parallel ([0-9]+)", /* the runner's command line, until 0.11.4 */
    "msg=\"starting .* -np ([0-9]+)",        /* and from 0.30 */
};

static const char *const context_patterns[LOG_PATTERNS] = {
    "n_ctx_(per_)?seq +=[ ]*([0-9]+)",
    "n_ctx_slot = ([0-9]+)",
};

static const char *const flash_patterns[LOG_PATTERNS] = {
    LOG_LLAMA_CPP_FLASH,
    "FlashAttention:(Enabled|Disabled|true|false)",
    "msg=\"starting .* --flash-attn (on|off)",
    "msg=\"(enabling) flash attention\"",
    "msg=\"(flash attention enabled but not supported)",
};

static const char *const kv_patterns[LOG_PATTERNS] = {
    LOG_LLAMA_CPP_KV,
    "KvCacheType:([a-z0-9_]+)", /* the load request; empty for the default */
    "msg=\"starting .* --kv-cache-type ([a-z0-9_]+)",
    "msg=\"starting .* --cache-type-k ([a-z0-9_]+)",
};

/* The wish for another format than the default is refused. */
static const char kv_refused_pattern[] =
    "msg=\"?(quantized kv cache requested but flash attention disabled|kv cache type not supported by model|"
    "OLLAMA_FLASH_ATTENTION must be enabled to use a quantized OLLAMA_KV_CACHE_TYPE|"
    "unsupported OLLAMA_KV_CACHE_TYPE)";

static const char *const family_patterns[LOG_PATTERNS] = {
    "model architecture does not currently support parallel requests\" architecture=\"?([a-z0-9_]+)",
    "(mllama) doesn't support parallel requests", /* until 0.6 */
};

static const char device_pattern[] = "msg=\"inference compute\".* library=[A-Za-z0-9_]";
static const char cpu_pattern[] = "msg=\"inference compute\".* library=cpu([^A-Za-z0-9_]|$)";

/* Runners without a model are probes for GPUs. */
static const char load_pattern[] = "msg=\"starting (runner|llama server|llama-server)\".* --model ";
static const char cut_pattern[] = "msg=\"truncating input prompt\"";

/* Where the log has no line of a slot's context: that of all slots, and their number. */
static int64_t context_of_all(const char *log)
{
	static const char *const patterns[] = {
	    "msg=\"starting .* --ctx-size ([0-9]+) .*--parallel ([0-9]+)",
	    "msg=\"starting .* -c ([0-9]+) .*-np ([0-9]+)",
	    " Parallel:([0-9]+) BatchSize:.* KvSize:([0-9]+)",
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		int64_t first = 0, second = 0;

		log_pair(patterns[i], log, &first, &second);
		/* The load request names the slots first; all slots together have more tokens than there are slots. */
		if (first > 0 && second > 0)
			return first > second ? first / second : second / first;
	}
	return JSON_UNKNOWN;
}

static int64_t has_gpu(const char *log)
{
	int64_t devices = log_count(device_pattern, log), cpus = log_count(cpu_pattern, log);

	if (devices == 0)
		return JSON_UNKNOWN;
	return devices > cpus ? CELL_ON : CELL_OFF;
}

void ollama_proof(const char *log, struct proof *proof)
{
	proof_reset(proof);
	proof->has_gpu = has_gpu(log);
	proof->parallel = log_number(parallel_patterns, log);
	proof->context_size = log_number(context_patterns, log);
	if (proof->context_size == JSON_UNKNOWN)
		proof->context_size = context_of_all(log);
	log_pair(LOG_LLAMA_CPP_LAYERS, log, &proof->layers_on_gpu, &proof->layers);
	proof->flash_attention = log_switch(flash_patterns, log);
	log_name(kv_patterns, log, proof->kv_cache_type);
	if (proof->kv_cache_type[0] == '\0' && log_count(kv_refused_pattern, log) > 0)
		snprintf(proof->kv_cache_type, sizeof(proof->kv_cache_type), "f16");
	log_name(family_patterns, log, proof->single_family);
	proof->loads = log_count(load_pattern, log);
	proof->cut_prompts = log_count(cut_pattern, log);
}
