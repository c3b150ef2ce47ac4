/*
 * What of a model decides how much memory it takes: a few numbers of its GGUF
 * header, wherever they were read (a file, a server, a table, an earlier run).
 */
#ifndef CORE_MODEL_SHAPE_H
#define CORE_MODEL_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

enum { MODEL_ARCHITECTURE_MAX = 32 };

/* Numbers are JSON_UNKNOWN until told, see model_shape_reset(). */
struct model_shape {
	char architecture[MODEL_ARCHITECTURE_MAX]; /* general.architecture; "": nothing is known */
	int64_t layers;                            /* block_count; the output layer is one more */
	int64_t embedding;                         /* embedding_length */
	int64_t heads;                             /* attention.head_count: of one layer, the most */
	int64_t kv_heads;                          /* attention.head_count_kv: of all layers together */
	int64_t key_length, value_length;          /* numbers of a head: attention.*_length, else embedding / heads */
	int64_t vocabulary;
	int64_t sliding_window; /* tokens that some layers look back at most; unknown: none does */
	int64_t experts;        /* of a mixture; unknown: it is none */

	int64_t file_bytes;      /* on disk */
	int64_t weights_bytes;   /* of all tensors */
	int64_t block_bytes;     /* of them: those of the layers */
	int64_t embedding_bytes; /* of them: token_embd, which stays with the CPU */
	bool tied;               /* it is the output matrix, too */
	/*
	 * It lies in the file between tensors of the GPU: a mapping of the file
	 * for the GPU, as on Metal, has it in it.
	 */
	bool embedding_within;
};

void model_shape_reset(struct model_shape *shape);

/*
 * Reads an object with the keys of a GGUF header, as /api/show's model_info is.
 * False: it names no architecture. What it does not say stays unknown.
 */
bool model_shape_read(const struct json *info, struct model_shape *shape);

/*
 * Adds up tensors in the order of the file; model_shape_end_tensors() after the
 * last one. bytes: JSON_UNKNOWN makes the sums unknown; rows: of the matrix.
 */
struct tensor_sums {
	int64_t weights, blocks, embedding;
	bool unknown, output, within, after; /* an output matrix; GPU tensors before the embedding; and after it */
};
void model_shape_add_tensor(struct model_shape *shape, struct tensor_sums *sums, const char *name, int64_t bytes,
                            int64_t rows);
void model_shape_end_tensors(struct model_shape *shape, const struct tensor_sums *sums);

/* The list of tensors of /api/show: {name, type, shape}. */
void model_shape_read_tensors(const struct json *tensors, struct model_shape *shape);

/* Keys are the members' names; unknown is null. Parsing a null, or another thing, leaves it reset. */
struct json *model_shape_json(const struct model_shape *shape);
void model_shape_parse(const struct json *json, struct model_shape *shape);

#endif
