/* What servers say when they run out of memory, as they said it, and what they say of other failures. */
#include "base/text.h"
#include "tap.h"
#include "target/out_of_memory.h"

static const struct {
	const char *words;
	bool lacks;
} cases[] = {
    /* Ollama up to 0.11 and the llama.cpp in it; the first of them is the line of the published table */
    {"failed to allocate Metal buffer of size 8891928576", true},
    {"llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB\n"
     "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576",
     true},
    {"llama runner process has terminated: cudaMalloc failed: out of memory", true},
    {"ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4096.00 MiB on device 0: cudaMalloc failed: out of memory",
     true},
    {"llama_kv_cache_init: failed to allocate buffer for kv cache", true},
    {"llama_init_from_model: failed to initialize the context: failed to allocate compute pp buffers", true},
    {"llama_model_load: error loading model: unable to allocate CUDA0 buffer", true},
    {"alloc_tensor_range: failed to allocate CPU buffer of size 3825205248", true},
    {"model requires more system memory (9.9 GiB) than is available (3.1 GiB)", true},
    /* Ollama from 0.11.5 on */
    {"memory layout cannot be allocated", true},
    {"failed to commit memory for model", true},
    {"unable to load full model on GPU", true},
    {"llama-server reported out-of-memory during startup: ggml_vulkan: Device memory: ErrorOutOfDeviceMemory", true},
    {"llama-server process has terminated: exit status 1: error: alloc: not enough memory for the cache", true},
    {"command buffer 0 failed with status 5 error: Insufficient Memory "
     "(00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
     true},
    /* vLLM, PyTorch, MLX */
    {"ValueError: Free memory on device (3.1/15.8 GiB) on startup is less than desired GPU memory utilization (0.9, "
     "14.2 GiB).",
     true},
    {"ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization`", true},
    {"To serve at least one request with the models's max seq len (131072), (14.00 GiB KV cache is needed, which is "
     "larger "
     "than the available KV cache memory (8.40 GiB).",
     true},
    {"The model's max seq len (131072) is larger than the maximum number of tokens that can be stored in KV cache "
     "(80000).",
     true},
    {"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", true},
    {"MPS backend out of memory (MPS allocated: 8.00 GB)", true},
    {"[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to allocate "
     "68719476736 bytes.",
     true},
    {"[metal::malloc] Attempting to allocate 17179869184 bytes which is greater than the maximum allowed buffer size "
     "of "
     "9534832640 bytes.",
     true},
    {"[METAL] Command buffer execution failed: Insufficient Memory "
     "(00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
     true},
    /* below all of them */
    {"OSError: [Errno 12] Cannot allocate memory", true},
    {"terminate called after throwing an instance of 'std::bad_alloc'", true},
    {"fatal error: runtime: out of memory", true},
    {"memory allocation of 536870912 bytes failed", true},
    /* no lack of memory: a limit, a mistake, a queue, a time, a model */
    {"llama runner process has terminated: n_seq_max must be <= 64", false},
    {"server busy, please try again.  maximum pending requests exceeded", false},
    {"timed out waiting for llama runner to start - progress 0.53 - ", false},
    {"model 'nope' not found", false},
    {"error loading model: missing tensor 'x'", false},
    {"unknown model architecture: 'new'", false},
    {"listen tcp 127.0.0.1:11434: bind: address already in use", false},
    {"model failed to load, this may be due to resource limitations or an internal error, check ollama server logs for "
     "details",
     false},
    {"128 of 128 requests failed: no byte came for 10 s", false},
    {"llama runner process has terminated: signal: killed", false},
    {"the server ended (killed by signal 9 (Killed)): 4 of 4 requests failed", false},
    {"", false},
    {NULL, false},
};

/* By a line of TAP. */
static void is_told(const char *words, bool lacks)
{
	struct text shown = {0};

	text_add_masked(&shown, words != NULL ? words : "no words", strlen(words != NULL ? words : "no words"));
	ok(words_tell_out_of_memory(words) == lacks, text_string(&shown));
	text_release(&shown);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_told(cases[i].words, cases[i].lacks);
	ok(words_tell_a_kill("the server ended (killed by signal 9 (Killed)): 4 of 4 requests failed"),
	   "a server was killed");
	ok(words_tell_a_kill("llama runner process has terminated: signal: killed"), "a runner was killed");
	ok(!words_tell_a_kill("the server ended (killed by signal 15 (Terminated))") &&
	       !words_tell_a_kill("exit status 9") && !words_tell_a_kill(NULL),
	   "another end, or none");
	return tap_done();
}
