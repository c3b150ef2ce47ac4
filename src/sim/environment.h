/*
 * Ollama's environment variables, read as Ollama reads them.
 */
#ifndef SIM_ENVIRONMENT_H
#define SIM_ENVIRONMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "sim/memory.h"
#include "sim/version.h"

struct ollama_environment {
	char *host; /* of OLLAMA_HOST, without brackets */
	int port;
	int64_t parallel;        /* OLLAMA_NUM_PARALLEL; 0: see version_rules.auto_parallel */
	int64_t max_queue;       /* OLLAMA_MAX_QUEUE */
	int64_t max_loaded;      /* OLLAMA_MAX_LOADED_MODELS; shown only: one model is loaded at a time */
	int64_t context_size;    /* OLLAMA_CONTEXT_LENGTH; 0: by GPU memory */
	int64_t keep_alive_ns;   /* OLLAMA_KEEP_ALIVE; negative: for ever */
	int64_t load_timeout_ns; /* OLLAMA_LOAD_TIMEOUT; shown only: a simulated load does not stall */
	int flash_attention;     /* OLLAMA_FLASH_ATTENTION; -1: unset */
	enum kv_type kv_type;    /* OLLAMA_KV_CACHE_TYPE */
};

/* Logs a warning for each value that it cannot use. Defaults are the version's. */
void ollama_environment_read(struct ollama_environment *environment, const struct version_rules *rules);

/* `map[OLLAMA_CONTEXT_LENGTH:2048 …]`, as the server config line of the log has it. */
void ollama_environment_add_map(struct text *text, const struct ollama_environment *environment);
void ollama_environment_release(struct ollama_environment *environment);

/* The number of seconds or the Go duration of a keep-alive; false when it is neither. */
bool keep_alive_read(const char *string, int64_t *ns);

#define KEEP_ALIVE_FOREVER INT64_MAX

#endif
