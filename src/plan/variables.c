/* Environment variables of Ollama that do not do what people hope for. */
#include <string.h>

#include "plan/draft.h"

/*
 * Names that circulate in guides, though no released Ollama has ever read them
 * (its whole history up to 0.30 was searched), and what comes nearest.
 */
static const struct {
	const char *name, *instead;
} imaginary[] = {
    {"OLLAMA_NUM_THREADS", "the knob num_thread"},
    {"OLLAMA_MAX_MEMORY", "OLLAMA_GPU_OVERHEAD, or the knob num_gpu"},
    {"OLLAMA_CPU_LIMIT", "the knob num_thread, or a limit of the system"},
    {"OLLAMA_CONTEXT_SIZE", "the knob context_size"},
    {"OLLAMA_PARALLEL_REQUESTS", "the knob parallel"},
    {"OLLAMA_USE_METAL", "the knob num_gpu: 0 turns Metal off"},
    {"OLLAMA_METAL_DEVICE_ID", "the knob num_gpu: 0 turns Metal off"},
    {"OLLAMA_THERMAL_THROTTLE", NULL},
    {"OLLAMA_POWER_EFFICIENT", NULL},
    {"OLLAMA_MODEL_CACHE_SIZE", "OLLAMA_MAX_LOADED_MODELS"},
    {"OLLAMA_MMAP", NULL},
    {"OLLAMA_NUMA", NULL},
    {"OLLAMA_METRICS", NULL},
    {"OLLAMA_LOG_LEVEL", "OLLAMA_DEBUG"},
};

/* Variables that llmbench sets for each cell. */
static const struct {
	const char *name, *knob;
} of_knobs[] = {
    {"OLLAMA_NUM_PARALLEL", "parallel"},       {"OLLAMA_MAX_QUEUE", "queue_size"},
    {"OLLAMA_CONTEXT_LENGTH", "context_size"}, {"OLLAMA_FLASH_ATTENTION", "flash_attention"},
    {"OLLAMA_KV_CACHE_TYPE", "kv_cache_type"}, {"OLLAMA_KEEP_ALIVE", "keep_alive"},
};

bool plan_variable_is_imaginary(const char *name)
{
	for (size_t i = 0; i < sizeof(imaginary) / sizeof(imaginary[0]); i++)
		if (strcmp(imaginary[i].name, name) == 0)
			return true;
	return false;
}

char *variable_doubt(const char *name)
{
	for (size_t i = 0; i < sizeof(imaginary) / sizeof(imaginary[0]); i++) {
		const char *instead = imaginary[i].instead;

		if (strcmp(imaginary[i].name, name) == 0)
			return text_format("Ollama has no variable %s%s%s", name,
			                   instead != NULL ? "; the nearest is " : "", instead != NULL ? instead : "");
	}
	for (size_t i = 0; i < sizeof(of_knobs) / sizeof(of_knobs[0]); i++) {
		if (strcmp(of_knobs[i].name, name) == 0)
			return text_format("%s belongs to the knob %s; set that instead", name, of_knobs[i].knob);
	}
	if (strcmp(name, "OLLAMA_HOST") == 0)
		return text_format("OLLAMA_HOST is chosen by llmbench for each start; this value is not used");
	return NULL;
}
