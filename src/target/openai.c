#include "target/openai.h"

#include "base/base64.h"
#include "core/nonce.h"
#include "target/listing.h"
#include "target/metric_names.h"

/* A managed server is told what it should be by its command line. */
static void add_environment(const struct cell *cell, int port, struct environment *environment)
{
	(void)cell;
	(void)port;
	(void)environment;
}

static void add_name(struct text *names, const char *name)
{
	text_addf(names, "%s%s", names->size > 0 ? ", " : "", name);
}

/* Requests of this interface cannot say how the model is to be loaded. */
static void add_unsettable(const struct cell *cell, struct text *names)
{
	static const char *const of_the_load[] = {"context_size", "num_gpu", "num_batch", "num_thread"};

	for (size_t i = 0; i < cell_field_count; i++)
		if (cell_fields[i].restarts && cell_field_is_set(&cell_fields[i], cell))
			add_name(names, cell_fields[i].name);
	for (size_t i = 0; i < sizeof(of_the_load) / sizeof(of_the_load[0]); i++)
		if (cell_field_is_set(cell_field_find(of_the_load[i]), cell))
			add_name(names, of_the_load[i]);
	if (cell->profile != NULL && cell->profile->count > 0)
		add_name(names, "profile");
}

void openai_request(struct request *request, const char *method, const char *base_url, const char *path,
                    struct json *body)
{
	struct text text = {0};

	*request = (struct request){
	    .method = method,
	    .url = text_format("%.*s%s", (int)target_url_size(base_url), base_url, path),
	    .due_ns = TIME_UNKNOWN,
	};
	if (body == NULL)
		return;
	json_add_to(&text, body);
	json_free(body);
	request->body_size = text.size;
	request->body = text_take(&text);
}

static struct json *new_part(const char *type)
{
	struct json *part = json_new_object();

	json_set_string(part, "type", type);
	return part;
}

/*
 * The text stands before the picture: servers cache the longest common
 * beginning, so a unique text keeps the picture's tokens out of it too.
 */
static struct json *new_parts(const struct input *input)
{
	struct json *parts = json_new_list(), *part = new_part("text"), *url = json_new_object();
	struct text data = {0};

	json_set_string(part, "text", input->prompt);
	json_append(parts, part);
	text_addf(&data, "data:%s;base64,", input->image->type);
	base64_add(&data, input->image->bytes, input->image->size);
	json_set_string(url, "url", text_string(&data));
	text_release(&data);
	part = new_part("image_url");
	json_set(part, "image_url", url);
	json_append(parts, part);
	return parts;
}

static void add_message(struct json *messages, const char *role, const char *text)
{
	struct json *message = json_new_object();

	json_set_string(message, "role", role);
	json_set_string(message, "content", text);
	json_append(messages, message);
}

static struct json *new_messages(const struct input *input)
{
	static const char *const roles[] = {
	    [TURN_SYSTEM] = "system", [TURN_USER] = "user", [TURN_ASSISTANT] = "assistant"};
	struct json *messages = json_new_list();

	for (size_t i = 0; i < input->turn_count; i++)
		add_message(messages, roles[input->turns[i].role], input->turns[i].text);
	if (input->image == NULL) {
		add_message(messages, "user", input->prompt);
	} else {
		struct json *message = json_new_object();

		json_set_string(message, "role", "user");
		json_set(message, "content", new_parts(input));
		json_append(messages, message);
	}
	return messages;
}

static const char *effort_of(const struct cell *cell)
{
	switch ((enum cell_think)cell->think) {
	case CELL_THINK_OFF:
		return "none";
	case CELL_THINK_ON:
		break;
	case CELL_THINK_LOW:
		return "low";
	case CELL_THINK_MEDIUM:
		return "medium";
	case CELL_THINK_HIGH:
		return "high";
	case CELL_THINK_MAX:
		return "max";
	}
	return NULL;
}

/* Models that think do so unless told not to, so it is always said. */
static void set_thinking(struct json *body, const struct openai_kind *kind, const struct cell *cell)
{
	const char *effort = effort_of(cell);
	struct json *words;

	switch (kind->thinking) {
	case OPENAI_THINKING_MODEL:
		break;
	case OPENAI_THINKING_TEMPLATE:
		words = json_new_object();
		json_set_bool(words, "enable_thinking", cell->think != CELL_THINK_OFF);
		if (effort != NULL && cell->think != CELL_THINK_OFF)
			json_set_string(words, "reasoning_effort", effort);
		json_set(body, "chat_template_kwargs", words);
		break;
	case OPENAI_THINKING_EFFORT:
		if (effort != NULL)
			json_set_string(body, "reasoning_effort", effort);
		break;
	}
}

