/*
 * What Ollama and its runners say of a failure. An answer often only says that
 * the runner ended; why it did stands in the log.
 */
#include <stddef.h>

#include "target/ollama.h"
#include "target/telling.h"

/* In words and in the log; the most telling first. The match is told. */
static const char *const telling_patterns[] = {
    TELLING_LLAMA_CPP,
    "model requires more system memory \\([^)]*\\) than is available \\([^)]*\\)",
    "out of (device |host )?memory|(not enough|insufficient) memory",
    "erroroutof(device|host)?memory",
    "memory layout cannot be allocated",
    "failed to (allocate|commit) memory for model",
    "unable to load full model on GPU",
    "unknown model architecture: '[^']*'",
    "error loading model: [^\"]+",
    "GGML_ASSERT\\(.*\\) failed",
    "(CUDA|ROCm) error: [^\"]+",
    "unable to create llama context",
    "listen tcp [^\"]+",
    NULL,
};

/* In the log only, after all of those. The group is told. */
static const char *const log_patterns[] = {
    "^Error: (.+)",
    "^(panic: .+)",
    "^(fatal error: .+)",
    NULL,
};

/* Words of which the log may know the reason: the runner or the server is gone, or could not be had. */
static const char *const vague_patterns[] = {
    "runner process|llama-server (process|startup|reported)|starting (runner|llama-server)",
    "unexpectedly stopped|resource limitations|error was encountered while running the model",
    "timed out waiting|unexpected server status|no slots available",
    "EOF|empty reply|reset by peer|connection (broke|refused)|connect to|no connection|closed",
    "memory layout|memory for model|full model on GPU|out.of.memory",
    NULL,
};

/* What the server puts before its runner's words; taken away again and again. */
static const char *const wrapper_patterns[] = {
    "^(llama runner|llama-server) process has terminated: *",
    "^llama-server reported out-of-memory during startup: *",
    "^llama-server startup failed after [^:]*: *",
    "^error starting (runner|llama-server): *",
    "^an error was encountered while running the model: *",
    "^model runner has unexpectedly stopped, [^:]* for details: *",
    "^exit status -?[0-9]+: *",
    "^error: *",
    NULL,
};

/* What is left of some without their wrapper, and tells nothing alone. */
static const char bare_pattern[] = "^((exit status -?[0-9]+|signal: .*|(unexpected )?EOF)?)$";

/* The log's line before a model is loaded; what stands above it is of earlier loads. Of all versions. */
static const char load_begins_pattern[] = "msg=\"starting (runner|llama server|llama-server)\"";

static const struct telling_rules rules = {
    .patterns = telling_patterns,
    .log_patterns = log_patterns,
    .vague = vague_patterns,
    .wrappers = wrapper_patterns,
    .bare = bare_pattern,
    .load_begins = load_begins_pattern,
};

char *ollama_telling(const char *words, const char *log)
{
	return telling_find(&rules, words, log);
}
