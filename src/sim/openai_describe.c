#include "sim/openai_describe.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "sim/gotext.h"

static void add_string(struct text *text, const char *key, const char *value)
{
	text_addf(text, "\"%s\":", key);
	go_add_json_string(text, value);
}

static void add_llama_models(struct text *text, const struct openai *openai)
{
	const struct model *model = openai->model;

	text_add(text, "{\"models\":[{");
	add_string(text, "name", openai->rules.model_name);
	text_addf(text, ",\"type\":\"model\",\"capabilities\":[\"completion\"%s]}],\"object\":\"list\",\"data\":[{",
	          model->image_tokens > 0 ? ",\"multimodal\"" : "");
	add_string(text, "id", openai->rules.model_name);
	text_addf(text, ",\"object\":\"model\",\"created\":%" PRId64 ",\"owned_by\":\"llamacpp\",\"meta\":{",
	          clock_wall_ns() / NS_PER_S);
	text_addf(text,
	          "\"n_vocab\":%d,\"n_ctx\":%d,\"n_ctx_train\":%d,\"n_embd\":%d,\"n_params\":%" PRId64
	          ",\"size\":%" PRId64 ",\"ftype\":\"%s\"}}]}",
	          model->vocabulary, openai->rules.context_size, model->context_length, model->embedding,
	          model->parameter_count, model->size_bytes, quantization_name(model->quantization));
}

void openai_add_models(struct text *text, const struct openai *openai)
{
	if (strcmp(openai->kind->name, "llama-server") == 0) {
		add_llama_models(text, openai);
		return;
	}
	text_add(text, "{\"object\":\"list\",\"data\":[{");
	add_string(text, "id", openai->rules.model_name);
	text_addf(text, ",\"object\":\"model\",\"created\":%" PRId64 ",\"owned_by\":\"%s\"", clock_wall_ns() / NS_PER_S,
	          openai->kind->owned_by);
	if (strcmp(openai->kind->name, "vllm") == 0 || strcmp(openai->kind->name, "sglang") == 0)
		text_addf(text, ",\"max_model_len\":%d", openai->rules.context_size);
	text_add(text, "}]}");
}

void openai_add_props(struct text *text, const struct openai *openai)
{
	bool sees = openai->model->image_tokens > 0;

	text_addf(text,
	          "{\"default_generation_settings\":{\"params\":{\"n_predict\":-1,\"ignore_eos\":false},"
	          "\"n_ctx\":%d},\"total_slots\":%d,",
	          openai->rules.context_size, openai->settings.parallel);
	add_string(text, "model_alias", openai->rules.model_name);
	text_addf(text, ",\"model_ftype\":\"%s\",", quantization_name(openai->model->quantization));
	add_string(text, "model_path", openai->rules.model_name);
	text_addf(text,
	          ",\"modalities\":{\"vision\":%s,\"video\":false,\"audio\":false},\"chat_template\":\"\","
	          "\"build_info\":\"" KIND_LLAMA_BUILD "\",\"is_sleeping\":false}",
	          sees ? "true" : "false");
}

void openai_add_slots(struct text *text, const struct openai *openai)
{
	text_add_char(text, '[');
	for (int i = 0; i < openai->settings.parallel; i++) {
		const struct job *job = openai->runner != NULL ? runner_slot_job(openai->runner, i) : NULL;

		text_addf(text, "%s{\"id\":%d,\"n_ctx\":%d,\"speculative\":false,\"is_processing\":%s",
		          i > 0 ? "," : "", i, openai->rules.context_size, job != NULL ? "true" : "false");
		if (job != NULL)
			text_addf(text,
			          ",\"n_prompt_tokens\":%d,\"n_prompt_tokens_processed\":%d,"
			          "\"n_prompt_tokens_cache\":%d,\"next_token\":[{\"has_next_token\":true,"
			          "\"n_remain\":%d,\"n_decoded\":%d}]",
			          job->prompt_tokens, job->produced > 0 ? job->evaluated_tokens : 0,
			          job->prompt_tokens - job->evaluated_tokens, job->answer_tokens - job->produced,
			          job->produced);
		text_add_char(text, '}');
	}
	text_add_char(text, ']');
}

void openai_add_health(struct text *text, const struct openai *openai)
{
	const char *kind = openai->kind->name;

	if (strcmp(kind, "mlx-vlm") == 0) {
		text_add(text, "{\"status\":\"healthy\",");
		add_string(text, "loaded_model", openai->rules.model_name);
		text_add(text, ",\"loaded_adapter\":null,\"apc_enabled\":false}");
	} else if (strcmp(kind, "vllm-mlx") == 0) {
		text_add(text, "{\"status\":\"healthy\",\"model_loaded\":true,");
		add_string(text, "model_name", openai->rules.model_name);
		text_addf(text, ",\"model_type\":\"llm\",\"engine_type\":\"%s\"}",
		          openai->settings.parallel > 1 ? "batched" : "simple");
	} else if (strcmp(kind, "llama-server") == 0 || strcmp(kind, "mlx_lm") == 0 ||
	           strcmp(kind, "transformers") == 0) {
		text_add(text, "{\"status\":\"ok\"}");
	}
}

