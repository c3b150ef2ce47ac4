#include "target/openai_kinds.h"

#include "base/text.h"

#define LLAMA_CPP_REQUESTS .takes_seed = true, .length = OPENAI_LENGTH_IGNORE_EOS, .cache_switch = "cache_prompt"

/*
 * Not sent on purpose: vLLM's stream_options.continuous_usage_stats and
 * llama-server's timings_per_token make every chunk longer, and nothing here
 * reads what they tell but the last time.
 */
const struct openai_kind openai_kinds[] = {
    {.name = "llama-server",
     .programs = {"llama-server"},
     LLAMA_CPP_REQUESTS,
     .thinking = OPENAI_THINKING_TEMPLATE,
     .ready_path = "/props",
     .models_path = "/v1/models",
     .any_name = true,
     .model_path = "/v1/models",
     .loaded_path = "/props",
     .count_prompt = {"/tokenize", "content", "add_special", "parse_special"},
     .count_chat = {.path = "/v1/chat/completions/input_tokens"},
     .queue_ends_with_header = true},
    {.name = "llamafile", /* until 0.9 an old llama-server, whose header comes with the first token */
     .programs = {".llamafile", "llamafile"},
     LLAMA_CPP_REQUESTS,
     .ready_path = "/health",
     .models_path = "/v1/models",
     .any_name = true,
     .model_path = "/v1/models",
     .count_prompt = {"/tokenize", "content", "add_special", "parse_special"}},
    {.name = "llama-cpp-python",
     .programs = {"llama_cpp.server"},
     .takes_seed = true,
     .ready_path = "/v1/models",
     .models_path = "/v1/models",
     .any_name = true,
     .count_prompt = {.path = "/extras/tokenize/count", .text = "input"}},
    {.name = "mlx_lm", /* a seed makes it serve the request alone; an unknown model makes it download */
     .programs = {"mlx_lm.server", "mlx_lm"},
     .thinking = OPENAI_THINKING_TEMPLATE,
     .own_model = "default_model",
     .models_path = "/v1/models",
     .list_may_fail = true,
     .loads_late = true},
    {.name = "mlx-vlm",
     .programs = {"mlx_vlm.server", "mlx_vlm"},
     .only_chat = true,
     .ready_path = "/health",
     .loads_late = true},
    {.name = "vllm-mlx", .programs = {"vllm-mlx"}, .ready_path = "/health", .models_path = "/v1/models"},
    {.name = "lmstudio",
     .programs = {"lms"},
     .takes_seed = true,
     .ready_path = "/v1/models",
     .models_path = "/v1/models",
     .model_path = "/api/v0/models",
     .loaded_path = "/api/v0/models",
     .loads_late = true},
    {.name = "vllm",
     .programs = {"vllm", "vllm.entrypoints.openai.api_server"},
     .takes_seed = true,
     .length = OPENAI_LENGTH_IGNORE_EOS,
     .thinking = OPENAI_THINKING_TEMPLATE,
     .ready_path = "/version", /* its port is closed until the engine is ready */
     .models_path = "/v1/models",
     .model_path = "/v1/models",
     .loaded_path = "/v1/models",
     .count_prompt = {.path = "/tokenize", .text = "prompt", .with = "add_special_tokens"},
     .count_chat = {.path = "/tokenize"}},
    {.name = "sglang",
     .programs = {"sglang.launch_server", "sglang"},
     .length = OPENAI_LENGTH_IGNORE_EOS,
     .thinking = OPENAI_THINKING_TEMPLATE,
     .ready_path = "/health",
     .models_path = "/v1/models",
     .model_path = "/get_server_info",
     .loaded_path = "/get_server_info",
     .count_prompt = {.path = "/tokenize", .text = "prompt", .with = "add_special_tokens"}},
    {.name = "transformers", /* refuses fields that it does not know; lists what was downloaded, not what it serves */
     .programs = {"transformers"},
     .takes_seed = true,
     .usage_unasked = true,
     .length = OPENAI_LENGTH_GENERATION,
     .thinking = OPENAI_THINKING_TEMPLATE,
     .ready_path = "/health",
     .loads_late = true},
    {.name = "tgi",
     .programs = {"text-generation-launcher", "text-generation-router"},
     .takes_seed = true,
     .ready_path = "/health",
     .models_path = "/v1/models",
     .any_name = true,
     .model_path = "/info",
     .loaded_path = "/info",
     .count_prompt = {.path = "/tokenize", .text = "inputs", .with = "add_special_tokens"},
     .count_chat = {.path = "/chat_tokenize"}},
    {.name = "koboldcpp",
     .programs = {"koboldcpp", "koboldcpp.py", "koboldcpp-linux-x64", "koboldcpp-mac-arm64"},
     .ready_path = "/api/extra/version",
     .models_path = "/v1/models",
     .any_name = true,
     .count_prompt = {.path = "/api/extra/tokencount", .text = "prompt", .with = "special"},
     .finish_repeats = true},
    {.name = "localai",
     .programs = {"local-ai"},
     .takes_seed = true,
     .length = OPENAI_LENGTH_IGNORE_EOS,
     .ready_path = "/readyz",
     .models_path = "/v1/models",
     .model_path = "/version",
     .loads_late = true,
     .count_prompt = {.path = "/v1/tokenize", .text = "content"}},
    {.name = "ollama", /* its own /v1; the adapter ollama speaks its /api, which tells more */
     .takes_seed = true,
     .thinking = OPENAI_THINKING_EFFORT,
     .ready_path = "/api/version",
     .models_path = "/v1/models",
     .loads_late = true},
    {.name = "openai", .ready_path = "/v1/models", .models_path = "/v1/models", .loads_late = true},
};

const size_t openai_kind_count = sizeof(openai_kinds) / sizeof(openai_kinds[0]);

const struct openai_kind *openai_kind_of(const struct cell *cell, const struct server_facts *server)
{
	const char *name = server != NULL ? server->kind : NULL;

	if (name == NULL && cell->server != NULL)
		name = cell->server->kind;
	for (size_t i = 0; name != NULL && i < openai_kind_count; i++)
		if (text_equal(openai_kinds[i].name, name))
			return &openai_kinds[i];
	return &openai_kinds[openai_kind_count - 1];
}