static void set_generation(struct json *body, const struct cell *cell, int64_t output_tokens)
{
	struct json *config = json_new_object();
	struct text text = {0};

	json_set_integer(config, "min_new_tokens", output_tokens);
	json_set_integer(config, "max_new_tokens", output_tokens);
	json_set_bool(config, "do_sample", cell->temperature != CELL_UNSET_REAL && cell->temperature > 0);
	json_add_to(&text, config);
	json_free(config);
	json_set_string(body, "generation_config", text_string(&text));
	text_release(&text);
}

static void set_length(struct json *body, const struct openai_kind *kind, const struct cell *cell,
                       int64_t output_tokens)
{
	if (output_tokens == CELL_UNSET)
		return;
	json_set_integer(body, "max_tokens", output_tokens);
	if (cell->ignore_eos != CELL_ON)
		return;
	switch (kind->length) {
	case OPENAI_LENGTH_MODEL:
		break;
	case OPENAI_LENGTH_IGNORE_EOS:
		json_set_bool(body, "ignore_eos", true);
		break;
	case OPENAI_LENGTH_GENERATION:
		set_generation(body, cell, output_tokens);
		break;
	}
}

static void set_stream(struct json *body, const struct openai_kind *kind, bool stream)
{
	json_set_bool(body, "stream", stream);
	if (stream && !kind->usage_unasked) {
		struct json *options = json_new_object();

		json_set_bool(options, "include_usage", true);
		json_set(body, "stream_options", options);
	}
}

bool openai_is_chat(const struct openai_kind *kind, const struct cell *cell, const struct input *input)
{
	return cell->api == CELL_API_CHAT || kind->only_chat || input->turn_count > 0 || input->image != NULL;
}

static void request_text(const struct openai_kind *kind, const struct cell *cell, const char *base_url,
                         const char *model, const struct input *input, bool stream, struct request *request)
{
	bool chat = openai_is_chat(kind, cell, input);
	struct json *body = json_new_object();

	json_set_string(body, "model", model);
	if (chat)
		json_set(body, "messages", new_messages(input));
	else
		json_set_string(body, "prompt", input->prompt);
	set_stream(body, kind, stream);
	set_length(body, kind, cell, input->output_tokens);
	if (cell->temperature != CELL_UNSET_REAL)
		json_set_number(body, "temperature", cell->temperature);
	if (kind->takes_seed && cell->seed != CELL_UNSET)
		json_set_integer(body, "seed", cell->seed);
	if (chat)
		set_thinking(body, kind, cell);
	if (kind->cache_switch != NULL && nonce_is_used(cell))
		json_set_bool(body, kind->cache_switch, false);
	openai_request(request, "POST", base_url, chat ? "/v1/chat/completions" : "/v1/completions", body);
}

static void request_vector(const char *base_url, const char *model, const char *prompt, struct request *request)
{
	struct json *body = json_new_object();

	json_set_string(body, "model", model);
	json_set_string(body, "input", prompt);
	openai_request(request, "POST", base_url, "/v1/embeddings", body);
}

void openai_request_one(const struct cell *cell, const struct endpoint *endpoint, const char *model,
                        struct request *request)
{
	const struct input input = {.prompt = "Hi", .output_tokens = 1};

	if (cell_task(cell) == CELL_TASK_EMBED)
		request_vector(endpoint->base_url, model, input.prompt, request);
	else
		request_text(openai_kind_of(cell, endpoint->facts), cell, endpoint->base_url, model, &input, false,
		             request);
}

static bool can(enum cell_task task)
{
	return task != CELL_TASK_TRANSCRIBE;
}

static void encode(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                   struct request *request)
{
	const char *model = cell_server_model(cell);

	if (cell_task(cell) == CELL_TASK_EMBED)
		request_vector(endpoint->base_url, model, input->prompt, request);
	else
		request_text(openai_kind_of(cell, endpoint->facts), cell, endpoint->base_url, model, input,
		             cell->stream != CELL_OFF, request);
}

const struct target openai_target = {
    .name = "openai",
    .environment = add_environment,
    .unsettable = add_unsettable,
    .can = can,
    .encode = encode,
    .decode = openai_decode,
    .ask = openai_ask,
    .answer = openai_answer,
    .ask_tokens = openai_ask_tokens,
    .read_tokens = openai_read_tokens,
    .list = listing_read,
    .telling = openai_telling,
    .proof = openai_proof,
    .metrics_path = metric_names_path,
    .read_metrics = metric_names_read,
};
