/* The estimate of fine-tuning: its arithmetic, its verdicts, and what is not known. */
#include "report/fine_tuning.h"

#include "tap.h"

#define GIB ((int64_t)1 << 30)

static struct model_facts shape(void)
{
	return (struct model_facts){
	    .parameters = 1000000000, .layers = 16, .embedding_length = 2048, .vocabulary = 32000};
}

static void is_words(const struct model_facts *model, int64_t available, const char *want, const char *what)
{
	struct fine_tuning estimate = fine_tuning_estimate(model, available);
	struct text words = {0};

	fine_tuning_add(&estimate, &words);
	is_text(text_string(&words), want, what);
	text_release(&words);
	fine_tuning_release(&estimate);
}

int main(void)
{
	struct model_facts model = shape();
	struct fine_tuning estimate = fine_tuning_estimate(&model, 16 * GIB);

	is_real(estimate.weights, 2e9, 0, "2 bytes a parameter");
	is_real(estimate.adapters, 16.0 * 4 * 16 * 16 * 2048, 0, "16 bytes × 4·L·r·h");
	is_real(estimate.activations, 2.0 * 2048 * 2048 * 16 + 34.0 * 2048 * 2048, 0, "2·s·h·L + 34·s·h");
	is_real(estimate.logits, 8.0 * 2048 * 32000, 0, "8·s·V");
	is_real(estimate.need, estimate.weights + estimate.adapters + estimate.activations + estimate.logits, 0,
	        "and their sum");
	is_int(estimate.verdict, FINE_TUNING_FITS, "fits");
	is_words(&model, 16 * GIB,
	         "would fit: about 2.6GiB of 16.0GiB free (weights 1.9GiB, adapters 32MiB, activations 264MiB, "
	         "logits 500MiB)",
	         "in words");
	fine_tuning_release(&estimate);
	estimate = fine_tuning_estimate(&model, 3 * GIB);
	is_int(estimate.verdict, FINE_TUNING_TIGHT, "fits with little to spare");
	fine_tuning_release(&estimate);
	estimate = fine_tuning_estimate(&model, 2 * GIB);
	is_int(estimate.verdict, FINE_TUNING_TOO_LARGE, "does not fit");
	fine_tuning_release(&estimate);
	model.layers = JSON_UNKNOWN;
	is_words(&model, JSON_UNKNOWN, "cannot be estimated: not known: layers, free memory of the machine",
	         "no number without its inputs");
	is_words(NULL, 16 * GIB, "cannot be estimated: not known: parameters, layers, embedding length, vocabulary",
	         "nothing known");
	return tap_done();
}
