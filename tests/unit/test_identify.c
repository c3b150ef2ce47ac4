/*
 * Which server is it: by its command line, by its answers, by a name.
 */
#include "target/identify.h"
#include "test_openai.h"

static void is_command(const char *command, const char *kind, const char *adapter)
{
	struct identity identity = {0};

	ok(identify_command(command, &identity) == (kind != NULL), command);
	is_text(identity.kind, kind, "  its kind");
	is_text(identity.target != NULL ? identity.target->name : NULL, adapter, "  its adapter");
}

static void test_commands(void)
{
	is_command("ollama serve", "ollama", "ollama");
	is_command("/usr/local/bin/ollama serve", "ollama", "ollama");
	is_command("whisper-server -m x", "whisper.cpp", "whisper");
	is_command("llmbench-sim --port {port}", "llmbench-sim", "ollama");
	is_command("llmbench-sim --api openai --port {port}", NULL, NULL);
	is_command("llama-server -m {model} -np {parallel} --port {port}", "llama-server", "openai");
	is_command("'/opt/llama.cpp/llama-server' -m models/ollama", "llama-server", "openai");
	is_command("OLLAMA=/x/ollama /opt/llama-server -m x", "llama-server", "openai");
	is_command("python3 -m mlx_lm.server --model {model}", "mlx_lm", "openai");
	is_command("mlx_lm.server --model mlx-community/vllm", "mlx_lm", "openai");
	is_command("python -m mlx_vlm.server", "mlx-vlm", "openai");
	is_command("vllm-mlx serve {model}", "vllm-mlx", "openai");
	is_command("vllm serve {model}", "vllm", "openai");
	is_command("python3 -m vllm.entrypoints.openai.api_server --model x", "vllm", "openai");
	is_command("python -m sglang.launch_server --model-path x", "sglang", "openai");
	is_command("transformers serve {model} --port {port}", "transformers", "openai");
	is_command("text-generation-launcher --model-id x", "tgi", "openai");
	is_command("./koboldcpp-linux-x64 --model x", "koboldcpp", "openai");
	is_command("local-ai run --address :{port}", "localai", "openai");
	is_command("sh ./mistral-7b.llamafile --server --nobrowser", "llamafile", "openai");
	is_command("python3 -m llama_cpp.server --model x", "llama-cpp-python", "openai");
	is_command("./my-llama-server-wrapper -m x", NULL, NULL);
	is_command("vllmx serve", NULL, NULL);
	is_command("", NULL, NULL);
}

static size_t step_of(const char *path, int nth)
{
	for (size_t step = 0; identify_path(step) != NULL; step++)
		if (strcmp(identify_path(step), path) == 0 && nth-- == 0)
			return step;
	return SIZE_MAX;
}

