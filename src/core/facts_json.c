/* What is written here of a server or a model is read here. */
#include "base/memory.h"
#include "core/facts.h"

static char *string_of(const struct json *object, const char *key)
{
	return memory_string(json_get_string(object, key));
}

struct json *server_facts_json(const struct server_facts *server)
{
	struct json *json = json_new_object();

	json_set_string(json, "name", server->name);
	json_set_string(json, "adapter", server->adapter);
	json_set_string(json, "kind", server->kind);
	json_set_string(json, "version", server->version);
	json_set_string(json, "command", server->command);
	json_set_string(json, "simulated", server->simulated);
	json_set_string(json, "memory_file", server->memory_file);
	return json;
}

struct server_facts server_facts_parse(const struct json *json)
{
	return (struct server_facts){
	    .name = string_of(json, "name"),
	    .adapter = string_of(json, "adapter"),
	    .kind = string_of(json, "kind"),
	    .version = string_of(json, "version"),
	    .command = string_of(json, "command"),
	    .simulated = string_of(json, "simulated"),
	    .memory_file = string_of(json, "memory_file"),
	};
}

struct json *model_facts_json(const struct model_facts *model)
{
	struct json *json = json_new_object();

	json_set_string(json, "name", model->name);
	json_set_string(json, "server", model->server);
	json_set_string(json, "full_name", model->full_name);
	json_set_string(json, "digest", model->digest);
	json_set_integer(json, "size_bytes", model->size_bytes);
	json_set_string(json, "block", model->block);
	json_set_integer(json, "context_length", model->context_length);
	json_set_string(json, "architecture", model->architecture);
	json_set_string(json, "quantization", model->quantization);
	json_set_integer(json, "parameters", model->parameters);
	json_set_integer(json, "layers", model->layers);
	json_set_integer(json, "embedding_length", model->embedding_length);
	json_set_integer(json, "vocabulary", model->vocabulary);
	json_set(json, "shape", model_shape_json(&model->shape));
	json_set_integer(json, "loaded_bytes", model->loaded_bytes);
	json_set_integer(json, "loaded_vram_bytes", model->loaded_vram_bytes);
	json_set_integer(json, "loaded_context_size", model->loaded_context_size);
	return json;
}

struct model_facts model_facts_parse(const struct json *json)
{
	struct model_facts model = {
	    .server = string_of(json, "server"),
	    .name = string_of(json, "name"),
	    .full_name = string_of(json, "full_name"),
	    .digest = string_of(json, "digest"),
	    .size_bytes = json_get_integer(json, "size_bytes"),
	    .block = string_of(json, "block"),
	    .context_length = json_get_integer(json, "context_length"),
	    .architecture = string_of(json, "architecture"),
	    .quantization = string_of(json, "quantization"),
	    .parameters = json_get_integer(json, "parameters"),
	    .layers = json_get_integer(json, "layers"),
	    .embedding_length = json_get_integer(json, "embedding_length"),
	    .vocabulary = json_get_integer(json, "vocabulary"),
	    .loaded_bytes = json_get_integer(json, "loaded_bytes"),
	    .loaded_vram_bytes = json_get_integer(json, "loaded_vram_bytes"),
	    .loaded_context_size = json_get_integer(json, "loaded_context_size"),
	};

	model_shape_parse(json_get(json, "shape"), &model.shape);
	return model;
}
