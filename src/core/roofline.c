#include "core/roofline.h"

#include <math.h>

double decode_step_bytes(const struct model_shape *shape, const struct memory_setup *setup, double sequences,
                         double context_tokens)
{
	const struct memory_machine anything = {.gpu = MEMORY_CPU, .memory_bytes = JSON_UNKNOWN};
	struct memory_setup one = *setup;
	struct memory_prediction prediction;
	double weights;

	if (shape->weights_bytes == JSON_UNKNOWN || shape->experts > 0 || !(sequences > 0 && context_tokens >= 1))
		return NAN;
	one.parallel = 1;
	one.context_size = (int64_t)ceil(fmin(context_tokens, 1e9));
	prediction = memory_predict(shape, &one, &anything, NULL);
	if (prediction.kv_bytes == JSON_UNKNOWN)
		return NAN;
	weights = (double)(shape->weights_bytes - (shape->tied ? 0 : shape->embedding_bytes));
	return weights + sequences * (double)prediction.kv_bytes;
}

double roofline_bytes_per_s(bool by_processors, double of_memory, double of_gpu,
                            const struct memory_prediction *predicted, int64_t gpu_used_bytes)
{
	bool all_there = predicted->weights_bytes != JSON_UNKNOWN && predicted->layers_on_gpu != JSON_UNKNOWN &&
	                 predicted->layers_on_gpu == predicted->layers && gpu_used_bytes >= predicted->weights_bytes;

	if (by_processors)
		return of_memory;
	return all_there ? of_gpu : NAN;
}

double roofline_tokens_per_s(double step_bytes, double bytes_per_s)
{
	return step_bytes > 0 && bytes_per_s > 0 ? bytes_per_s / step_bytes : NAN;
}

double roofline_mbu_pct(double step_bytes, double tokens_per_s, double bytes_per_s)
{
	return step_bytes > 0 && bytes_per_s > 0 ? 100 * step_bytes * tokens_per_s / bytes_per_s : NAN;
}
