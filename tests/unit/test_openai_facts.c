/*
 * What servers of the OpenAI interface answer to questions; what their logs
 * prove; and the telling part of their failures.
 */
#include "core/cell.h"
#include "test_openai.h"

struct facts {
	struct server_facts server;
	struct model_facts model;
	char *problem;
	bool good;
};

/* The answer to a question about model `name`; asked of an exchange, which it releases. */
static struct facts answered(const char *kind, enum target_question question, const char *name,
                             struct exchange exchange)
{
	struct facts facts = {.server = {.kind = memory_string(kind)}};
	struct cell cell = test_cell();
	struct text problem = {0};

	cell.model = name;
	model_facts_reset(&facts.model);
	facts.good = openai()->answer(question, &cell, &exchange, &facts.server, &facts.model, &problem);
	facts.problem = text_take(&problem);
	exchange_release(&exchange);
	return facts;
}

static void release(struct facts *facts)
{
	model_facts_release(&facts->model);
	server_facts_release(&facts->server);
	free(facts->problem);
}

static struct exchange file_reply(const char *name)
{
	char *body = recorded(name);
	struct exchange exchange = reply(200, body);

	free(body);
	return exchange;
}

static void test_ready(void)
{
	static const struct {
		const char *kind, *body;
		int status;
		bool ready;
		const char *version, *problem;
	} cases[] = {
	    {"llama-server", "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}",
	     503, false, NULL, "/props: Loading model"},
	    {"vllm", "{\"version\":\"0.31.0\"}", 200, true, "0.31.0", ""},
	    {"sglang", "", 200, true, NULL, ""},
	    {"tgi", "{\"error\":\"unhealthy\",\"error_type\":\"healthcheck\"}", 503, false, NULL, "/health: unhealthy"},
	    {"vllm-mlx", "{\"status\":\"unhealthy\",\"model_loaded\":false,\"engine_type\":\"simple\"}", 200, false,
	     NULL, "the model is not loaded yet"},
	    {"vllm-mlx", "{\"status\":\"healthy\",\"model_loaded\":true}", 200, true, NULL, ""},
	    {"koboldcpp", "{\"result\":\"KoboldCpp\",\"version\":\"1.102\"}", 200, true, "1.102", ""},
	    {"mlx_lm", "{\"system_fingerprint\":\"0.32.2-0.32.4-Linux\",\"choices\":[]}", 200, true, "0.32.2", ""},
	    {"mlx_lm", "{\"error\":\"no model\"}", 404, false, NULL, "no model"},
	    {"localai", "{\"status\":\"starting\"}", 503, false, NULL, "/readyz: {\"status\":\"starting\"}"},
	    {NULL, "{\"object\":\"list\",\"data\":[]}", 200, true, NULL, ""},
	    {NULL, "<html>", 200, false, NULL,
	     "/v1/models: the answer has no list of models: is it a server of the OpenAI interface?"},
	    {"lmstudio", "{\"error\":\"Unexpected endpoint\"}", 200, false, NULL, "/v1/models: Unexpected endpoint"},
	};
	struct facts facts = answered("llama-server", TARGET_READY, "tiny", file_reply("llama-server-props.json"));
	struct exchange simulator;

	ok(facts.good, "llama-server is ready");
	is_text(facts.server.version, "b11669-Debian", "  its version");
	release(&facts);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts = answered(cases[i].kind, TARGET_READY, "tiny", reply(cases[i].status, cases[i].body));
		ok(facts.good == cases[i].ready, cases[i].body);
		is_text(facts.server.version, cases[i].version, "  version");
		is_text(facts.problem, cases[i].problem, "  problem");
		release(&facts);
	}
	simulator = file_reply("llama-server-props.json");
	simulator.head =
	    memory_string("HTTP/1.1 200 OK\r\nx-llmbench-simulated: {\"device\":\"m4-16g\",\"speed\":100}\r\n\r\n");
	facts = answered("llama-server", TARGET_READY, "tiny", simulator);
	is_text(facts.server.simulated, "m4-16g at 100 times its speed", "a simulated server says so");
	release(&facts);
}

