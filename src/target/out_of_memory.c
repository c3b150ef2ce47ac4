#include "target/out_of_memory.h"

#include <assert.h>
#include <regex.h>
#include <stddef.h>

/*
 * POSIX extended regular expressions. What only tells that something failed,
 * or that a limit of the server's own was met (n_seq_max, a full queue), is not
 * here: another start of the same size may do well.
 */
static const char *const lacks[] = {
    /* llama.cpp, alone or in Ollama: the compute buffer, the KV cache, the weights */
    "(failed|unable) to allocate ([^[:space:]]+ )?(buffer|compute|kv)",
    "(cuda|hip)Malloc failed",
    "erroroutof(device|host)?memory",
    "alloc[a-z_]*: not enough memory",
    /* Ollama's own estimate, and its newer engine */
    "model requires more system memory",
    "memory layout cannot be allocated",
    "failed to (allocate|commit) memory for model",
    "unable to load full model on GPU",
    /* Metal; PyTorch on CUDA, ROCm, Metal and the CPU; MLX */
    "insufficient memory",
    "out of (device |host )?memory",
    "reported out-of-memory",
    "can't allocate memory: you tried to allocate",
    "\\[(metal::)?malloc[^]]*\\] (unable to allocate|attempting to allocate)",
    /* vLLM */
    "free memory on device .*is less than desired GPU memory utilization",
    "no available memory for the cache blocks",
    "KV cache is needed.*memory \\([0-9.]+ GiB\\)",
    "larger than the maximum number of tokens that can be stored in KV cache",
    /* the C library, C++, Python, Go, Rust */
    "cannot allocate memory",
    "std::bad_alloc",
    "memoryerror",
    "memory allocation of [0-9]+ bytes failed",
};

/* By llmbench's words for how a server ended, and by Ollama's for its runner. */
static const char *const kills[] = {
    "killed by signal 9 ",
    "signal: killed",
};

static bool match_one(const char *words, const char *const *patterns, size_t count)
{
	bool found = false;

	for (size_t i = 0; i < count && words != NULL && !found; i++) {
		regex_t regex;
		bool compiled = regcomp(&regex, patterns[i], REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0;

		assert(compiled);
		if (!compiled)
			continue;
		found = regexec(&regex, words, 0, NULL, 0) == 0;
		regfree(&regex);
	}
	return found;
}

bool words_tell_out_of_memory(const char *words)
{
	return match_one(words, lacks, sizeof(lacks) / sizeof(lacks[0]));
}

bool words_tell_a_kill(const char *words)
{
	return match_one(words, kills, sizeof(kills) / sizeof(kills[0]));
}
