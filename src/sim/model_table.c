/*
 * The installed models. Shapes are those of the published files; digests are
 * made up; licences and prompts are cut to the lines that `ollama show` prints
 * (it shows the first two), plus one more where the real text goes on.
 */
#include "sim/model.h"

#define LLAMA_STOPS                                                            \
	{                                                                      \
		"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", NULL \
	}
#define DEEPSEEK_STOPS                                                                                \
	{                                                                                             \
		"<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>" \
	}
#define CUT "\n(cut by the simulator)\n"

#define LLAMA_32_LICENSE \
	"LLAMA 3.2 COMMUNITY LICENSE AGREEMENT\nLlama 3.2 Version Release Date: September 25, 2024\n" CUT
#define LLAMA_31_LICENSE "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nLlama 3.1 Version Release Date: July 23, 2024\n" CUT
#define APACHE_LICENSE \
	"                                 Apache License\n                           Version 2.0, January 2004\n" CUT
#define DEEPSEEK_LICENSE "MIT License\n\nCopyright (c) 2023 DeepSeek\n" CUT

#define LLAMA_32_3B                                                                                              \
	.digest = "3b5c1f7a90d24e68a1c7f02b9d5e8346f10a7cde2948b36d5f81c20e9a74b6d3", .size_bytes = 2019393189,  \
	.architecture = "llama", .parameter_count = 3212749888, .parameter_size = "3.2B",                        \
	.quantization = QUANTIZATION_Q4_K_M, .context_length = 131072, .layers = 28, .heads = 24, .heads_kv = 8, \
	.head_dim = 128, .embedding = 3072, .feed_forward = 8192, .vocabulary = 128256, .tied_output = true,     \
	.fitted_base_gib = 2.188, .stops = LLAMA_STOPS, .license = LLAMA_32_LICENSE

#define LLAMA_31_8B_SHAPE                                                                                          \
	.architecture = "llama", .parameter_count = 8030261312, .parameter_size = "8.0B",                          \
	.quantization = QUANTIZATION_Q4_K_M, .context_length = 131072, .layers = 32, .heads = 32, .heads_kv = 8,   \
	.head_dim = 128, .embedding = 4096, .feed_forward = 14336, .vocabulary = 128256, .fitted_base_gib = 4.574, \
	.stops = LLAMA_STOPS, .license = LLAMA_31_LICENSE

