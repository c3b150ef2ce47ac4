#include "sim/openai_ask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sim/ask.h"

#define SILENT_BIAS (-100.0) /* a token with this bias never comes */

/* transformers serve's; what it does not know it refuses. */
static const char *const known_fields[] = {
    "model",
    "messages",
    "prompt",
    "stream",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "logprobs",
    "n",
    "response_format",
    "stream_options",
    "tools",
    "tool_choice",
    "user",
    "metadata",
    "top_logprobs",
    "generation_config",
    "chat_template_kwargs",
    "parallel_tool_calls",
    "store",
    "modalities",
    "prediction",
    "reasoning_effort",
    "service_tier",
    "best_of",
    "echo",
    "suffix",
};

static bool refuse(struct openai_ask *ask, int status, const char *type, const char *format, ...) TEXT_PRINTF(4, 5);

static bool refuse(struct openai_ask *ask, int status, const char *type, const char *format, ...)
{
	va_list arguments;

	ask->status = status;
	ask->type = type;
	va_start(arguments, format);
	text_addv(&ask->error, format, arguments);
	va_end(arguments);
	return false;
}

/* FastAPI's servers say 422 where others say 400. */
static bool refuse_shape(struct openai_ask *ask, const struct kind *kind, const char *what, const char *field)
{
	int status = kind->errors == ERRORS_DETAIL ? 422 : 400;

	return refuse(ask, status, "invalid_request_error", "'%s' %s", field, what);
}

static bool is_known(const char *name)
{
	for (size_t i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]); i++)
		if (strcmp(known_fields[i], name) == 0)
			return true;
	return false;
}

static bool check_fields(struct openai_ask *ask, const struct json *body, const struct kind *kind)
{
	struct text unknown = {0};

	if (kind->fields != FIELDS_REFUSED)
		return true;
	for (const struct json *member = json_first(body); member != NULL; member = json_next(member))
		if (!is_known(json_key(member)))
			text_addf(&unknown, "%s'%s'", unknown.size > 0 ? ", " : "", json_key(member));
	if (unknown.size > 0)
		refuse(ask, 422, "invalid_request_error", "Unexpected fields in the request: {%s}",
		       text_string(&unknown));
	text_release(&unknown);
	return ask->status == 0;
}

bool openai_serves(const struct openai_rules *rules, const char *name)
{
	return name == NULL || strcmp(name, rules->model_name) == 0 || strcmp(name, "default_model") == 0 ||
	       model_find(name) == rules->model;
}

bool openai_check_model(const struct openai_rules *rules, const char *name, int *status, const char **type,
                        struct text *error)
{
	if (openai_serves(rules, name))
		return true;
	switch ((enum quirk_model)rules->kind->model) {
	case MODEL_ANY:
		return true;
	case MODEL_KNOWN:
		*status = 404;
		*type = "NotFoundError";
		text_addf(error, "The model `%s` does not exist.", name);
		return false;
	case MODEL_PINNED:
		*status = 400;
		*type = "invalid_request_error";
		text_addf(error, "Server is pinned to '%s'; requested '%s'.", rules->model_name, name);
		return false;
	}
	return true;
}

/* A number that may be absent; false: it is something else. */
static bool read_count(struct openai_ask *ask, const struct json *body, const char *name, const struct kind *kind,
                       int64_t *count)
{
	const struct json *value = json_get(body, name);
	double number = json_as_number(value);

	if (value == NULL)
		return true;
	if (isnan(number))
		return refuse_shape(ask, kind, "must be a number", name);
	*count = number > INT32_MAX ? INT32_MAX : number < INT32_MIN ? INT32_MIN : (int64_t)number;
	return true;
}

/* {"min_new_tokens":30,"max_new_tokens":30} as a string: the one way to a fixed length on transformers. */
static void read_generation_config(struct openai_ask *ask, const struct json *body)
{
	const char *string = json_get_string(body, "generation_config");
	struct json *config = string != NULL ? json_parse(string, strlen(string)) : NULL;
	int64_t most = json_get_integer(config, "max_new_tokens"), least = json_get_integer(config, "min_new_tokens");

	if (most != JSON_UNKNOWN)
		ask->limit = most;
	if (least != JSON_UNKNOWN)
		ask->least = least;
	json_free(config);
}

