#include "target/ollama.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/units.h"
#include "target/listing.h"

/* Knobs that a server obeys only from its environment, or takes its default from. */
static const struct {
	const char *variable;
	const char *knob;
} knob_variables[] = {
    {"OLLAMA_NUM_PARALLEL", "parallel"},       {"OLLAMA_MAX_QUEUE", "queue_size"},
    {"OLLAMA_CONTEXT_LENGTH", "context_size"}, {"OLLAMA_FLASH_ATTENTION", "flash_attention"},
    {"OLLAMA_KV_CACHE_TYPE", "kv_cache_type"}, {"OLLAMA_KEEP_ALIVE", "keep_alive"},
};

/*
 * What a server for measuring should be unless the user says otherwise: it
 * deletes nothing from a model folder that it may share with another server,
 * calls nobody, and holds one model at a time.
 */
static const struct {
	const char *variable;
	const char *value;
} default_variables[] = {
    {"OLLAMA_NOPRUNE", "1"},
    {"OLLAMA_NO_CLOUD", "1"},
    {"OLLAMA_MAX_LOADED_MODELS", "1"},
};

static void set_from_knob(struct environment *environment, const char *variable, const char *knob,
                          const struct cell *cell)
{
	const struct cell_field *field = cell_field_find(knob);
	struct text value = {0};

	if (!cell_field_is_set(field, cell))
		return;
	cell_field_add_value(field, cell, &value);
	/* Ollama reads booleans as Go does: "off" would count as true. */
	if (field->type == CELL_SWITCH)
		environment_set(environment, variable, strcmp(text_string(&value), "true") == 0 ? "1" : "0");
	else
		environment_set(environment, variable, text_string(&value));
	text_release(&value);
}

static void add_environment(const struct cell *cell, int port, struct environment *environment)
{
	char *host = text_format("127.0.0.1:%d", port);

	environment_set(environment, "OLLAMA_HOST", host);
	free(host);
	for (size_t i = 0; i < sizeof(knob_variables) / sizeof(knob_variables[0]); i++)
		set_from_knob(environment, knob_variables[i].variable, knob_variables[i].knob, cell);
	for (size_t i = 0; i < sizeof(default_variables) / sizeof(default_variables[0]); i++)
		if (environment_get(environment, default_variables[i].variable) == NULL)
			environment_set(environment, default_variables[i].variable, default_variables[i].value);
}

static void add_unsettable(const struct cell *cell, struct text *names)
{
	for (size_t i = 0; i < cell_field_count; i++)
		if (cell_fields[i].restarts && cell_field_is_set(&cell_fields[i], cell))
			text_addf(names, "%s%s", names->size > 0 ? ", " : "", cell_fields[i].name);
	if (cell->profile != NULL && cell->profile->count > 0)
		text_addf(names, "%sprofile", names->size > 0 ? ", " : "");
}

void ollama_request(struct request *request, const char *method, const char *base_url, const char *path,
                    struct json *body)
{
	struct text text = {0};

	*request = (struct request){
	    .method = method,
	    .url = text_format("%s%s", base_url, path),
	    .due_ns = TIME_UNKNOWN,
	};
	if (body == NULL)
		return;
	json_add_to(&text, body);
	json_free(body);
	request->body_size = text.size;
	request->body = text_take(&text);
}

static void set_integer(struct json *object, const char *key, int64_t value)
{
	if (value != CELL_UNSET)
		json_set_integer(object, key, value);
}

struct json *ollama_runner_options(const struct cell *cell)
{
	struct json *options = json_new_object();

	set_integer(options, "num_ctx", cell->context_size);
	set_integer(options, "num_batch", cell->num_batch);
	set_integer(options, "num_gpu", cell->num_gpu);
	set_integer(options, "num_thread", cell->num_thread);
	return options;
}

void ollama_set_keep_alive(struct json *body, const char *keep_alive)
{
	int64_t seconds;

	if (keep_alive == NULL)
		return;
	if (units_read_integer(keep_alive, &seconds))
		json_set_integer(body, "keep_alive", seconds);
	else
		json_set_string(body, "keep_alive", keep_alive);
}

