/*
 * The telling part of failures, from answers and logs as the versions write
 * them.
 */
#include "test_ollama.h"

#define LOG_OOM                                                                                                \
	"time=2025-03-05T06:59:46.123+01:00 level=INFO source=server.go:405 msg=\"starting llama server\" "    \
	"cmd=\"/x\"\n"                                                                                         \
	"ggml_metal_init: recommendedMaxWorkingSetSize  = 11453.25 MB\n"                                       \
	"ggml_backend_metal_buffer_type_alloc_buffer: error: failed to allocate buffer, size =  8480.00 MiB\n" \
	"ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576\n"                         \
	"llama_init_from_model: failed to initialize the context: failed to allocate compute pp buffers\n"     \
	"panic: unable to create llama context\n"
#define RESTART                                                                                             \
	"time=2025-03-05T07:00:46.123+01:00 level=INFO source=server.go:405 msg=\"starting llama server\" " \
	"cmd=\"/x\"\n"
#define BUSY "server busy, please try again.  maximum pending requests exceeded"
#define GONE                                                                                                          \
	"model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check " \
	"ollama server logs for details"

static const struct {
	const char *words, *log, *want;
} cases[] = {
    /* memory, by the answer */
    {"llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB\n"
     "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576",
     "", "failed to allocate Metal buffer of size 8891928576"},
    {"llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB "
     "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576",
     NULL, "failed to allocate Metal buffer of size 8891928576"},
    {"llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB", "",
     "failed to allocate buffer, size =  8480.00 MiB"},
    {"llama runner process has terminated: cudaMalloc failed: out of memory", "", "cudaMalloc failed: out of memory"},
    {"model requires more system memory (9.9 GiB) than is available (3.1 GiB)", "",
     "model requires more system memory (9.9 GiB) than is available (3.1 GiB)"},
    {"llama runner process has terminated: n_seq_max must be <= 64", "", "n_seq_max must be <= 64"},
    {"memory layout cannot be allocated", "", "memory layout cannot be allocated"},
    {"llama-server reported out-of-memory during startup: ggml_vulkan: Device memory: ErrorOutOfDeviceMemory", "",
     "ErrorOutOfDeviceMemory"},
    {"llama-server process has terminated: exit status 1: error: alloc: not enough memory for the cache", "",
     "not enough memory"},
    {"an error was encountered while running the model: command buffer 0 failed with status 5 error: Insufficient "
     "Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
     "", "Insufficient Memory"},
    /* memory, by the log, where the answer is vague or there is none */
    {"llama runner process has terminated: exit status 2", LOG_OOM,
     "failed to allocate Metal buffer of size 8891928576"},
    {GONE, LOG_OOM, "failed to allocate Metal buffer of size 8891928576"},
    {NULL, LOG_OOM, "failed to allocate Metal buffer of size 8891928576"},
    {"the server closed the connection without an answer", LOG_OOM,
     "failed to allocate Metal buffer of size 8891928576"},
    {"llama runner process has terminated: cudaMalloc failed: out of memory",
     "alloc_tensor_range: failed to allocate CUDA0 buffer of size 123\n",
     "failed to allocate CUDA0 buffer of size 123"},
    {NULL, "x: failed to allocate CPU buffer of size 1\nx: failed to allocate CPU buffer of size 2\n",
     "failed to allocate CPU buffer of size 2"},
    {NULL, "llama_kv_cache_init: failed to allocate buffer for kv cache\n", "failed to allocate buffer for kv cache"},
    /* an older load's memory is not this failure's, nor is it when the answer says what it is */
    {"llama runner process has terminated: exit status 2", LOG_OOM RESTART,
     "llama runner process has terminated: exit status 2"},
    {NULL, LOG_OOM RESTART, NULL},
    {BUSY, LOG_OOM, BUSY},
    {"model 'nope' not found", LOG_OOM, "model 'nope' not found"},
    /* other reasons */
    {NULL, "Error: listen tcp 127.0.0.1:11434: bind: address already in use\n",
     "listen tcp 127.0.0.1:11434: bind: address already in use"},
    {NULL, "Couldn't find '/h/.ollama/id_ed25519'.\nError: could not create directory mkdir /h: permission denied\n",
     "could not create directory mkdir /h: permission denied"},
    {"llama runner process has terminated: error loading model: missing tensor 'x'", "",
     "error loading model: missing tensor 'x'"},
    {"unable to load model: /blobs/sha256-1", "", "unable to load model: /blobs/sha256-1"},
    {"llama-server process has terminated: exit status 1: error: unknown model architecture: 'new'", "",
     "unknown model architecture: 'new'"},
    {"llama runner process has terminated: GGML_ASSERT(n > 0) failed", "", "GGML_ASSERT(n > 0) failed"},
    {"llama runner process has terminated: CUDA error: unspecified launch failure", "",
     "CUDA error: unspecified launch failure"},
    {"llama runner process has terminated: exit status 2", LOG_OOM RESTART "panic: odd\n\ngoroutine 1\n", "panic: odd"},
    /* no pattern: the answer's first line, without what is put before it */
    {GONE ": strange words", "", "strange words"},
    {GONE, "nothing of interest\n", GONE},
    {"an error was encountered while running the model: unexpected EOF", "",
     "an error was encountered while running the model: unexpected EOF"},
    {"llama runner process has terminated: signal: killed", "", "llama runner process has terminated: signal: killed"},
    {"llama-server process has terminated: exit status 1: error: odd", "", "odd"},
    {"  first line\nerror: second line", "", "first line"},
    {"timed out waiting for llama runner to start - progress 0.53 - ", "",
     "timed out waiting for llama runner to start - progress 0.53 -"},
    {"escape \x1b[2J\x07", "", "escape ?[2J?"},
    /* nothing */
    {NULL, "", NULL},
    {NULL, NULL, NULL},
    {NULL, "time=… level=INFO msg=\"loaded runners\" count=1\n", NULL},
    {" \n", "", NULL},
    {"", "", NULL},
};

static void test_length(void)
{
	char *telling;
	struct text text = {0};

	for (int i = 0; i < 1000; i++)
		text_add(&text, "\xe6\x97\xa5");
	telling = ollama()->telling(text_string(&text), "");
	is_int(telling != NULL ? strlen(telling) : 0, 198, "at most 200 bytes, cut between characters");
	free(telling);
	text_release(&text);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *telling = ollama()->telling(cases[i].words, cases[i].log);

		is_text(telling, cases[i].want, cases[i].want != NULL ? cases[i].want : "nothing to tell");
		free(telling);
	}
	test_length();
	return tap_done();
}
