/*
 * What logs prove: of real servers, and lines as the versions write them.
 */
#include "test_ollama.h"

#define U JSON_UNKNOWN

static void is_proof(const char *log, const struct proof *want, const char *what)
{
	struct proof got;

	ollama()->proof(log, &got);
	printf("# %s\n", what);
	is_int(got.has_gpu, want->has_gpu, "GPU");
	is_int(got.parallel, want->parallel, "slots");
	is_int(got.context_size, want->context_size, "context of a slot");
	is_int(got.layers_on_gpu, want->layers_on_gpu, "layers on the GPU");
	is_int(got.layers, want->layers, "layers");
	is_int(got.flash_attention, want->flash_attention, "flash attention");
	is_text(got.kv_cache_type, want->kv_cache_type, "KV cache");
	is_text(got.single_family, want->single_family, "architecture that is forced to one slot");
	is_int(got.loads, want->loads, "loads");
	is_int(got.cut_prompts, want->cut_prompts, "cut prompts");
}

/* In the order of struct proof: GPU, slots, context, layers, on the GPU, flash attention, KV cache, architecture, … */
static const struct {
	const char *file;
	struct proof want;
} recorded_logs[] = {
    {"log-0.6.3.txt", {CELL_OFF, 4, 512, U, U, CELL_OFF, "f16", "", 1, 0}},
    {"log-0.24.0.txt", {CELL_OFF, 4, 512, U, U, CELL_ON, "f16", "", 1, 0}},
    {"log-0.24.0-q8.txt", {CELL_OFF, 2, 256, U, U, CELL_ON, "q8_0", "", 1, 2}},
};

#define SLOG "time=2026-08-21T18:48:22.123-07:00 level=INFO source=server.go:405 "
#define WARN "time=2026-08-21T18:48:22.123-07:00 level=WARN source=sched.go:423 "