static bool has_silent_token(const struct json *bias)
{
	for (const struct json *member = json_first(bias); member != NULL; member = json_next(member))
		if (json_as_number(member) <= SILENT_BIAS)
			return true;
	return false;
}

static bool read_length(struct openai_ask *ask, const struct json *body, const struct kind *kind)
{
	int64_t choices = 1;

	ask->seed = -1;
	ask->limit = -1;
	if (!read_count(ask, body, "max_tokens", kind, &ask->limit) || !read_count(ask, body, "n", kind, &choices) ||
	    !read_count(ask, body, "seed", kind, &ask->seed))
		return false;
	if (kind->limit != LIMIT_MAX_TOKENS && !read_count(ask, body, "max_completion_tokens", kind, &ask->limit))
		return false;
	if (kind->limit == LIMIT_N_PREDICT && !read_count(ask, body, "n_predict", kind, &ask->limit))
		return false;
	if (choices > 1)
		return refuse(ask, 400, "invalid_request_error", "the simulated server gives one choice, not %d",
		              (int)choices);
	if (ask->limit == 0)
		ask->limit = 1; /* llama-server gives one all the same */
	if (kind->eos == EOS_IGNORABLE && !read_count(ask, body, "min_tokens", kind, &ask->least))
		return false;
	ask->ignores_eos = (kind->eos == EOS_IGNORABLE && json_get_bool(body, "ignore_eos", false)) ||
	                   has_silent_token(json_get(body, "logit_bias"));
	if (kind->fields == FIELDS_REFUSED)
		read_generation_config(ask, body);
	return true;
}

static void add_line(struct text *text, const char *line)
{
	if (text->size > 0)
		text_add_char(text, '\n');
	text_add(text, line);
}

static bool read_image(struct openai_ask *ask, const struct json *part, const struct openai_rules *rules,
                       struct text *prompt)
{
	const struct json *image = json_get(part, "image_url");
	const char *url = json_as_string(image) != NULL ? json_as_string(image) : json_get_string(image, "url");
	bool is_llama = rules->kind->errors == ERRORS_LLAMA;
	uint64_t hash;

	if (rules->kind->images == IMAGES_NEVER || rules->model->image_tokens == 0)
		return refuse(ask, is_llama ? 500 : 400, is_llama ? "server_error" : "invalid_request_error",
		              "image input is not supported - hint: the model \"%s\" does not see", rules->model_name);
	if (url == NULL || !image_read(url, &hash))
		return refuse(ask, 400, "invalid_request_error", "Failed to load image or audio file");
	if (ask->image_count == IMAGES_MAX)
		return refuse(ask, 400, "invalid_request_error", "at most %d images", IMAGES_MAX);
	ask->images[ask->image_count++] = hash;
	image_add_marks(prompt, hash, rules->image_tokens);
	return true;
}

/* A string, or a list of parts. `words` gets the text alone, `prompt` the images' marks too. */
static bool read_content(struct openai_ask *ask, const struct json *content, const struct openai_rules *rules,
                         struct text *words, struct text *prompt)
{
	if (json_as_string(content) != NULL) {
		add_line(words, json_as_string(content));
		add_line(prompt, json_as_string(content));
	}
	for (const struct json *part = json_first(content); part != NULL; part = json_next(part)) {
		const char *type = json_get_string(part, "type");
		const char *text = json_get_string(part, "text");

		if (text_equal(type, "text") && text != NULL) {
			add_line(words, text);
			add_line(prompt, text);
		} else if (text_equal(type, "image_url")) {
			if (!read_image(ask, part, rules, prompt))
				return false;
		} else {
			return refuse(ask, 400, "invalid_request_error", "unsupported content[].type");
		}
	}
	return true;
}

