/* Environment variables of Ollama, and which do not do what people hope for. */
#include <string.h>

#include "base/text.h"
#include "plan/plan.h"

enum variable_kind {
	VARIABLE_READ,    /* by Ollama, and nothing else to say */
	VARIABLE_KNOB,    /* llmbench sets it for each cell; `instead` is the knob */
	VARIABLE_CHOSEN,  /* llmbench sets it for each start */
	VARIABLE_UNREAL,  /* circulates in guides, but no released Ollama has ever read it; `instead` comes nearest */
	VARIABLE_DROPPED, /* by some version; `instead` says which */
};

/* By the sources of all releases up to 0.30. */
static const struct {
	const char *name;
	enum variable_kind kind;
	const char *instead;
} variables[] = {
    {"OLLAMA_NUM_THREADS", VARIABLE_UNREAL, "the knob num_thread"},
    {"OLLAMA_MAX_MEMORY", VARIABLE_UNREAL, "OLLAMA_GPU_OVERHEAD, or the knob num_gpu"},
    {"OLLAMA_CPU_LIMIT", VARIABLE_UNREAL, "the knob num_thread, or a limit of the system"},
    {"OLLAMA_CONTEXT_SIZE", VARIABLE_UNREAL, "the knob context_size"},
    {"OLLAMA_PARALLEL_REQUESTS", VARIABLE_UNREAL, "the knob parallel"},
    {"OLLAMA_USE_METAL", VARIABLE_UNREAL, "the knob num_gpu: 0 turns Metal off"},
    {"OLLAMA_METAL_DEVICE_ID", VARIABLE_UNREAL, "the knob num_gpu: 0 turns Metal off"},
    {"OLLAMA_THERMAL_THROTTLE", VARIABLE_UNREAL, NULL},
    {"OLLAMA_POWER_EFFICIENT", VARIABLE_UNREAL, NULL},
    {"OLLAMA_MODEL_CACHE_SIZE", VARIABLE_UNREAL, "OLLAMA_MAX_LOADED_MODELS"},
    {"OLLAMA_MMAP", VARIABLE_UNREAL, NULL},
    {"OLLAMA_NUMA", VARIABLE_UNREAL, NULL},
    {"OLLAMA_METRICS", VARIABLE_UNREAL, NULL},
    {"OLLAMA_LOG_LEVEL", VARIABLE_UNREAL, "OLLAMA_DEBUG"},

    {"OLLAMA_NUM_PARALLEL", VARIABLE_KNOB, "parallel"},
    {"OLLAMA_MAX_QUEUE", VARIABLE_KNOB, "queue_size"},
    {"OLLAMA_CONTEXT_LENGTH", VARIABLE_KNOB, "context_size"},
    {"OLLAMA_FLASH_ATTENTION", VARIABLE_KNOB, "flash_attention"},
    {"OLLAMA_KV_CACHE_TYPE", VARIABLE_KNOB, "kv_cache_type"},
    {"OLLAMA_KEEP_ALIVE", VARIABLE_KNOB, "keep_alive"},
    {"OLLAMA_HOST", VARIABLE_CHOSEN, NULL},

    {"OLLAMA_MAX_VRAM", VARIABLE_DROPPED, "0.1.39 to 0.6"},
    {"OLLAMA_RUNNERS_DIR", VARIABLE_DROPPED, "0.1.39 to 0.3.10"},
    {"OLLAMA_TMPDIR", VARIABLE_DROPPED, "0.1.39 to 0.5.1"},
    {"OLLAMA_INTEL_GPU", VARIABLE_DROPPED, "0.1.45 to 0.12.10"},
    {"OLLAMA_NEW_ENGINE", VARIABLE_DROPPED, "0.5.12 to 0.24"},
    {"OLLAMA_NEW_ESTIMATES", VARIABLE_DROPPED, "0.11.5 to 0.11.10"},
    {"OLLAMA_MULTIUSER_CACHE", VARIABLE_DROPPED, "0.3.13 to 0.24"},

    {"OLLAMA_MODELS", VARIABLE_READ, NULL},
    {"OLLAMA_MAX_LOADED_MODELS", VARIABLE_READ, NULL},
    {"OLLAMA_LOAD_TIMEOUT", VARIABLE_READ, NULL},
    {"OLLAMA_GPU_OVERHEAD", VARIABLE_READ, NULL},
    {"OLLAMA_SCHED_SPREAD", VARIABLE_READ, NULL},
    {"OLLAMA_LLM_LIBRARY", VARIABLE_READ, NULL},
    {"OLLAMA_IGPU_ENABLE", VARIABLE_READ, NULL},
    {"OLLAMA_VULKAN", VARIABLE_READ, NULL},
    {"OLLAMA_DEBUG", VARIABLE_READ, NULL},
    {"OLLAMA_DEBUG_LOG_REQUESTS", VARIABLE_READ, NULL},
    {"OLLAMA_GO_TEMPLATE", VARIABLE_READ, NULL},
    {"OLLAMA_NOPRUNE", VARIABLE_READ, NULL},
    {"OLLAMA_NO_CLOUD", VARIABLE_READ, NULL},
    {"OLLAMA_ORIGINS", VARIABLE_READ, NULL},
    {"OLLAMA_REMOTES", VARIABLE_READ, NULL},
    {"OLLAMA_MAX_TRANSFER_STREAMS", VARIABLE_READ, NULL},
    {"OLLAMA_NOHISTORY", VARIABLE_READ, NULL},
    {"OLLAMA_EDITOR", VARIABLE_READ, NULL},
    {"OLLAMA_AUTH", VARIABLE_READ, NULL},
};
enum { VARIABLE_COUNT = sizeof(variables) / sizeof(variables[0]) };

bool plan_variable_is_imaginary(const char *name)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (strcmp(variables[i].name, name) == 0)
			return variables[i].kind == VARIABLE_UNREAL;
	return false;
}

const char *plan_variable_knob(const char *name)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (strcmp(variables[i].name, name) == 0 && variables[i].kind == VARIABLE_KNOB)
			return variables[i].instead;
	return NULL;
}

/* A slip of the pen, or a variable of a later Ollama: only the former is near to a name that is known. */
static char *doubt_unknown(const char *name)
{
	const size_t prefix = strlen("OLLAMA_");
	struct text_guess guess = {0};

	if (!text_starts_with(name, "OLLAMA_"))
		return NULL;
	guess.word = name + prefix;
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (variables[i].kind != VARIABLE_UNREAL && variables[i].kind != VARIABLE_DROPPED)
			text_guess_offer(&guess, variables[i].name + prefix, variables[i].name);
	if (guess.nearest == NULL)
		return NULL;
	return text_format("no variable %s of Ollama is known (did you mean %s?)", name, guess.nearest);
}

char *plan_variable_doubt(const char *name)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		const char *instead = variables[i].instead;

		if (strcmp(variables[i].name, name) != 0)
			continue;
		switch (variables[i].kind) {
		case VARIABLE_READ:
			return NULL;
		case VARIABLE_KNOB:
			return text_format("%s belongs to the knob %s; set that instead", name, instead);
		case VARIABLE_CHOSEN:
			return text_format("%s is chosen by llmbench for each start; this value is not used", name);
		case VARIABLE_UNREAL:
			return text_format("Ollama has no variable %s%s%s", name,
			                   instead != NULL ? "; the nearest is " : "", instead != NULL ? instead : "");
		case VARIABLE_DROPPED:
			return text_format("%s was read by Ollama %s alone", name, instead);
		}
	}
	return doubt_unknown(name);
}
