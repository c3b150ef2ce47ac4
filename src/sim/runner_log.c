#include "sim/runner_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/gotext.h"
#include "sim/log.h"

#define MIB 1048576.0

static const char *library_name(enum gpu_library library)
{
	switch (library) {
	case GPU_NONE:
		return "cpu";
	case GPU_METAL:
		return "metal";
	case GPU_CUDA:
		return "cuda";
	}
	return "";
}

static const char *buffer_name(enum gpu_library library)
{
	switch (library) {
	case GPU_NONE:
		return "CPU";
	case GPU_METAL:
		return "Metal";
	case GPU_CUDA:
		return "CUDA0";
	}
	return "";
}

static void log_command(const struct runner_plan *plan, const struct version_rules *rules)
{
	const struct runner_settings *settings = &plan->settings;
	int64_t cells = (int64_t)settings->context_size * plan->parallel;
	struct text command = {0};

	text_addf(&command, "%s", rules->is_llama_server ? "llama-server" : "ollama runner");
	text_addf(&command, " --model sha256-%s", plan->model->digest);
	if (rules->is_llama_server)
		text_addf(&command, " --port 0 --host 127.0.0.1 -c %" PRId64 " -np %d -b %d", cells, plan->parallel,
		          settings->batch);
	else if (rules->runner_has_settings)
		text_addf(&command,
		          " --ctx-size %" PRId64
		          " --batch-size %d --n-gpu-layers %d --threads %d --parallel %d --port 0",
		          cells, settings->batch, plan->memory.layers_on_gpu,
		          settings->threads > 0 ? settings->threads : 4, plan->parallel);
	else
		text_add(&command, " --port 0");
	log_line("INFO", "server.go:405", rules->starting, " cmd=\"%s\"", text_string(&command));
	text_release(&command);
}

static void log_offload(const struct runner_plan *plan)
{
	struct text total = {0}, gpu = {0}, kv = {0}, graph = {0};

	go_add_gib(&total, plan->memory.total_bytes);
	go_add_gib(&gpu, plan->memory.gpu_bytes);
	go_add_gib(&kv, plan->memory.kv_bytes);
	go_add_gib(&graph, plan->memory.graph_bytes);
	log_line("INFO", "server.go:138", "offload",
	         " library=%s layers.requested=%d layers.model=%d layers.offload=%d memory.required.full=\"%s\""
	         " memory.required.partial=\"%s\" memory.required.kv=\"%s\" memory.graph.full=\"%s\"",
	         library_name(plan->device->library), plan->settings.gpu_layers, plan->model->layers + 1,
	         plan->memory.layers_on_gpu, text_string(&total), text_string(&gpu), text_string(&kv),
	         text_string(&graph));
	text_release(&total);
	text_release(&gpu);
	text_release(&kv);
	text_release(&graph);
}

void runner_log_start(const struct runner_plan *plan, const struct version_rules *rules)
{
	const char *buffer = buffer_name(plan->device->library);
	int64_t cells = (int64_t)plan->settings.context_size * plan->parallel;

	if (rules->runner_has_settings)
		log_offload(plan);
	log_command(plan, rules);
	if (plan->device->library != GPU_NONE)
		log_raw("load_tensors: offloaded %d/%d layers to GPU", plan->memory.layers_on_gpu,
		        plan->model->layers + 1);
	log_raw("llama_init_from_model: n_seq_max     = %d", plan->parallel);
	log_raw("llama_init_from_model: n_ctx         = %" PRId64, cells);
	log_raw("llama_init_from_model: n_ctx_per_seq = %d", plan->settings.context_size);
	log_raw("llama_init_from_model: flash_attn    = %d", plan->flash_attention);
	log_raw("llama_kv_cache_init: kv_size = %" PRId64 ", offload = 1, type_k = '%s', type_v = '%s', n_layer = %d, "
	        "can_shift = 1",
	        cells, kv_type_name(plan->kv_type), kv_type_name(plan->kv_type), plan->model->layers);
	log_raw("llama_kv_cache_init: %10s KV buffer size = %8.2f MiB", buffer, (double)plan->memory.kv_bytes / MIB);
}

void runner_log_one_slot(const struct model *model)
{
	log_line("WARN", "sched.go:423", "model architecture does not currently support parallel requests",
	         " architecture=%s", model->architecture);
}

void runner_log_refusals(bool flash_attention, enum kv_type kv_type)
{
	if (flash_attention)
		log_line("WARN", "server.go:211", "flash attention enabled but not supported by gpu", "%s", "");
	if (kv_type != KV_F16)
		log_line("WARN", "server.go:235", "quantized kv cache requested but flash attention disabled",
		         " type=%s", kv_type_name(kv_type));
}

void runner_log_started(const struct runner_plan *plan, int64_t elapsed_ns)
{
	char message[64];

	log_raw("llama_init_from_model: %10s compute buffer size = %8.2f MiB", buffer_name(plan->device->library),
	        (double)plan->memory.graph_bytes / MIB);
	snprintf(message, sizeof(message), "llama runner started in %.2f seconds", (double)elapsed_ns / 1e9);
	log_line("INFO", "server.go:619", message, "%s", "");
}

void runner_log_failed(const char *error)
{
	const char *words = strstr(error, ": ");
	struct text quoted = {0};

	log_raw("%s", words != NULL ? words + 2 : error);
	go_add_quoted(&quoted, error);
	log_line("ERROR", "sched.go:456", "error loading llama server", " error=%s", text_string(&quoted));
	text_release(&quoted);
}
