/*
 * The roof over decoding: each step reads the weights once, and the KV cache of
 * every sequence that it adds a token to, so that it cannot be faster than the
 * memory's bandwidth. Pure.
 */
#ifndef CORE_ROOFLINE_H
#define CORE_ROOFLINE_H

#include "core/memory_model.h"

/*
 * Bytes of one step for so many sequences with so many tokens of context each:
 * all tensors but the embedding, of which a row is read (where it is the output
 * matrix, too, all of it), and their keys and values. NAN when the tensors are
 * not known, and of a mixture of experts, which reads a part of them.
 */
double decode_step_bytes(const struct model_shape *shape, const struct memory_setup *setup, double sequences,
                         double context_tokens);

/*
 * Bytes a second of the memory that decoding reads; NAN where it is not known
 * which that is, or how fast it is. Processors read theirs. A GPU reads its own
 * where all layers are there, as predicted and as its driver shows: it has
 * allocated the weights at least, since a server may be built for no GPU.
 * Several GPUs compute one after the other, so of_gpu is that of one.
 */
double roofline_bytes_per_s(bool by_processors, double of_memory, double of_gpu,
                            const struct memory_prediction *predicted, int64_t gpu_used_bytes);

/* Tokens a second of each sequence at this bandwidth, and which share of it a rate uses, in %. NAN when one is unknown.
 */
double roofline_tokens_per_s(double step_bytes, double bytes_per_s);
double roofline_mbu_pct(double step_bytes, double tokens_per_s, double bytes_per_s);

#endif