static const struct {
	const char *what, *log;
	struct proof want;
} cases[] = {
    {"nothing", "", {U, U, U, U, U, U, "", "", 0, 0}},
    {"until 0.3: the runner's command, llama.cpp's lines",
     SLOG
     "msg=\"inference compute\" id=GPU-1 library=cuda compute=8.6 driver=12.4 name=\"NVIDIA\" total=\"12 GiB\"\n" SLOG
     "msg=\"starting llama server\" cmd=\"/t/runners/cuda/ollama_llama_server --model /b/sha256-1 --ctx-size 8192 "
     "--batch-size 512 --embedding --log-disable --n-gpu-layers 33 --parallel 4 --port 40001\"\n"
     "llm_load_tensors: offloaded 22/33 layers to GPU\n"
     "llama_new_context_with_model: n_ctx      = 8192\n"
     "llama_new_context_with_model: flash_attn = 0\n"
     "llama_new_context_with_model: KV self size  = 1024.00 MiB, K (f16):  512.00 MiB, V (f16):  512.00 MiB\n",
     {CELL_ON, 4, 2048, 33, 22, CELL_OFF, "f16", "", 1, 0}},
    {"0.5 … 0.11.4: flags of the runner",
     SLOG "msg=\"enabling flash attention\"\n" SLOG
          "msg=\"starting llama server\" cmd=\"/usr/bin/ollama runner --model /b/sha256-1 --ctx-size 4096 --batch-size "
          "512 --n-gpu-layers 29 --threads 4 --flash-attn --kv-cache-type q8_0 --parallel 2 --port 1\"\n",
     {U, 2, 2048, U, U, CELL_ON, "q8_0", "", 1, 0}},
    {"0.11.5 … 0.24: the load request; the first runner looks for GPUs",
     SLOG "msg=\"starting runner\" cmd=\"/usr/bin/ollama runner --ollama-engine --port 37495\"\n" SLOG
          "msg=\"starting runner\" cmd=\"/usr/bin/ollama runner --ollama-engine --model /b/sha256-1 --port 1\"\n" SLOG
          "msg=load request=\"{Operation:fit LoraPath:[] Parallel:8 BatchSize:512 FlashAttention:Enabled KvSize:16384 "
          "KvCacheType:q4_0 NumThreads:8 GPULayers:29[ID:0 Layers:29(0..28)] MultiUserCache:false}\"\n" SLOG
          "msg=\"offloaded 29/29 layers to GPU\"\n",
     {U, 8, 2048, 29, 29, CELL_ON, "q4_0", "", 1, 0}},
    {"the same, without a KV cache type, and with more slots than tokens of one",
     SLOG "msg=load request=\"{Operation:commit LoraPath:[] Parallel:64 BatchSize:512 FlashAttention:Disabled "
          "KvSize:256 KvCacheType: NumThreads:8}\"\n",
     {U, 64, 4, U, U, CELL_OFF, "", "", 0, 0}},
    {"from 0.30: llama-server",
     SLOG
     "msg=\"inference compute\" id=0 library=Metal compute=\"\" name=Metal description=\"Apple M4\"\n" SLOG
     "msg=\"starting llama-server\" cmd=\"/l/llama-server --model /b/sha256-1 --port 1 --host 127.0.0.1 --no-webui "
     "--offline -c 8192 -np 4 --log-verbosity 4 --cache-type-k q8_0 --cache-type-v q8_0 --flash-attn on -b 512 -ub "
     "512\"\n"
     "load_tensors: offloaded 33/33 layers to GPU\n"
     "srv    load_model: initializing, n_slots = 4, n_ctx_slot = 2048, kv_unified = 'false'\n",
     {CELL_ON, 4, 2048, 33, 33, CELL_ON, "q8_0", "", 1, 0}},
    {"llama-server, by its command alone",
     SLOG "msg=\"starting llama-server\" cmd=\"/l/llama-server --model /b/sha256-1 -c 8192 -np 2 --flash-attn auto\"\n",
     {U, 2, 4096, U, U, U, "", "", 1, 0}},
    {"flash attention: what auto came to counts",
     "llama_context: flash_attn    = auto\nllama_context: Flash Attention was auto, set to disabled\n",
     {U, U, U, U, U, CELL_OFF, "", "", 0, 0}},
    {"flash attention that the model does not support",
     WARN "msg=\"flash attention enabled but not supported by model\"\n",
     {U, U, U, U, U, CELL_OFF, "", "", 0, 0}},
    {"a quantized KV cache that is refused",
     WARN "msg=\"quantized kv cache requested but flash attention disabled\" type=q8_0\n",
     {U, U, U, U, U, U, "f16", "", 0, 0}},
    {"a quantized KV cache that is refused, later versions",
     WARN "msg=\"OLLAMA_FLASH_ATTENTION must be enabled to use a quantized OLLAMA_KV_CACHE_TYPE\" type=q8_0\n",
     {U, U, U, U, U, U, "f16", "", 0, 0}},
    {"one slot, whatever was asked",
     WARN "msg=\"model architecture does not currently support parallel requests\" architecture=qwen3vl\n"
          "llama_context: n_seq_max     = 1\nllama_context: n_ctx_seq     = 2048\n",
     {U, 1, 2048, U, U, U, "", "qwen3vl", 0, 0}},
    {"one slot, until 0.6",
     WARN "msg=\"mllama doesn't support parallel requests yet\"\n",
     {U, U, U, U, U, U, "", "mllama", 0, 0}},
    {"the last load counts",
     "n_seq_max     = 4\nload_tensors: offloaded 1/9 layers to GPU\nn_seq_max     = 2\n"
     "load_tensors: offloaded 9/9 layers to GPU\n",
     {U, 2, U, 9, 9, U, "", "", 0, 0}},
    {"prompts that were cut",
     WARN "msg=\"truncating input prompt\" limit=128 prompt=900 keep=5 new=128\n" WARN
          "msg=\"truncating input prompt\" limit=128 prompt=901 keep=5 new=128\n",
     {U, U, U, U, U, U, "", "", 0, 2}},
    {"a variable of the configuration is no slot",
     SLOG
     "msg=\"server config\" env=\"map[OLLAMA_FLASH_ATTENTION:true OLLAMA_KV_CACHE_TYPE:q8_0 OLLAMA_NUM_PARALLEL:4]\"\n",
     {U, U, U, U, U, U, "", "", 0, 0}},
    {"numbers that are none",
     "n_seq_max     = 99999999999999999999999\noffloaded x/y layers to GPU\n",
     {U, U, U, U, U, U, "", "", 0, 0}},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(recorded_logs) / sizeof(recorded_logs[0]); i++) {
		char *log = recorded(recorded_logs[i].file);

		is_proof(log, &recorded_logs[i].want, recorded_logs[i].file);
		free(log);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_proof(cases[i].log, &cases[i].want, cases[i].what);
	return tap_done();
}