void openai_add_tgi_info(struct text *text, const struct openai *openai)
{
	text_add_char(text, '{');
	add_string(text, "model_id", openai->rules.model_name);
	text_addf(text,
	          ",\"max_concurrent_requests\":%d,\"max_input_tokens\":%d,\"max_total_tokens\":%d,"
	          "\"router\":\"text-generation-router\",\"version\":\"3.3.0\"}",
	          openai->settings.parallel + openai->settings.queue_limit, openai->rules.context_size - 1,
	          openai->rules.context_size);
}

void openai_add_sglang_info(struct text *text, const struct openai *openai)
{
	text_add_char(text, '{');
	add_string(text, "model_path", openai->rules.model_name);
	text_addf(text,
	          ",\"max_running_requests\":%d,\"context_length\":%d,\"version\":\"0.5.4\",\"internal_states\":[{}]}",
	          openai->settings.parallel, openai->rules.context_size);
}

void openai_add_sglang_model(struct text *text, const struct openai *openai)
{
	text_add_char(text, '{');
	add_string(text, "model_path", openai->rules.model_name);
	text_add(text, ",\"is_generation\":true}");
}

void openai_add_sglang_load(struct text *text, const struct openai *openai)
{
	text_addf(text, "[{\"dp_rank\":0,\"num_reqs\":%d,\"num_waiting_reqs\":%d}]", openai_busy(openai),
	          openai_waiting(openai));
}

void openai_add_status(struct text *text, const struct openai *openai)
{
	double gigabytes = (double)openai->resident_bytes / 1e9;

	text_addf(text,
	          "{\"status\":\"%s\",\"num_running\":%d,\"num_waiting\":%d,\"metal\":{\"active_memory_gb\":%.3f,"
	          "\"peak_memory_gb\":%.3f}}",
	          openai_busy(openai) > 0 ? "running" : "idle", openai_busy(openai), openai_waiting(openai), gigabytes,
	          gigabytes);
}

/* Means over the server's life: the real one tells the last request's. */
void openai_add_perf(struct text *text, const struct openai *openai)
{
	const struct meters *meters = &openai->meters;
	double requests = meters->requests > 0 ? (double)meters->requests : 1;

	text_addf(text,
	          "{\"last_process\":%.3f,\"last_eval\":%.3f,\"last_token_count\":%d,\"total_gens\":%" PRId64
	          ",\"queue\":%d,\"idle\":%d}",
	          (double)meters->prompt_ns / NS_PER_S / requests, (double)meters->answer_ns / NS_PER_S / requests,
	          (int)((double)meters->answer_tokens / requests), meters->requests, openai_waiting(openai),
	          openai_busy(openai) == 0);
}

void openai_add_lmstudio_v0(struct text *text, const struct openai *openai)
{
	text_add(text, "{\"object\":\"list\",\"data\":[{");
	add_string(text, "id", openai->rules.model_name);
	text_addf(text,
	          ",\"object\":\"model\",\"type\":\"%s\",\"arch\":\"%s\",\"compatibility_type\":\"gguf\","
	          "\"quantization\":\"%s\",\"state\":\"%s\",\"max_context_length\":%d}]}",
	          openai->model->image_tokens > 0 ? "vlm" : "llm", openai->model->architecture,
	          quantization_name(openai->model->quantization), openai->loaded ? "loaded" : "not-loaded",
	          openai->model->context_length);
}

void openai_add_lmstudio_v1(struct text *text, const struct openai *openai)
{
	text_add(text, "{\"models\":[{\"type\":\"llm\",");
	add_string(text, "key", openai->rules.model_name);
	text_addf(text, ",\"size_bytes\":%" PRId64 ",\"max_context_length\":%d,\"loaded_instances\":[",
	          openai->model->size_bytes, openai->model->context_length);
	if (openai->loaded) {
		text_add_char(text, '{');
		add_string(text, "id", openai->rules.model_name);
		text_addf(text, ",\"config\":{\"context_length\":%d}}", openai->rules.context_size);
	}
	text_add(text, "]}]}");
}

void openai_add_mlx_metrics(struct text *text, const struct openai *openai)
{
	text_addf(text, "{\"requests\":%" PRId64 ",\"prompt_tokens\":%" PRId64 ",\"generation_tokens\":%" PRId64 "}",
	          openai->meters.requests, openai->meters.prompt_tokens + openai->meters.cached_tokens,
	          openai->meters.answer_tokens);
}
