/* The roof over decoding: bytes of a step, rates, the makers' figures, and that memory can be measured. */
#include <math.h>

#include "base/clock.h"
#include "core/roofline.h"
#include "machine/bandwidth.h"
#include "plan/known_models.h"
#include "tap.h"

static const struct memory_setup plain = {
    .context_size = 2048, .parallel = 8, .batch = 512, .gpu_layers = -1, .kv_cache_type = CELL_KV_F16};

static void test_bytes(void)
{
	const struct model_shape *tied = known_model("llama3.2"), *mistral = known_model("mistral");
	struct model_shape shape = *tied;
	double token = 114688; /* of its KV cache: 28 layers · 8 heads · 256 numbers · 2 bytes */

	is_real(decode_step_bytes(tied, &plain, 1, 1000), 2011539712.0 + 1000 * token, 0.5,
	        "all weights, when the embedding is the output matrix, and one sequence");
	is_real(decode_step_bytes(tied, &plain, 8, 1000), 2011539712.0 + 8000 * token, 0.5,
	        "weights once, and eight sequences");
	is_real(decode_step_bytes(mistral, &plain, 1, 1), 4112531456.0 - 75497472 + 131072, 0.5,
	        "without the embedding otherwise");
	shape.experts = 8;
	ok(isnan(decode_step_bytes(&shape, &plain, 1, 1000)), "of a mixture of experts it is not known");
	shape = *tied;
	shape.weights_bytes = JSON_UNKNOWN;
	ok(isnan(decode_step_bytes(&shape, &plain, 1, 1000)), "nor without the tensors");
	ok(isnan(decode_step_bytes(tied, &plain, 1, NAN)), "nor without the context");
}

static void test_memories(void)
{
	struct memory_prediction predicted = {.weights_bytes = 1000, .layers = 29, .layers_on_gpu = 29};

	is_real(roofline_bytes_per_s(true, 20e9, 300e9, &predicted, 5000), 20e9, 1, "processors read the memory");
	is_real(roofline_bytes_per_s(false, 20e9, 300e9, &predicted, 1000), 300e9, 1, "a GPU reads its own");
	ok(isnan(roofline_bytes_per_s(false, 20e9, NAN, &predicted, 1000)), "how fast it is is not known");
	ok(isnan(roofline_bytes_per_s(false, 20e9, 300e9, &predicted, 999)),
	   "less is allocated there than the weights");
	ok(isnan(roofline_bytes_per_s(false, 20e9, 300e9, &predicted, JSON_UNKNOWN)), "or it is not told how much");
	predicted.layers_on_gpu = 28;
	ok(isnan(roofline_bytes_per_s(false, 20e9, 300e9, &predicted, 5000)), "a layer is read from the other memory");
	memory_prediction_reset(&predicted);
	ok(isnan(roofline_bytes_per_s(false, 20e9, 300e9, &predicted, 5000)), "nothing was predicted");
}

static void test_rates(void)
{
	is_real(roofline_tokens_per_s(2e9, 100e9), 50, 1e-9, "100 GB/s over 2 GB");
	is_real(roofline_mbu_pct(2e9, 35, 100e9), 70, 1e-9, "35 of 50 tokens/s");
	ok(isnan(roofline_tokens_per_s(NAN, 100e9)) && isnan(roofline_tokens_per_s(2e9, NAN)), "unknown stays unknown");
	ok(isnan(roofline_mbu_pct(2e9, NAN, 100e9)) && isnan(roofline_mbu_pct(2e9, 35, NAN)), "also of the share");
}

static void test_chips(void)
{
	is_real(bandwidth_of_chip("Apple M4", 4), 120e9, 1, "M4");
	is_real(bandwidth_of_chip("Apple M4 Max", 12), 546e9, 1, "M4 Max");
	is_real(bandwidth_of_chip("Apple M4 Max", 10), 410e9, 1, "the smaller M4 Max");
	ok(isnan(bandwidth_of_chip("Apple M4 Max", JSON_UNKNOWN)), "which of them is not known");
	ok(isnan(bandwidth_of_chip("AMD EPYC", 4)) && isnan(bandwidth_of_chip(NULL, 4)), "others");
}

/* A pass that had the processors to itself is plausible; on a busy machine there may be none. */
static void test_measured(void)
{
	struct machine_identity identity = {.logical_cores = 1, .memory_bytes = INT64_C(1) << 33};
	struct bandwidth bandwidth;
	bool known = bandwidth_measure(&identity, NS_PER_S / 5, &bandwidth);
	bool enough = 3 * bandwidth.array_bytes >= 4 * bandwidth_cache_bytes();

	is_int(bandwidth.array_bytes, INT64_C(1) << 27, "arrays are a 64th of the memory at most");
	ok(bandwidth.threads == 1 && (bandwidth.passes > 0) == enough, "passes were made, unless the cache is larger");
	ok(known ? bandwidth.read_bytes_per_s > 1e8 && bandwidth.read_bytes_per_s < 1e13
	         : isnan(bandwidth.read_bytes_per_s),
	   "a bandwidth, or none");
	identity.memory_bytes = INT64_C(1) << 20;
	ok(!bandwidth_measure(&identity, NS_PER_S / 5, &bandwidth) || bandwidth_cache_bytes() == 0,
	   "what would lie in the cache is not measured");
	identity.memory_bytes = INT64_C(1) << 33;
	ok(!bandwidth_measure(&identity, 1, &bandwidth), "where there is no time there is no figure");
}

int main(void)
{
	test_bytes();
	test_memories();
	test_rates();
	test_chips();
	test_measured();
	return tap_done();
}