static bool read_messages(struct openai_ask *ask, const struct json *body, const struct openai_rules *rules,
                          struct text *words, struct text *prompt)
{
	const struct json *messages = json_get(body, ask->chat ? "messages" : "prompt");

	if (!ask->chat) {
		if (json_as_string(messages) == NULL)
			return refuse_shape(ask, rules->kind, "is required", "prompt");
		return read_content(ask, messages, rules, words, prompt);
	}
	if (json_count(messages) == 0)
		return refuse_shape(ask, rules->kind, "is required", "messages");
	for (const struct json *message = json_first(messages); message != NULL; message = json_next(message))
		if (!read_content(ask, json_get(message, "content"), rules, words, prompt))
			return false;
	return true;
}

static bool check_context(struct openai_ask *ask, const struct openai_rules *rules)
{
	if (ask->prompt_tokens < rules->context_size || rules->kind->context == CONTEXT_SILENT)
		return true;
	if (rules->kind->errors == ERRORS_LLAMA)
		return refuse(ask, 400, "exceed_context_size_error",
		              "request (%d tokens) exceeds the available context size (%d tokens), try increasing it",
		              ask->prompt_tokens, rules->context_size);
	return refuse(ask, 400, "BadRequestError",
	              "This model's maximum context length is %d tokens. However, your request has %d input tokens.",
	              rules->context_size, ask->prompt_tokens);
}

static bool read_prompt(struct openai_ask *ask, const struct json *body, const struct openai_rules *rules)
{
	const char *salt = rules->kind->cache == CACHE_BY_SALT ? json_get_string(body, "cache_salt") : NULL;
	struct text words = {0}, prompt = {0};
	bool read = read_messages(ask, body, rules, &words, &prompt);

	ask->prompt_tokens = ask_count_tokens(text_string(&words)) + ask->image_count * rules->image_tokens;
	ask->prompt = text_take(&words);
	ask->salt_size = salt != NULL ? strlen(salt) : 0;
	ask->cache_key = text_format("%s%s", salt != NULL ? salt : "", text_string(&prompt));
	ask->is_fresh = rules->kind->cache == CACHE_NONE ||
	                (rules->kind->cache == CACHE_BY_REQUEST && !json_get_bool(body, "cache_prompt", true));
	text_release(&prompt);
	return read && check_context(ask, rules);
}

static bool read_body(struct openai_ask *ask, const struct json *body, const struct openai_rules *rules)
{
	const struct json *stream_options = json_get(body, "stream_options");

	if (!check_fields(ask, body, rules->kind) ||
	    !openai_check_model(rules, json_get_string(body, "model"), &ask->status, &ask->type, &ask->error) ||
	    !read_length(ask, body, rules->kind) || !read_prompt(ask, body, rules))
		return false;
	ask->stream = json_get_bool(body, "stream", false);
	ask->include_usage = json_get_bool(stream_options, "include_usage", false);
	ask->usage_each = json_get_bool(stream_options, "continuous_usage_stats", false);
	ask->timings_each = json_get_bool(body, "timings_per_token", false);
	return true;
}

bool openai_ask_read(struct openai_ask *ask, bool chat, const char *bytes, size_t size,
                     const struct openai_rules *rules)
{
	enum quirk_errors errors = rules->kind->errors;
	struct json *body = json_parse(bytes, size);
	bool accepted;

	*ask = (struct openai_ask){.chat = chat};
	if (!json_is_object(body)) {
		json_free(body);
		return refuse(ask,
		              errors == ERRORS_LLAMA    ? 500
		              : errors == ERRORS_DETAIL ? 422
		                                        : 400,
		              errors == ERRORS_LLAMA ? "server_error" : "invalid_request_error",
		              "parse error: the body is no JSON object");
	}
	accepted = read_body(ask, body, rules);
	json_free(body);
	return accepted;
}

void openai_ask_release(struct openai_ask *ask)
{
	free(ask->prompt);
	free(ask->cache_key);
	text_release(&ask->error);
	*ask = (struct openai_ask){0};
}