#define LIST(names) "{\"object\":\"list\",\"data\":[" names "]}"
#define ID(name)    "{\"id\":\"" name "\",\"object\":\"model\"}"

static void test_models(void)
{
	static const struct {
		const char *kind, *name, *body, *full, *problem;
	} cases[] = {
	    {"vllm", "b", LIST(ID("a") "," ID("b")), "b", ""},
	    {"ollama", "llama3.2", LIST(ID("llama3.2:latest")), "llama3.2:latest", ""},
	    {"ollama", "llama3", LIST(ID("llama3.2:latest")), NULL,
	     "the server has no model \"llama3\"; it lists llama3.2:latest (cure: name it so, or say "
	     "server: {models: {\"llama3\": ITS NAME}})"},
	    {"vllm", "llama", LIST(ID("org/Llama")), NULL,
	     "the server has no model \"llama\"; it lists org/Llama (cure: name it so, or say "
	     "server: {models: {\"llama\": ITS NAME}})"},
	    {"llama-server", "llama3.2", LIST(ID("models/Llama3.2-3B-Q4_K_M.gguf")), "models/Llama3.2-3B-Q4_K_M.gguf",
	     ""},
	    {"llama-server", "org/Llama3.2-3B.gguf", LIST(ID("llama3.2-3b")), "llama3.2-3b", ""},
	    {"llama-server", "mistral", LIST(ID("Llama3.2.gguf")), NULL,
	     "the server has no model \"mistral\"; it lists Llama3.2.gguf (cure: name it so, or say "
	     "server: {models: {\"mistral\": ITS NAME}})"},
	    {"llama-server", "llama", LIST(ID("llama-a") "," ID("llama-b")), NULL,
	     "the server has no model \"llama\"; it lists llama-a, llama-b (cure: name it so, or say "
	     "server: {models: {\"llama\": ITS NAME}})"},
	    {"mlx_lm", "x", LIST(""), NULL,
	     "the server has no model \"x\"; it lists none (cure: name it so, or say server: {models: {\"x\": ITS "
	     "NAME}})"},
	    {"vllm", "x", "{}", NULL, "/v1/models: the answer has no list of models"},
	};
	struct facts facts = answered("llama-server", TARGET_MODELS, "tiny", file_reply("llama-server-models.json"));

	ok(facts.good, "llama-server's list");
	is_text(facts.model.full_name, "tiny", "  its model");
	is_int(facts.model.size_bytes, 7444480, "  its size");
	release(&facts);
	facts = answered("mlx_lm", TARGET_MODELS, "tiny-hf", file_reply("mlx_lm-models.json"));
	is_text(facts.model.full_name, "tiny-hf", "mlx_lm's model");
	release(&facts);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts = answered(cases[i].kind, TARGET_MODELS, cases[i].name, reply(200, cases[i].body));
		ok(facts.good == (cases[i].full != NULL), cases[i].name);
		is_text(facts.model.full_name, cases[i].full, "  the name");
		is_text(facts.problem, cases[i].problem, "  the problem");
		release(&facts);
	}
}

/* mlx_lm cannot list without a folder of downloaded models, and serves nevertheless. */
static void test_list_may_fail(void)
{
	struct exchange broken = reply(0, "");
	struct facts facts;

	broken.transport = TRANSPORT_EMPTY;
	facts = answered("mlx_lm", TARGET_MODELS, "x", broken);
	ok(facts.good, "mlx_lm may have no list");
	release(&facts);
	facts = answered("vllm", TARGET_MODELS, "x", reply(500, "boom"));
	ok(!facts.good, "others must have one");
	is_text(facts.problem, "/v1/models: boom", "  it is told");
	release(&facts);
}

