/*
 * The number formats of GGUF's tensors: so many numbers share a block of so
 * many bytes. Sizes are those of ggml's block structures.
 */
#ifndef CORE_TENSOR_TYPE_H
#define CORE_TENSOR_TYPE_H

#include <stddef.h>
#include <stdint.h>

struct tensor_type {
	uint32_t id;      /* in a GGUF file */
	const char *name; /* as /api/show of Ollama writes it: "Q4_K" */
	int64_t block_numbers, block_bytes;
};

/* NULL: no such format. */
const struct tensor_type *tensor_type_of(uint32_t id);
const struct tensor_type *tensor_type_named(const char *name);

/* Bytes of so many numbers; JSON_UNKNOWN when they do not fill blocks or are more than 2^48. */
int64_t tensor_bytes(const struct tensor_type *type, int64_t numbers);

#endif
