/* Lists of models as servers have them. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "target/listing.h"

static void visit(void *context, const struct model_facts *model)
{
	text_addf(context, "%s %lld %s; ", model->full_name, (long long)model->size_bytes,
	          model->quantization != NULL ? model->quantization : "-");
}

static void is_list(const char *reply, const char *want, const char *what)
{
	struct exchange exchange = {.transport = TRANSPORT_COMPLETE, .body_size = strlen(reply)};
	struct text got = {0};

	exchange.body = strdup(reply);
	listing_read(&exchange, visit, &got);
	is_text(text_string(&got), want, what);
	free(exchange.body);
	text_release(&got);
}

int main(void)
{
	char unknown[64], want[128];

	snprintf(unknown, sizeof(unknown), "%lld", (long long)JSON_UNKNOWN);
	is_list("{\"models\":[{\"name\":\"llama3.2:latest\",\"size\":2019393189,\"details\":{\"quantization_level\":"
	        "\"Q4_K_M\"}},"
	        "{\"name\":\"all-minilm:22m\",\"size\":45960996,\"details\":{\"quantization_level\":\"\"}}]}",
	        "llama3.2:latest 2019393189 Q4_K_M; all-minilm:22m 45960996 -; ", "Ollama");
	is_list("{\"models\":[{\"name\":\"a.gguf\",\"size\":\"\"}],\"object\":\"list\","
	        "\"data\":[{\"id\":\"a.gguf\",\"meta\":{\"size\":770928640}}]}",
	        "a.gguf 770928640 -; ", "llama-server, which has both lists");
	snprintf(want, sizeof(want), "Qwen/Qwen2.5 %s -; ", unknown);
	is_list("{\"object\":\"list\",\"data\":[{\"id\":\"Qwen/Qwen2.5\",\"owned_by\":\"vllm\"}]}", want,
	        "vLLM, without a size");
	snprintf(want, sizeof(want), "a?[2J %s -; ", unknown);
	is_list("{\"data\":[{\"id\":\"a\\u001b[2J\"}]}", want, "foreign bytes are masked");
	is_list("{\"data\":[{\"id\":7},{},[],null,{\"id\":\"\"}]}", "", "rows without a name");
	is_list("{\"data\":{\"id\":\"x\"}}", "", "no list");
	is_list("[]", "", "another value");
	is_list("<html>", "", "no JSON");
	is_list("", "", "nothing");
	return tap_done();
}