static void test_model(void)
{
	struct facts facts = answered("llama-server", TARGET_MODEL, "tiny", file_reply("llama-server-models.json"));

	is_int(facts.model.context_length, 4096, "the context that it was trained for");
	is_text(facts.model.block,
	        "  Model\n    parameters          3.72M    \n    context length      4096     \n"
	        "    embedding length    256      \n    quantization        F16      \n\n"
	        "  Capabilities\n    completion    \n",
	        "its block");
	is_text(facts.model.quantization, "F16", "its quantization");
	is_int(facts.model.parameters, 3719936, "its parameters");
	is_int(facts.model.embedding_length, 256, "its embedding length");
	is_int(facts.model.vocabulary, 1117, "its vocabulary");
	ok(facts.model.layers == JSON_UNKNOWN && facts.model.architecture == NULL, "what it does not tell is unknown");
	release(&facts);
	facts = answered("tgi", TARGET_MODEL, "m",
	                 reply(200, "{\"model_id\":\"org/m\",\"model_sha\":\"abc\",\"model_dtype\":\"float16\","
	                            "\"max_total_tokens\":4096,\"version\":\"3.3.6\",\"router\":\"tgi\"}"));
	is_text(facts.server.version, "3.3.6", "TGI tells its version with its model");
	is_text(facts.model.digest, "abc", "  and the revision");
	is_text(facts.model.block, "  Model\n    context length    4096       \n    quantization      float16    \n",
	        "  and a little of it");
	is_int(facts.model.context_length, JSON_UNKNOWN, "  but not what it was trained for");
	release(&facts);
	facts = answered("vllm", TARGET_MODEL, "m", reply(200, LIST(ID("m"))));
	is_text(facts.model.block, NULL, "of a bare entry there is no block");
	release(&facts);
}

static void test_loaded(void)
{
	static const struct {
		const char *kind, *body;
		int64_t context_size;
	} cases[] = {
	    {"vllm", LIST("{\"id\":\"m\",\"max_model_len\":8192}"), 8192},
	    {"lmstudio",
	     LIST("{\"id\":\"m\",\"state\":\"loaded\",\"max_context_length\":9,\"loaded_context_length\":4096}"), 4096},
	    {"lmstudio", LIST("{\"id\":\"m\",\"state\":\"not-loaded\",\"max_context_length\":131072}"), JSON_UNKNOWN},
	    {"tgi", "{\"model_id\":\"m\",\"max_total_tokens\":2048}", 2048},
	    {"sglang", "{\"context_length\":null,\"version\":\"0.5\"}", JSON_UNKNOWN},
	};
	struct facts facts = answered("llama-server", TARGET_LOADED, "tiny", file_reply("llama-server-props.json"));

	is_int(facts.model.loaded_context_size, 4096, "a slot of llama-server");
	release(&facts);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts = answered(cases[i].kind, TARGET_LOADED, "m", reply(200, cases[i].body));
		ok(facts.good, cases[i].kind);
		is_int(facts.model.loaded_context_size, cases[i].context_size, "  its context");
		release(&facts);
	}
	facts = answered("transformers", TARGET_LOAD, "m",
	                 reply(400, "{\"detail\":\"Server is pinned to 'a'; requested 'm'.\"}"));
	is_text(facts.problem, "Server is pinned to 'a'; requested 'm'.", "the words of a failed load stand alone");
	release(&facts);
}

static struct proof proof_of(const char *log)
{
	struct proof proof;

	openai()->proof(log, &proof);
	return proof;
}

static void test_proof(void)
{
	char *log = recorded("log-llama-server-0.7.0.txt"), *verbose = recorded("log-llama-server-0.7.0-verbose.txt");
	struct proof proof = proof_of(log);

	is_int(proof.parallel, 2, "slots");
	is_int(proof.context_size, 2048, "context of a slot");
	is_int(proof.loads, 1, "loads");
	is_int(proof.flash_attention, JSON_UNKNOWN, "at its usual verbosity it tells no more");
	is_text(proof.kv_cache_type, "", "nor the KV cache");
	proof = proof_of(verbose);
	is_int(proof.parallel, 2, "slots");
	is_int(proof.context_size, 2048, "context of a slot");
	is_int(proof.flash_attention, CELL_ON, "flash attention");
	is_text(proof.kv_cache_type, "q8_0", "KV cache");
	is_int(proof.layers, JSON_UNKNOWN, "no layers on a machine without a GPU");
	proof = proof_of(
	    "load_model: loading model 'a'\nllama_prepare_model_devices: using device CUDA0 (NVIDIA X) - 9 MiB\n"
	    "load_tensors: offloaded 17/29 layers to GPU\nn_slots = 4, n_ctx_slot = 1024\n"
	    "load_model: loading model 'b'\nload_tensors: offloaded 29/29 layers to GPU\n"
	    "llama_context: flash_attn = auto\nllama_context: Flash Attention was auto, set to disabled\n"
	    "n_slots = 8, n_ctx_slot = 512\n");
	ok(proof.has_gpu == CELL_ON && proof.layers == 29 && proof.layers_on_gpu == 29, "the last load's layers");
	ok(proof.parallel == 8 && proof.context_size == 512 && proof.loads == 2, "and its slots");
	is_int(proof.flash_attention, CELL_OFF, "what auto came to");
	proof = proof_of("");
	ok(proof.parallel == JSON_UNKNOWN && proof.loads == 0, "nothing proves nothing");
	free(verbose);
	free(log);
}

