/*
 * Whether fine-tuning with LoRA would fit in a machine's memory: an estimate
 * from the model's shape, nothing that was measured.
 *
 *   need = weights + adapters + activations + logits, with a batch of one
 *   sequence of s tokens, h the embedding length, L layers, V the vocabulary:
 *
 *   weights      2 bytes × parameters: frozen, in 16 bits
 *                (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models")
 *   adapters     16 bytes × 4·L·r·h: of rank r at the query and the value matrix of each layer, 2·r·h numbers
 *                for a square matrix, each with its gradient and Adam's state in mixed precision
 *                (Hu et al.; 16 bytes: Rajbhandari et al. 2020, "ZeRO", 3.1). With grouped queries
 *                the value matrices are smaller, so that this is an upper bound.
 *   activations  2·s·h·L + 34·s·h bytes: the input of each layer kept, one layer computed anew at a time, without the
 *                attention scores, which fused kernels do not keep
 *                (Korthikanti et al. 2022, "Reducing Activation Recomputation in Large Transformer Models", 4.1 and 5)
 *   logits       8 bytes × s·V: in 32 bits, with their gradient
 *
 * The framework's own memory is left out. "Fits" leaves FINE_TUNING_SPARE_PCT
 * of what is free for it.
 */
#ifndef REPORT_FINE_TUNING_H
#define REPORT_FINE_TUNING_H

#include "base/text.h"
#include "core/facts.h"

enum { FINE_TUNING_RANK = 16, FINE_TUNING_TOKENS = 2048, FINE_TUNING_SPARE_PCT = 20 };

enum fine_tuning_verdict { FINE_TUNING_UNKNOWN, FINE_TUNING_FITS, FINE_TUNING_TIGHT, FINE_TUNING_TOO_LARGE };

struct fine_tuning {
	enum fine_tuning_verdict verdict;
	/* bytes; NAN unknown */
	double weights, adapters, activations, logits, need;
	double available;    /* the machine's memory less what it used before the model was loaded */
	struct text unknown; /* inputs that are not known: "layers, vocabulary" */
};

/* model: NULL, nothing is known. available_bytes: JSON_UNKNOWN when it is. Release with fine_tuning_release(). */
struct fine_tuning fine_tuning_estimate(const struct model_facts *model, int64_t available_bytes);
void fine_tuning_release(struct fine_tuning *estimate);

/* "would fit: about 8.9GiB of 14.2GiB free (weights 6.0GiB, …)", or "cannot be estimated: not known: layers". */
void fine_tuning_add(const struct fine_tuning *estimate, struct text *into);

/* The formula with its sources, in one paragraph of inline text. */
void fine_tuning_add_formula(struct text *into);

#endif
