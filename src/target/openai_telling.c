/* What servers of the OpenAI interface say of a failure: llama-server, mlx_lm, vLLM and other Python programs. */
#include <stddef.h>

#include "target/openai.h"
#include "target/telling.h"

/* In words and in the log; the most telling first. The match is told. */
static const char *const telling_patterns[] = {
    TELLING_LLAMA_CPP,
    /* vLLM */
    "Free memory on device [^\"]*is less than desired GPU memory utilization[^.]*",
    "No available memory for the cache blocks",
    "To serve at least one request with [^\"]*KV cache is needed[^\"]*memory \\([0-9.]+ GiB\\)",
    "larger than the maximum number of tokens that can be stored in KV cache \\([0-9]+\\)",
    /* PyTorch, MLX */
    "CUDA out of memory\\. Tried to allocate [0-9.]+ [KMGT]i?B",
    "MPS backend out of memory \\([^)]*\\)",
    "\\[METAL\\] Command buffer execution failed: [^\"(]*",
    "\\[(metal::)?malloc[^]]*\\] [^\"]+",
    "out of (device |host )?memory|(not enough|insufficient) memory",
    "erroroutof(device|host)?memory",
    /* llama-server */
    "unknown model architecture: '[^']*'",
    "invalid magic characters: .*",
    "failed to open GGUF file .*",
    "error loading model: [^\"]+",
    "failed to initialize the context: .+",
    "failed to create context with model '[^']*'",
    "GGML_ASSERT\\(.*\\) failed",
    "(CUDA|ROCm) error: [^\"]+",
    "unable to create llama context",
    "failed to load model,? '[^']*'",
    "error: invalid argument: .*",
    "error while handling argument [^\n]*",
    "couldn't bind HTTP server socket[^\n]*",
    NULL,
};

/* In the log only, after all of those. The group is told; of a Python traceback the last line. */
static const char *const log_patterns[] = {
    "error: (unrecognized arguments: .+|argument .+|the following arguments are required: .+)",
    "\\[Errno [0-9]+\\] (.*address already in use.*)",
    "^([A-Za-z_][A-Za-z_.]*(Error|Exception|NotFound): .+)",
    "^[Ee]rror: (.+)",
    NULL,
};

/* Words of which the log may know the reason: the server is gone, or could not be had. */
static const char *const vague_patterns[] = {
    "internal server error|EngineCore encountered an issue|Engine(Dead|Core)",
    "EOF|empty reply|reset by peer|connection (broke|refused)|connect to|no connection|closed",
    "out.of.memory|failed to load model",
    NULL,
};

static const char *const wrapper_patterns[] = {
    "^error: *",
    NULL,
};

static const struct telling_rules rules = {
    .patterns = telling_patterns,
    .log_patterns = log_patterns,
    .vague = vague_patterns,
    .wrappers = wrapper_patterns,
    .bare = "^$",
    .load_begins = "load_model: loading model '",
};

char *openai_telling(const char *words, const char *log)
{
	return telling_find(&rules, words, log);
}