/* Thinking models think by default since 0.12.4, so it is always said. */
static void set_think(struct json *body, const struct cell *cell)
{
	switch ((enum cell_think)cell->think) {
	case CELL_THINK_OFF:
		json_set_bool(body, "think", false);
		break;
	case CELL_THINK_ON:
		json_set_bool(body, "think", true);
		break;
	case CELL_THINK_LOW:
		json_set_string(body, "think", "low");
		break;
	case CELL_THINK_MEDIUM:
		json_set_string(body, "think", "medium");
		break;
	case CELL_THINK_HIGH:
		json_set_string(body, "think", "high");
		break;
	case CELL_THINK_MAX:
		json_set_string(body, "think", "max");
		break;
	}
}

/* Of a request, or of a message; base64 without what a data URL has before it. */
static void set_images(struct json *object, const struct media *image)
{
	struct json *images;
	struct text base64 = {0};

	if (image == NULL)
		return;
	images = json_new_list();
	base64_add(&base64, image->bytes, image->size);
	json_append_string(images, text_string(&base64));
	json_set(object, "images", images);
	text_release(&base64);
}

static struct json *new_message(const char *role, const char *content)
{
	struct json *message = json_new_object();

	json_set_string(message, "role", role);
	json_set_string(message, "content", content);
	return message;
}

static struct json *new_messages(const struct input *input)
{
	static const char *const roles[] = {
	    [TURN_SYSTEM] = "system", [TURN_USER] = "user", [TURN_ASSISTANT] = "assistant"};
	struct json *messages = json_new_list(), *last;

	for (size_t i = 0; i < input->turn_count; i++)
		json_append(messages, new_message(roles[input->turns[i].role], input->turns[i].text));
	last = new_message("user", input->prompt);
	set_images(last, input->image);
	json_append(messages, last);
	return messages;
}

static struct json *new_options(const struct cell *cell, int64_t output_tokens)
{
	struct json *options = ollama_runner_options(cell);

	set_integer(options, "num_predict", output_tokens);
	set_integer(options, "seed", cell->seed);
	if (cell->temperature != CELL_UNSET_REAL)
		json_set_number(options, "temperature", cell->temperature);
	return options;
}

static void encode_embed(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                         struct request *request)
{
	struct json *body = json_new_object();

	json_set_string(body, "model", cell_server_model(cell));
	json_set_string(body, "input", input->prompt);
	ollama_set_keep_alive(body, cell->keep_alive);
	json_set(body, "options", ollama_runner_options(cell));
	ollama_request(request, "POST", endpoint->base_url, OLLAMA_EMBED_PATH, body);
}

static void encode_text(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                        struct request *request)
{
	bool chat = cell->api == CELL_API_CHAT;
	struct json *body = json_new_object();

	json_set_string(body, "model", cell_server_model(cell));
	if (chat)
		json_set(body, "messages", new_messages(input));
	else
		json_set_string(body, "prompt", input->prompt);
	if (!chat)
		set_images(body, input->image);
	json_set_bool(body, "stream", cell->stream != CELL_OFF);
	set_think(body, cell);
	if (!chat && cell->raw == CELL_ON)
		json_set_bool(body, "raw", true);
	ollama_set_keep_alive(body, cell->keep_alive);
	json_set(body, "options", new_options(cell, input->output_tokens));
	ollama_request(request, "POST", endpoint->base_url, chat ? "/api/chat" : "/api/generate", body);
}

static void encode(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                   struct request *request)
{
	if (cell_task(cell) == CELL_TASK_EMBED)
		encode_embed(cell, endpoint, input, request);
	else
		encode_text(cell, endpoint, input, request);
}

static bool can(enum cell_task task)
{
	return task != CELL_TASK_TRANSCRIBE;
}

const struct target ollama_target = {
    .name = "ollama",
    .environment = add_environment,
    .unsettable = add_unsettable,
    .can = can,
    .encode = encode,
    .decode = ollama_decode,
    .ask = ollama_ask,
    .answer = ollama_answer,
    .list = listing_read,
    .telling = ollama_telling,
    .proof = ollama_proof,
};