static const struct {
	const char *path;
	int nth, status;
	const char *head, *body, *kind;
} answers[] = {
    {"/", 0, 200, NULL, "Ollama is running", "ollama"},
    {"/", 0, 200, NULL, "<title>Whisper.cpp Server</title>", "whisper.cpp"},
    {"/", 0, 404, "HTTP/1.1 404 Not Found\r\nServer: whisper.cpp\r\n", "File Not Found (/)", "whisper.cpp"},
    {"/health", 0, 200, NULL, "{\"message\":\"OK\"}", "speaches"},
    {"/", 0, 404, "HTTP/1.1 404 Not Found\r\nServer: llama.cpp\r\n\r\n", "{}", "llama-server"},
    {"/", 0, 503, "HTTP/1.1 503 Service Unavailable\r\nserver: LLAMA.CPP\r\n", "{\"error\":{}}", "llama-server"},
    {"/", 0, 200, "HTTP/1.1 200 OK\r\nX-Server: llama.cpp\r\n", "hello", NULL},
    {"/", 0, 404, NULL, "Ollama is running", NULL},
    {"/api/extra/version", 0, 200, NULL, "{\"result\": \"KoboldCpp\", \"version\": \"1.102\"}", "koboldcpp"},
    {"/api/v0/models", 0, 200, NULL, "{\"object\": \"list\", \"data\": [{\"id\": \"m\", \"state\": \"not-loaded\"}]}",
     "lmstudio"},
    {"/api/v0/models", 0, 200, NULL, "{\"error\":\"Unexpected endpoint\"}", NULL},
    {"/get_server_info", 0, 200, NULL, "{\"model_path\":\"m\",\"version\":\"0.5\"}", "sglang"},
    {"/info", 0, 200, NULL, "{\"model_id\":\"m\",\"version\":\"3\",\"router\":\"text-generation-router\"}", "tgi"},
    {"/health", 0, 200, NULL, "{\"status\":\"healthy\",\"model_loaded\":true,\"engine_type\":\"simple\"}", "vllm-mlx"},
    {"/health", 0, 200, NULL, "{\"status\":\"healthy\",\"loaded_model\":\"m\",\"apc_enabled\":false}", "mlx-vlm"},
    {"/health", 0, 200, "HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6 Python/3.12.1\r\n\r\n", "{\"status\": \"ok\"}",
     "mlx_lm"},
    {"/health", 0, 200, "HTTP/1.1 200 OK\r\nserver: uvicorn\r\nx-request-id: 7\r\n\r\n", "{\"status\":\"ok\"}",
     "transformers"},
    {"/health", 0, 200, "HTTP/1.1 200 OK\r\nserver: uvicorn\r\n\r\n", "{\"status\":\"ok\"}", NULL},
    {"/v1/models", 0, 200, NULL, "{\"data\":[{\"id\":\"m\",\"owned_by\": \"vllm\"}]}", "vllm"},
    {"/v1/models", 0, 200, NULL, "{\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm-mlx\"}]}", NULL},
    {"/v1/models", 0, 200, NULL, "{\"data\":[{\"id\":\"m\",\"owned_by\":\"llamacpp\"}]}", "llama-server"},
    {"/props", 0, 200, NULL, "{\"build_info\":\"b1\"}", "llama-server"},
    {"/readyz", 0, 200, NULL, "", "localai"},
    {"/readyz", 0, 200, NULL, "OK", "localai"},
    {"/readyz", 0, 503, NULL, "{\"status\":\"starting\"}", "localai"},
    {"/readyz", 0, 200, NULL, "{}", NULL},
    {"/v1/models", 1, 200, NULL, "{\"object\": \"list\", \"data\": []}", "openai"},
    {"/v1/models", 1, 200, NULL, "<html>", NULL},
    {"/v1/models", 1, 401, NULL, "{\"object\":\"list\",\"data\":[]}", NULL},
};

static void test_answers(void)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct exchange exchange = reply(answers[i].status, answers[i].body);
		struct identity identity = {0};
		size_t step = step_of(answers[i].path, answers[i].nth);

		exchange.head = memory_string(answers[i].head);
		ok(step != SIZE_MAX, answers[i].path);
		ok(identify_answer(step, &exchange, &identity) == (answers[i].kind != NULL), answers[i].body);
		is_text(identity.kind, answers[i].kind, "  its kind");
		exchange_release(&exchange);
	}
}

/* The rules that are left to the end are those that prove least. */
static void test_steps(void)
{
	size_t count = 0;

	while (identify_path(count) != NULL)
		count++;
	is_text(identify_path(0), "/", "the first step tells Ollama and llama-server");
	is_int(step_of("/v1/models", 1), count - 1, "that it is of the interface at all comes last");
	ok(identify_path(count + 5) == NULL, "there are no steps after the last");
}

static void test_names(void)
{
	struct text names = {0};
	struct identity identity;
	size_t wrong = 0;

	for (size_t i = 0; identify_kind_name(i) != NULL; i++)
		wrong += !identify_kind(identify_kind_name(i), &identity) || identity.target == NULL ||
		         strcmp(identity.kind, identify_kind_name(i)) != 0;
	is_int(wrong, 0, "each name is a kind's");
	identify_add_kinds(&names);
	is_text(text_string(&names),
	        "ollama, llmbench-sim, whisper.cpp, speaches, mlx-audio, openai-audio, llama-server, llamafile, "
	        "llama-cpp-python, mlx_lm, mlx-vlm, vllm-mlx, lmstudio, "
	        "vllm, sglang, transformers, tgi, koboldcpp, localai, openai",
	        "all names, each once");
	ok(!identify_kind("no such kind", &identity), "and no other is one");
	text_release(&names);
}

int main(void)
{
	test_commands();
	test_answers();
	test_steps();
	test_names();
	return tap_done();
}
