/*
 * Numbers of the headers of the files that these names meant in Ollama's
 * library when the public tables of them were made (early 2025), as the keys
 * of GGUF have them. Sums of tensors follow from the shapes and from which
 * tensors of a quantization have which format (Q4_K_M: attn_v and ffn_down are
 * Q6_K in the first and the last eighth of the layers and in every third
 * between, the output matrix always; Q4_0: the output matrix is Q6_K); with the
 * tokenizer, 0.8 to 7.8 MB, they make the size that the library lists. Both
 * files of DeepSeek have the output matrix before the embedding, so that the
 * latter lies within what Metal maps: the tables of their memory show it.
 */
#include "plan/known_models.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define SHAPE(arch, layer_count, length, head_count, kv_count, words)                                          \
	.architecture = arch, .layers = (layer_count), .embedding = (length), .heads = (head_count),           \
	.kv_heads = (kv_count) * (layer_count), .key_length = 128, .value_length = 128, .vocabulary = (words), \
	.sliding_window = JSON_UNKNOWN, .experts = JSON_UNKNOWN

static const struct known {
	const char *name;
	struct model_shape shape;
} models[] = {
    {"llama3.2:latest",
     {SHAPE("llama", 28, 3072, 24, 8, 128256), .file_bytes = 2019393189, .weights_bytes = 2011539712,
      .block_bytes = 1688322048, .embedding_bytes = 323205120, .tied = true}},
    {"mistral:latest",
     {SHAPE("llama", 32, 4096, 32, 8, 32768), .file_bytes = 4113301824, .weights_bytes = 4112531456,
      .block_bytes = 3926917120, .embedding_bytes = 75497472}},
    {"deepseek-r1:1.5b",
     {SHAPE("qwen2", 28, 1536, 12, 2, 151936), .file_bytes = 1117322599, .weights_bytes = 1111370240,
      .block_bytes = 788652032, .embedding_bytes = 131272704, .embedding_within = true}},
    {"deepseek-r1:7b",
     {SHAPE("qwen2", 28, 3584, 28, 4, 152064), .file_bytes = 4683075271, .weights_bytes = 4677120000,
      .block_bytes = 3923476480, .embedding_bytes = 306561024, .embedding_within = true}},
    {"GandalfBaum/llama3.1-claude3.7:latest",
     {SHAPE("llama", 32, 4096, 32, 8, 128256), .file_bytes = 4920738951, .weights_bytes = 4912898304,
      .block_bytes = 4186439680, .embedding_bytes = 295501824}},
};

/* Names of the same file. */
static const struct {
	const char *name, *means;
} aliases[] = {
    {"llama3.2:3b", "llama3.2:latest"},
    {"mistral:7b", "mistral:latest"},
};

static const char *without(const char *name, const char *prefix)
{
	return strncasecmp(name, prefix, strlen(prefix)) == 0 ? name + strlen(prefix) : name;
}

static const struct model_shape *find(const char *name)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (strcasecmp(models[i].name, name) == 0)
			return &models[i].shape;
	return NULL;
}

const struct model_shape *known_model(const char *name)
{
	const char *slash, *bare = without(without(name, "registry.ollama.ai/"), "library/");
	const struct model_shape *shape;
	struct text full = {0};

	slash = strrchr(bare, '/');
	text_addf(&full, "%s%s", bare, strchr(slash != NULL ? slash : bare, ':') != NULL ? "" : ":latest");
	shape = find(text_string(&full));
	for (size_t i = 0; shape == NULL && i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcasecmp(aliases[i].name, text_string(&full)) == 0)
			shape = find(aliases[i].means);
	text_release(&full);
	return shape;
}
