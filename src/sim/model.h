/*
 * The models that are "installed": their shapes (what decides memory and time)
 * and the texts that /api/show gives. Pure; links alone.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quantization { QUANTIZATION_Q4_0, QUANTIZATION_Q4_K_M, QUANTIZATION_Q8_0 };

#define MODEL_STOPS 4

struct model {
	const char *name; /* with its tag */
	const char *digest;
	int64_t size_bytes; /* on disk: all layers of the manifest */

	const char *architecture; /* GGUF's general.architecture: "llama", "qwen2" */
	int64_t parameter_count;
	const char *parameter_size; /* as Ollama prints the count */
	enum quantization quantization;
	int context_length; /* that it was trained for */
	int layers, heads, heads_kv, head_dim, embedding, feed_forward, vocabulary;
	bool tied_output; /* the output matrix is the token embedding */
	bool thinks;      /* answers with its thoughts first */
	int image_tokens; /* that one image counts, of any size; 0: it does not see */

	/*
	 * Memory of the loaded model without KV cache and compute graph. Fitted
	 * to seed 000 at parallel 1 where it was measured; 0: size on disk plus
	 * the usual quarter of a GiB.
	 */
	double fitted_base_gib;

	const char *stops[MODEL_STOPS]; /* NULL-terminated when fewer */
	const char *system;             /* NULL: none */
	const char *license;
};

extern const struct model models[];
extern const size_t model_count;

/* By any name that Ollama takes: "llama3.2", "library/llama3.2:latest", case ignored. NULL when not installed. */
const struct model *model_find(const char *name);

const char *quantization_name(enum quantization quantization);
int quantization_file_type(enum quantization quantization); /* GGUF's general.file_type */

/* Bytes of the weights of block `layer`, from 0. */
int64_t model_layer_bytes(const struct model *model, int layer);

/* Bytes of the output matrix. */
int64_t model_output_bytes(const struct model *model);

/* Bytes of weights that one decode step reads: all blocks and the output matrix. */
int64_t model_read_bytes(const struct model *model);

int64_t model_base_bytes(const struct model *model);

#endif