const struct model models[] = {
    {.name = "llama3.2:latest", LLAMA_32_3B},
    {.name = "llama3.2:3b", LLAMA_32_3B},
    {
	.name = "mistral:latest",
	.digest = "8e17d40b6ca95f23e0b8d7146f3a29c5710ed84b92f6a35c8d0e4b71f6295ac8",
	.size_bytes = 4113301824,
	.architecture = "llama",
	.parameter_count = 7248023552,
	.parameter_size = "7.2B",
	.quantization = QUANTIZATION_Q4_0,
	.context_length = 32768,
	.layers = 32,
	.heads = 32,
	.heads_kv = 8,
	.head_dim = 128,
	.embedding = 4096,
	.feed_forward = 14336,
	.vocabulary = 32768,
	.fitted_base_gib = 4.037,
	.stops = {"[INST]", "[/INST]", NULL},
	.license = APACHE_LICENSE,
    },
    {
	.name = "deepseek-r1:1.5b",
	.digest = "d2068fb4a7319ce5820b6f4d13ea97c05b81e7f62c493da0f5781b0c6e92d47a",
	.size_bytes = 1117322599,
	.architecture = "qwen2",
	.parameter_count = 1777088000,
	.parameter_size = "1.8B",
	.quantization = QUANTIZATION_Q4_K_M,
	.context_length = 131072,
	.layers = 28,
	.heads = 12,
	.heads_kv = 2,
	.head_dim = 128,
	.embedding = 1536,
	.feed_forward = 8960,
	.vocabulary = 151936,
	.thinks = true,
	.fitted_base_gib = 1.312,
	.stops = DEEPSEEK_STOPS,
	.license = DEEPSEEK_LICENSE,
    },
    {
	.name = "deepseek-r1:7b",
	.digest = "5fa0c83e719db264b8e6135df07a4c92e36b18d5f2047ac96e8b3d015c7f294e",
	.size_bytes = 4683075271,
	.architecture = "qwen2",
	.parameter_count = 7615616512,
	.parameter_size = "7.6B",
	.quantization = QUANTIZATION_Q4_K_M,
	.context_length = 131072,
	.layers = 28,
	.heads = 28,
	.heads_kv = 4,
	.head_dim = 128,
	.embedding = 3584,
	.feed_forward = 18944,
	.vocabulary = 152064,
	.thinks = true,
	.fitted_base_gib = 4.634,
	.stops = DEEPSEEK_STOPS,
	.license = DEEPSEEK_LICENSE,
    },
    {
	.name = "GandalfBaum/llama3.1-claude3.7:latest",
	.digest = "c49e17f35d80b62a9fe41c07d358a6b2047f91ce58d3062b7a94ef1c083d65b7",
	.size_bytes = 4920738951,
	.system = "The assistant is Claude, created by Anthropic.\n"
		  "The current date is {{currentDateTime}}.\n" CUT,
	LLAMA_31_8B_SHAPE,
    },
    {
	.name = "llama3.1:8b",
	.digest = "71b0e6d45f92c83a1d7e409cb6f825d3e08a41579bc6d2f03e84a75b19cd602f",
	.size_bytes = 4920753328,
	LLAMA_31_8B_SHAPE,
    },
    {
	.name = "llama3.2:1b",
	.digest = "e65d093bc1f847a205cd6e938b71f0a42d5c8b96e07f413a68d9c250b4ef7a18",
	.size_bytes = 1321098329,
	.architecture = "llama",
	.parameter_count = 1235814432,
	.parameter_size = "1.2B",
	.quantization = QUANTIZATION_Q8_0,
	.context_length = 131072,
	.layers = 16,
	.heads = 32,
	.heads_kv = 8,
	.head_dim = 64,
	.embedding = 2048,
	.feed_forward = 8192,
	.vocabulary = 128256,
	.tied_output = true,
	.stops = LLAMA_STOPS,
	.license = LLAMA_32_LICENSE,
    },
    {
	.name = "qwen2.5:0.5b",
	.digest = "a83f26d0795bc14e8d02f76b3ca9e5147b60d8f2394ace0571bd8f63e920a4c5",
	.size_bytes = 397821319,
	.architecture = "qwen2",
	.parameter_count = 494032768,
	.parameter_size = "494.03M",
	.quantization = QUANTIZATION_Q4_K_M,
	.context_length = 32768,
	.layers = 24,
	.heads = 14,
	.heads_kv = 2,
	.head_dim = 64,
	.embedding = 896,
	.feed_forward = 4864,
	.vocabulary = 151936,
	.tied_output = true,
	.system = "You are a helpful assistant.",
	.license = APACHE_LICENSE,
    },
    {
	.name = "qwen3-vl:2b", /* its architecture gets one slot from Ollama 0.12.7 on */
	.image_tokens = 256,
	.digest = "b6d20e9f7c3841a5d09e62f81b7c45a3e8d1f06492bc57ea30d86f1c974b25e0",
	.size_bytes = 1183424861,
	.architecture = "qwen3vl",
	.parameter_count = 2127532032,
	.parameter_size = "2.1B",
	.quantization = QUANTIZATION_Q4_K_M,
	.context_length = 262144,
	.layers = 28,
	.heads = 16,
	.heads_kv = 8,
	.head_dim = 128,
	.embedding = 2048,
	.feed_forward = 6144,
	.vocabulary = 151936,
	.tied_output = true,
	.license = APACHE_LICENSE,
    },
    {
	.name = "llama3.1:70b",
	.digest = "0f8bd27e51a6c493b7e02d6f8ca1594e3d70b86f25c914ea8d630b7f42e15c9a",
	.size_bytes = 42520413916,
	.architecture = "llama",
	.parameter_count = 70553706560,
	.parameter_size = "70.6B",
	.quantization = QUANTIZATION_Q4_K_M,
	.context_length = 131072,
	.layers = 80,
	.heads = 64,
	.heads_kv = 8,
	.head_dim = 128,
	.embedding = 8192,
	.feed_forward = 28672,
	.vocabulary = 128256,
	.stops = LLAMA_STOPS,
	.license = LLAMA_31_LICENSE,
    },
};

const size_t model_count = sizeof(models) / sizeof(models[0]);
