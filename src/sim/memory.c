#include "sim/memory.h"

#include <inttypes.h>
#include <string.h>

#define F32_BYTES 4
#define GIB       1073741824.0
#define MIB       1048576.0

/* Numbers in a block of the KV cache. */
#define KV_BLOCK 32

static const struct {
	const char *name;
	int block_bytes;
} kv_types[] = {
#define X(symbol, name, bytes) [symbol] = {name, bytes},
    KV_TYPES(X)
#undef X
};

const char *kv_type_name(enum kv_type type)
{
	return kv_types[type].name;
}

static int64_t cells_of(const struct memory_request *request)
{
	return (int64_t)request->context_size * request->parallel;
}

static int64_t kv_layer_bytes(const struct model *model, const struct memory_request *request)
{
	return cells_of(request) * model->heads_kv * 2 * model->head_dim * kv_types[request->kv_type].block_bytes /
	       KV_BLOCK;
}

int64_t memory_kv_bytes(const struct model *model, const struct memory_request *request)
{
	return kv_layer_bytes(model, request) * model->layers;
}

static int64_t mask_bytes(const struct memory_request *request)
{
	return (int64_t)F32_BYTES * request->batch * cells_of(request);
}

int64_t memory_graph_bytes(const struct model *model, const struct memory_request *request)
{
	int64_t row = (int64_t)F32_BYTES * request->batch;
	int64_t widths = strcmp(model->architecture, "qwen2") == 0 ? 2 : 4;
	int64_t heads = request->flash_attention ? 0 : model->heads;
	int64_t attention = row * (2 + widths * model->embedding + cells_of(request) * (1 + heads));
	int64_t vocabulary = row * (model->embedding + model->vocabulary);

	return attention > vocabulary ? attention : vocabulary;
}

/*
 * The GPU gets the last blocks. Blocks are added from the last one while
 * weights + kv_margin × KV + graph stay within the working set. Returns their
 * number and adds up their weights.
 */
static int fitting_layers(const struct device *device, const struct model *model, const struct memory_request *request,
                          int64_t *weights)
{
	double kv = (double)kv_layer_bytes(model, request) * device->kv_margin;
	double used = (double)memory_graph_bytes(model, request);
	int limit =
	    request->gpu_layers < 0 || request->gpu_layers > model->layers ? model->layers : request->gpu_layers;
	int count = 0;

	*weights = 0;
	while (count < limit) {
		int64_t layer = model_layer_bytes(model, model->layers - 1 - count);

		used += (double)layer + kv;
		if (request->gpu_layers < 0 && used > (double)device->working_set_bytes)
			break;
		*weights += layer;
		count++;
	}
	return count;
}

/* What a loaded model takes beside its weights, KV and graph. */
static int64_t overhead_bytes(const struct model *model)
{
	/* A tied output matrix lies in memory twice when it is on the GPU: as embedding and as output. */
	int64_t output_copy = model->tied_output ? model_output_bytes(model) : 0;

	return model_base_bytes(model) - model->size_bytes - output_copy;
}

struct memory_plan memory_plan_of(const struct device *device, const struct model *model,
                                  const struct memory_request *request)
{
	struct memory_plan plan = {
	    .kv_bytes = memory_kv_bytes(model, request),
	    .graph_bytes = memory_graph_bytes(model, request),
	};
	int64_t weights = 0;

	plan.total_bytes = model_base_bytes(model) + plan.kv_bytes + plan.graph_bytes;
	plan.resident_bytes = plan.total_bytes;
	if (device->library == GPU_NONE)
		return plan;
	plan.layers_on_gpu = fitting_layers(device, model, request, &weights);
	if (plan.layers_on_gpu == 0)
		return plan;
	if (plan.layers_on_gpu == model->layers && (request->gpu_layers < 0 || request->gpu_layers > model->layers)) {
		plan.layers_on_gpu++;
		plan.whole_on_gpu = true;
		plan.gpu_bytes = plan.total_bytes;
		return plan;
	}
	plan.gpu_bytes = weights + plan.layers_on_gpu * kv_layer_bytes(model, request) + plan.graph_bytes;
	/* The attention mask exists on both sides then. */
	plan.resident_bytes =
	    overhead_bytes(model) + plan.gpu_bytes + mask_bytes(request) - device->partial_relief_bytes;
	return plan;
}

bool memory_plan_fails(const struct device *device, const struct memory_plan *plan, struct text *error)
{
	if (plan->layers_on_gpu > 0 && device->buffer_bytes > 0 && plan->graph_bytes > device->buffer_bytes) {
		text_addf(error,
		          "llama runner process has terminated: error:failed to allocate buffer, size = %8.2f MiB\n"
		          "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size %" PRId64,
		          (double)plan->graph_bytes / MIB, plan->graph_bytes);
		return true;
	}
	/* macOS has no such check: it pages. */
	if (device->library != GPU_METAL && plan->total_bytes - plan->gpu_bytes > device->ram_bytes) {
		text_addf(error, "model requires more system memory (%.1f GiB) than is available (%.1f GiB)",
		          (double)(plan->total_bytes - plan->gpu_bytes) / GIB, (double)device->ram_bytes / GIB);
		return true;
	}
	return false;
}
