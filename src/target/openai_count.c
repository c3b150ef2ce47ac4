/*
 * How many tokens a prompt has, by a server's own route for that. Answers are
 * read by the keys that they have: a number, or a list of the tokens.
 */
#include <stdlib.h>

#include "target/openai.h"

/* Of a chat: the template makes the prompt, so the server is told all that it will be told. */
static void count_request(const struct openai_count *count, const struct cell *cell, const struct endpoint *endpoint,
                          const struct input *input, struct request *request)
{
	size_t size = target_url_size(endpoint->base_url);

	openai_target.encode(cell, endpoint, input, request);
	free(request->url);
	request->url = text_format("%.*s%s", (int)size, endpoint->base_url, count->path);
}

static void count_text(const struct openai_count *count, const struct cell *cell, const struct endpoint *endpoint,
                       const struct input *input, struct request *request)
{
	struct json *body = json_new_object();

	json_set_string(body, "model", cell_server_model(cell));
	json_set_string(body, count->text, input->prompt);
	if (count->with != NULL)
		json_set_bool(body, count->with, true);
	if (count->parse != NULL)
		json_set_bool(body, count->parse, true);
	openai_request(request, "POST", endpoint->base_url, count->path, body);
}

bool openai_ask_tokens(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                       struct request *request)
{
	const struct openai_kind *kind = openai_kind_of(cell, endpoint->facts);
	bool chat = cell_task(cell) != CELL_TASK_EMBED && openai_is_chat(kind, cell, input);
	const struct openai_count *count = chat ? &kind->count_chat : &kind->count_prompt;

	if (count->path == NULL || input->image != NULL)
		return false;
	if (count->text != NULL)
		count_text(count, cell, endpoint, input, request);
	else
		count_request(count, cell, endpoint, input, request);
	return true;
}

int64_t openai_read_tokens(const struct exchange *exchange)
{
	static const char *const numbers[] = {"count", "input_tokens", "value"}, *const lists[] = {"tokens",
	                                                                                           "tokenize_response"};
	struct json *reply = exchange->http_status == 200 ? json_parse(exchange->body, exchange->body_size) : NULL;
	int64_t count = json_is_list(reply) ? (int64_t)json_count(reply) : JSON_UNKNOWN;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && count == JSON_UNKNOWN; i++)
		count = json_get_integer(reply, numbers[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && count == JSON_UNKNOWN; i++)
		if (json_is_list(json_get(reply, lists[i])))
			count = (int64_t)json_count(json_get(reply, lists[i]));
	json_free(reply);
	return count > 0 ? count : JSON_UNKNOWN;
}
