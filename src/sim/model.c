#include "sim/model.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define GIB 1073741824.0

/* Bytes per weight of GGUF's block formats: 18/32, 34/32, 144/256, 210/256. */
#define Q4_0_BYTES 0.5625
#define Q8_0_BYTES 1.0625
#define Q4_K_BYTES 0.5625
#define Q6_K_BYTES 0.8203125

/* What a loaded model takes beyond its file, where nobody has measured it. */
#define USUAL_OVERHEAD_GIB 0.25

static const char *skip_prefix(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncasecmp(name, prefix, length) == 0 ? name + length : name;
}

static bool has_tag(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strchr(slash != NULL ? slash : name, ':') != NULL;
}

const struct model *model_find(const char *name)
{
	char full[256];
	int length;

	name = skip_prefix(skip_prefix(name, "registry.ollama.ai/"), "library/");
	length = snprintf(full, sizeof(full), "%s%s", name, has_tag(name) ? "" : ":latest");
	if (length < 0 || (size_t)length >= sizeof(full))
		return NULL;
	for (size_t i = 0; i < model_count; i++)
		if (strcasecmp(full, models[i].name) == 0)
			return &models[i];
	return NULL;
}

const char *quantization_name(enum quantization quantization)
{
	switch (quantization) {
	case QUANTIZATION_Q4_0:
		return "Q4_0";
	case QUANTIZATION_Q4_K_M:
		return "Q4_K_M";
	case QUANTIZATION_Q8_0:
		return "Q8_0";
	}
	return "unknown";
}

int quantization_file_type(enum quantization quantization)
{
	switch (quantization) {
	case QUANTIZATION_Q4_0:
		return 2;
	case QUANTIZATION_Q4_K_M:
		return 15;
	case QUANTIZATION_Q8_0:
		return 7;
	}
	return 0;
}

/* Q4_K_M keeps more bits in the first and the last eighth of the blocks and in every third between. */
static bool has_more_bits(const struct model *model, int layer)
{
	int eighth = model->layers / 8;

	return layer < eighth || layer >= 7 * model->layers / 8 || (layer - eighth) % 3 == 2;
}

static double matrix_bytes(enum quantization quantization)
{
	switch (quantization) {
	case QUANTIZATION_Q4_0:
		return Q4_0_BYTES;
	case QUANTIZATION_Q4_K_M:
		return Q4_K_BYTES;
	case QUANTIZATION_Q8_0:
		return Q8_0_BYTES;
	}
	return 0;
}

int64_t model_layer_bytes(const struct model *model, int layer)
{
	double embedding = model->embedding;
	double query = (double)model->heads * model->head_dim;
	double key = (double)model->heads_kv * model->head_dim;
	double feed_forward = model->feed_forward;
	/* attn_q, attn_output; attn_k, attn_v; ffn_gate, ffn_up, ffn_down */
	double weights = 2 * embedding * query + 2 * embedding * key + 3 * embedding * feed_forward;
	double bytes = weights * matrix_bytes(model->quantization);

	/* attn_v and ffn_down are the matrices that get Q6_K. */
	if (model->quantization == QUANTIZATION_Q4_K_M && has_more_bits(model, layer))
		bytes += (embedding * key + embedding * feed_forward) * (Q6_K_BYTES - Q4_K_BYTES);
	return (int64_t)bytes;
}

int64_t model_output_bytes(const struct model *model)
{
	double bytes = model->quantization == QUANTIZATION_Q8_0 ? Q8_0_BYTES : Q6_K_BYTES;

	return (int64_t)((double)model->embedding * model->vocabulary * bytes);
}

int64_t model_read_bytes(const struct model *model)
{
	int64_t bytes = model_output_bytes(model);

	for (int layer = 0; layer < model->layers; layer++)
		bytes += model_layer_bytes(model, layer);
	return bytes;
}

int64_t model_base_bytes(const struct model *model)
{
	if (model->fitted_base_gib > 0)
		return (int64_t)(model->fitted_base_gib * GIB);
	return model->size_bytes + (int64_t)(USUAL_OVERHEAD_GIB * GIB);
}
