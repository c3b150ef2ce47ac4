#include "sim/openai_embed.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "sim/ask.h"
#include "sim/embed.h"

#define PHYSICAL_BATCH 512 /* llama-server's -ub */

/*
 * An embedding is a prompt whose answer is one token: the runner gives it a
 * slot and the time of its prompt, and the vectors are the answer.
 */
struct embedding {
	struct openai *openai;
	struct call *call;
	struct json *body;
	struct job job;
	char *prompt;
};

static void on_over(void *owner, bool complete)
{
	struct embedding *embedding = owner;

	(void)complete;
	openai_cancel(embedding->openai, &embedding->job);
	json_free(embedding->body);
	free(embedding->prompt);
	free(embedding);
}

static const struct call_events call_events = {.over = on_over};

static void on_token(struct job *job, int64_t due_ns)
{
	(void)job;
	(void)due_ns;
}

/* Little-endian float32, whatever this machine is. */
static void set_base64(struct json *entry, const double *values)
{
	unsigned char bytes[EMBED_DIMENSIONS * 4];
	struct text text = {0};

	for (int i = 0; i < EMBED_DIMENSIONS; i++) {
		float value = (float)values[i];
		uint32_t bits;

		memcpy(&bits, &value, sizeof(bits));
		for (int byte = 0; byte < 4; byte++)
			bytes[4 * i + byte] = (unsigned char)(bits >> (8 * byte));
	}
	base64_add(&text, bytes, sizeof(bytes));
	json_set_string(entry, "embedding", text_string(&text));
	text_release(&text);
}

static void append_entry(struct json *data, const char *input, bool base64)
{
	struct json *entry = json_new_object();
	double values[EMBED_DIMENSIONS];

	embed_vector(input, values);
	json_set_string(entry, "object", "embedding");
	json_set_integer(entry, "index", (int64_t)json_count(data));
	if (base64) {
		set_base64(entry, values);
	} else {
		struct json *vector = json_new_list();

		for (int i = 0; i < EMBED_DIMENSIONS; i++)
			json_append_number(vector, values[i]);
		json_set(entry, "embedding", vector);
	}
	json_append(data, entry);
}

static void on_ended(struct job *job)
{
	struct embedding *embedding = job->owner;
	const struct json *input = json_get(embedding->body, "input");
	const char *model = json_get_string(embedding->body, "model");
	bool base64 = text_equal(json_get_string(embedding->body, "encoding_format"), "base64");
	bool counts = strcmp(embedding->openai->kind->name, "lm-studio") != 0; /* its usage reads 0 */
	struct json *reply = json_new_object(), *data = json_new_list(), *usage = json_new_object();
	struct text text = {0};

	if (json_as_string(input) != NULL)
		append_entry(data, json_as_string(input), base64);
	for (const struct json *item = json_first(input); item != NULL; item = json_next(item))
		append_entry(data, json_as_string(item), base64);
	json_set_integer(usage, "prompt_tokens", counts ? job->prompt_tokens : 0);
	json_set_integer(usage, "total_tokens", counts ? job->prompt_tokens : 0);
	json_set_string(reply, "object", "list");
	json_set(reply, "data", data);
	json_set_string(reply, "model", model != NULL ? model : embedding->openai->rules.model_name);
	json_set(reply, "usage", usage);
	json_add_to(&text, reply);
	call_answer_json(embedding->call, 200, text_string(&text));
	text_release(&text);
	json_free(reply);
}

static void on_flush(struct job *job)
{
	(void)job;
}

static const struct job_events job_events = {.token = on_token, .flush = on_flush, .ended = on_ended};

/* All inputs in a row; 0 when one of them is no text. `longest`: of one of them. */
static int count_tokens(const struct json *input, struct text *prompt, int *longest)
{
	int tokens = 0;

	*longest = 0;
	if (json_as_string(input) != NULL) {
		text_add(prompt, json_as_string(input));
		*longest = ask_count_tokens(json_as_string(input));
		return *longest;
	}
	for (const struct json *item = json_first(input); item != NULL; item = json_next(item)) {
		const char *string = json_as_string(item);
		int count = string != NULL ? ask_count_tokens(string) : 0;

		if (string == NULL)
			return 0;
		text_add(prompt, string);
		tokens += count;
		*longest = count > *longest ? count : *longest;
	}
	return tokens;
}

static bool is_enabled(const struct openai *openai)
{
	return openai->kind->embeddings == EMBEDDINGS_ALWAYS || openai->settings.embeddings;
}

static void start(struct openai *openai, struct call *call, struct json *body, char *prompt, int tokens)
{
	struct embedding *embedding = memory_new(1, sizeof(*embedding));

	embedding->openai = openai;
	embedding->call = call;
	embedding->body = body;
	embedding->prompt = prompt;
	embedding->job = (struct job){
	    .model = openai->model,
	    .prompt = prompt,
	    .is_fresh = true,
	    .prompt_tokens = tokens,
	    .answer_tokens = 1,
	    .events = &job_events,
	    .owner = embedding,
	    .scheduled_ns = clock_now_ns(),
	};
	call_set_owner(call, &call_events, embedding);
	openai_submit(openai, &embedding->job);
}

void openai_embed(struct openai *openai, struct call *call)
{
	size_t size;
	const char *bytes = call_body(call, &size);
	struct json *body = json_parse(bytes, size);
	const char *type = "invalid_request_error";
	struct text prompt = {0}, error = {0};
	int status = 0, longest, tokens = count_tokens(json_get(body, "input"), &prompt, &longest);

	if (!is_enabled(openai)) {
		status = 501;
		type = "not_supported_error";
		text_add(&error, "This server does not support embeddings. Start it with `--embeddings`");
	} else if (tokens == 0) {
		status = 400;
		text_add(&error, "'input' must be a string or a list of strings");
	} else if (strcmp(openai->kind->name, "llama-server") == 0 && longest > PHYSICAL_BATCH) {
		status = 500;
		type = "server_error";
		text_addf(&error,
		          "input (%d tokens) is too large to process. increase the physical batch size (current batch "
		          "size: %d)",
		          longest, PHYSICAL_BATCH);
	} else {
		openai_check_model(&openai->rules, json_get_string(body, "model"), &status, &type, &error);
	}
	if (status != 0) {
		openai_refuse(openai, call, status, type, text_string(&error));
		json_free(body);
	} else {
		start(openai, call, body, text_take(&prompt), tokens);
	}
	text_release(&prompt);
	text_release(&error);
}