static void test_telling(void)
{
	static const struct {
		const char *words, *log, *want;
	} cases[] = {
	    {NULL,
	     "0.00.025 E gguf_init_from_file: failed to open GGUF file 'x.gguf' (No such file or directory)\n"
	     "0.00.026 E srv  llama_server: exiting due to model loading error\n",
	     "failed to open GGUF file 'x.gguf' (No such file or directory)"},
	    {NULL, "E gguf_init_from_reader: invalid magic characters: 'lmgg', expected 'GGUF'\nE load_model: failed\n",
	     "invalid magic characters: 'lmgg', expected 'GGUF'"},
	    {NULL, "error: invalid argument: --foo\n", "error: invalid argument: --foo"},
	    {NULL,
	     "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576\nE srv: failed to load model, "
	     "'a'",
	     "failed to allocate Metal buffer of size 8891928576"},
	    {NULL,
	     "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9 MiB on device 0: cudaMalloc failed: out of "
	     "memory\n",
	     "cudaMalloc failed: out of memory"},
	    {NULL, "usage: mlx_lm.server [-h]\nmlx_lm.server: error: unrecognized arguments: --ctx 5\n",
	     "unrecognized arguments: --ctx 5"},
	    {NULL,
	     "Traceback (most recent call last):\n  File \"a.py\", line 3, in "
	     "b\nhuggingface_hub.errors.HFValidationError: Repo id "
	     "must be x\n",
	     "huggingface_hub.errors.HFValidationError: Repo id must be x"},
	    {NULL,
	     "ValueError: To serve at least one request with the models's max seq len (131072), (16.00 GiB KV cache is "
	     "needed, "
	     "which is larger than the available KV cache memory (2.21 GiB)).",
	     "To serve at least one request with the models's max seq len (131072), (16.00 GiB KV cache is needed, "
	     "which is "
	     "larger than the available KV cache memory (2.21 GiB)"},
	    {NULL,
	     "0.00.747 E llama_init_from_model: failed to initialize the context: std::bad_alloc\n"
	     "0.00.748 E cmn  common_init_: failed to create context with model '/m/a.gguf'\n",
	     "failed to initialize the context: std::bad_alloc"},
	    {NULL, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.50 GiB. GPU 0 has\n",
	     "CUDA out of memory. Tried to allocate 3.50 GiB"},
	    {"request (4021 tokens) exceeds the available context size (1024 tokens), try increasing it",
	     "out of memory\n",
	     "request (4021 tokens) exceeds the available context size (1024 tokens), try increasing it"},
	    {"Internal Server Error", "RuntimeError: boom\n", "RuntimeError: boom"},
	    {"the connection broke in the middle of the answer", "GGML_ASSERT(n > 0) failed\n",
	     "GGML_ASSERT(n > 0) failed"},
	    {"the connection broke in the middle of the answer", "",
	     "the connection broke in the middle of the answer"},
	    {"Loading model", "", "Loading model"},
	    {NULL, "", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = openai()->telling(cases[i].words, cases[i].log);

		is_text(got, cases[i].want, cases[i].want != NULL ? cases[i].want : "nothing");
		free(got);
	}
}

int main(void)
{
	test_ready();
	test_models();
	test_list_may_fail();
	test_model();
	test_loaded();
	test_proof();
	test_telling();
	return tap_done();
}
