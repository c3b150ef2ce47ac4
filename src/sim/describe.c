#include "sim/describe.h"

#include <stdlib.h>

#include "base/clock.h"
#include "sim/gotext.h"

#define INSTALLED_AT_S 1741158000 /* 2025-03-05, the days of seed 000's server */

static struct json *new_simulated(const struct sim *sim)
{
	struct json *simulated = json_new_object();

	json_set_string(simulated, "device", sim->device->name);
	json_set_number(simulated, "speed", sim->speed);
	json_set_string(simulated, "memory_file", sim->memory_file.path);
	return simulated;
}

struct json *describe_version(const struct sim *sim)
{
	struct json *version = json_new_object();

	json_set_string(version, "version", sim->version);
	json_set(version, "simulated", new_simulated(sim));
	return version;
}

char *describe_simulated(const struct sim *sim)
{
	struct json *simulated = new_simulated(sim);
	struct text text = {0};

	json_add_to(&text, simulated);
	json_free(simulated);
	return text_take(&text);
}

void describe_add_member(struct text *json, const char *simulated)
{
	if (json->size < 2 || json->data[0] != '{' || json->data[json->size - 1] != '}')
		return;
	json->data[--json->size] = '\0';
	text_addf(json, ",\"simulated\":%s}", simulated);
}

static void set_time(struct json *object, const char *key, int64_t wall_ns)
{
	struct text time = {0};

	go_add_time(&time, wall_ns);
	json_set_string(object, key, text_string(&time));
	text_release(&time);
}

static struct json *new_details(const struct model *model)
{
	struct json *details = json_new_object();
	struct json *families = json_new_list();

	json_append_string(families, model->architecture);
	json_set_string(details, "parent_model", "");
	json_set_string(details, "format", "gguf");
	json_set_string(details, "family", model->architecture);
	json_set(details, "families", families);
	json_set_string(details, "parameter_size", model->parameter_size);
	json_set_string(details, "quantization_level", quantization_name(model->quantization));
	return details;
}

static struct json *new_capabilities(const struct sim *sim, const struct model *model)
{
	struct json *capabilities = json_new_list();

	json_append_string(capabilities, "completion");
	if (model->thinks && sim->rules.has_thinking)
		json_append_string(capabilities, "thinking");
	if (model->image_tokens > 0)
		json_append_string(capabilities, "vision");
	return capabilities;
}

struct json *describe_installed(const struct sim *sim)
{
	struct json *answer = json_new_object();
	struct json *list = json_new_list();

	for (size_t i = 0; i < model_count; i++) {
		struct json *entry = json_new_object();

		json_set_string(entry, "name", models[i].name);
		json_set_string(entry, "model", models[i].name);
		/* newest first */
		set_time(entry, "modified_at", (INSTALLED_AT_S - (int64_t)i) * NS_PER_S);
		json_set_integer(entry, "size", models[i].size_bytes);
		json_set_string(entry, "digest", models[i].digest);
		json_set(entry, "details", new_details(&models[i]));
		if (sim->rules.tags_capabilities)
			json_set(entry, "capabilities", new_capabilities(sim, &models[i]));
		json_append(list, entry);
	}
	json_set(answer, "models", list);
	return answer;
}

struct json *describe_loaded(const struct sim *sim)
{
	struct loaded_model loaded = scheduler_loaded(sim->scheduler);
	struct json *answer = json_new_object();
	struct json *list = json_new_list();

	if (loaded.model != NULL && (!loaded.loading || sim->rules.ps_lists_loading)) {
		struct json *entry = json_new_object();

		json_set_string(entry, "name", loaded.model->name);
		json_set_string(entry, "model", loaded.model->name);
		json_set_integer(entry, "size", loaded.memory.total_bytes);
		json_set_string(entry, "digest", loaded.model->digest);
		json_set(entry, "details", new_details(loaded.model));
		set_time(entry, "expires_at", loaded.expires_wall_ns);
		json_set_integer(entry, "size_vram", loaded.memory.gpu_bytes);
		if (sim->rules.ps_context)
			json_set_integer(entry, "context_length", loaded.context_size);
		json_append(list, entry);
	}
	json_set(answer, "models", list);
	return answer;
}

static void set_info(struct json *info, const struct model *model, const char *key, int64_t value)
{
	char *full = text_format("%s.%s", model->architecture, key);

	json_set_integer(info, full, value);
	free(full);
}

static struct json *new_model_info(const struct model *model)
{
	struct json *info = json_new_object();

	json_set_string(info, "general.architecture", model->architecture);
	json_set_integer(info, "general.file_type", quantization_file_type(model->quantization));
	json_set_integer(info, "general.parameter_count", model->parameter_count);
	set_info(info, model, "attention.head_count", model->heads);
	set_info(info, model, "attention.head_count_kv", model->heads_kv);
	set_info(info, model, "attention.key_length", model->head_dim);
	set_info(info, model, "attention.value_length", model->head_dim);
	set_info(info, model, "block_count", model->layers);
	set_info(info, model, "context_length", model->context_length);
	set_info(info, model, "embedding_length", model->embedding);
	set_info(info, model, "feed_forward_length", model->feed_forward);
	set_info(info, model, "vocab_size", model->vocabulary);
	json_set(info, "tokenizer.ggml.tokens", NULL);
	return info;
}

/* One line for each value, the key left-justified to 30 columns. */
static void set_parameters(struct json *answer, const struct model *model)
{
	struct text parameters = {0};

	for (int i = 0; i < MODEL_STOPS && model->stops[i] != NULL; i++) {
		text_addf(&parameters, "%s%-30s ", i > 0 ? "\n" : "", "stop");
		go_add_quoted(&parameters, model->stops[i]);
	}
	if (parameters.size > 0)
		json_set_string(answer, "parameters", text_string(&parameters));
	text_release(&parameters);
}

static void set_modelfile(struct json *answer, const struct model *model)
{
	struct text modelfile = {0};

	text_addf(&modelfile, "# Modelfile generated by \"ollama show\"\n\nFROM %s\nTEMPLATE {{ .Prompt }}\n",
	          model->name);
	for (int i = 0; i < MODEL_STOPS && model->stops[i] != NULL; i++)
		text_addf(&modelfile, "PARAMETER stop %s\n", model->stops[i]);
	json_set_string(answer, "modelfile", text_string(&modelfile));
	text_release(&modelfile);
}

struct json *describe_model(const struct sim *sim, const struct model *model)
{
	struct json *answer = json_new_object();

	json_set_string(answer, "license", model->license);
	set_modelfile(answer, model);
	set_parameters(answer, model);
	json_set_string(answer, "template", "{{ .Prompt }}");
	if (model->system != NULL)
		json_set_string(answer, "system", model->system);
	json_set(answer, "details", new_details(model));
	json_set(answer, "model_info", new_model_info(model));
	if (sim->rules.shows_capabilities)
		json_set(answer, "capabilities", new_capabilities(sim, model));
	set_time(answer, "modified_at", INSTALLED_AT_S * NS_PER_S);
	return answer;
}
