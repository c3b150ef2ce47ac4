#include "sim/ask.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/ask_json.h"
#include "sim/environment.h"
#include "sim/gotext.h"
#include "sim/log.h"

#define DEFAULT_BATCH   512
#define LEAST_CONTEXT   4
#define TOKENS_PER_WORD 1.3

static const struct go_field fields[] = {
    {"model", GO_STRING, "string"},
    {"prompt", GO_STRING, "string"},
    {"suffix", GO_STRING, "string"},
    {"system", GO_STRING, "string"},
    {"template", GO_STRING, "string"},
    {"context", GO_LIST, "[]int"},
    {"stream", GO_BOOL, "bool"},
    {"raw", GO_BOOL, "bool"},
    {"truncate", GO_BOOL, "bool"},
    {"shift", GO_BOOL, "bool"},
    {"images", GO_LIST, "[]api.ImageData"},
    {"messages", GO_LIST, "[]api.Message"},
    {"options", GO_OBJECT, "map[string]interface {}"},
    {0},
};

/* Options of the API; those without a place in our structs are checked and forgotten. */
enum option_type { OPTION_INTEGER, OPTION_REAL, OPTION_BOOL, OPTION_LIST };

static const struct option {
	const char *name;
	enum option_type type;
} options[] = {
    {"num_ctx", OPTION_INTEGER},
    {"num_batch", OPTION_INTEGER},
    {"num_gpu", OPTION_INTEGER},
    {"main_gpu", OPTION_INTEGER},
    {"num_thread", OPTION_INTEGER},
    {"num_keep", OPTION_INTEGER},
    {"seed", OPTION_INTEGER},
    {"num_predict", OPTION_INTEGER},
    {"top_k", OPTION_INTEGER},
    {"repeat_last_n", OPTION_INTEGER},
    {"use_mmap", OPTION_BOOL},
    {"top_p", OPTION_REAL},
    {"min_p", OPTION_REAL},
    {"typical_p", OPTION_REAL},
    {"temperature", OPTION_REAL},
    {"repeat_penalty", OPTION_REAL},
    {"presence_penalty", OPTION_REAL},
    {"frequency_penalty", OPTION_REAL},
    {"stop", OPTION_LIST},
};

static bool refuse(struct ask *ask, int status, const char *format, ...) TEXT_PRINTF(3, 4);

static bool refuse(struct ask *ask, int status, const char *format, ...)
{
	va_list arguments;

	ask->status = status;
	va_start(arguments, format);
	text_addv(&ask->error, format, arguments);
	va_end(arguments);
	return false;
}

int ask_count_tokens(const char *text)
{
	int words = 0;

	while (*text != '\0') {
		size_t length;

		text += strspn(text, " \t\r\n");
		length = strcspn(text, " \t\r\n");
		words += length > 0;
		text += length;
	}
	return words == 0 ? 1 : (int)ceil(words * TOKENS_PER_WORD);
}

static bool is_empty(const char *string)
{
	return string == NULL || *string == '\0';
}

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static bool has_type(const struct json *value, enum option_type type)
{
	enum go_kind kind = go_kind_of(value);

	switch (type) {
	case OPTION_INTEGER:
	case OPTION_REAL:
		return kind == GO_NUMBER;
	case OPTION_BOOL:
		return kind == GO_BOOL;
	case OPTION_LIST:
		return kind == GO_LIST;
	}
	return false;
}

static const char *type_name(enum option_type type)
{
	switch (type) {
	case OPTION_INTEGER:
		return "integer";
	case OPTION_REAL:
		return "float32";
	case OPTION_BOOL:
		return "boolean";
	case OPTION_LIST:
		return "array";
	}
	return "";
}

static bool check_options(struct ask *ask, const struct json *given)
{
	for (const struct json *member = json_first(given); member != NULL; member = json_next(member)) {
		const struct option *option = find_option(json_key(member));

		if (option == NULL)
			log_line("WARN", "types.go:522", "invalid option provided", " option=%s", json_key(member));
		else if (json_get(given, option->name) != NULL && !has_type(member, option->type))
			return refuse(ask, 500, "option \"%s\" must be of type %s", option->name,
			              type_name(option->type));
	}
	return true;
}

/* Go cuts the fraction off. */
static int64_t integer_of(const struct json *given, const char *name, int64_t otherwise)
{
	double number = json_get_number(given, name);

	if (isnan(number))
		return otherwise;
	if (number > INT32_MAX)
		return INT32_MAX;
	return number < INT32_MIN ? INT32_MIN : (int64_t)number;
}

static bool read_options(struct ask *ask, const struct json *given, const struct version_rules *rules,
                         int default_context_size)
{
	struct runner_settings *settings = &ask->settings;
	const struct json *mmap = json_get(given, "use_mmap");

	if (!check_options(ask, given))
		return false;
	settings->context_size = (int)integer_of(given, "num_ctx", default_context_size);
	if (settings->context_size < LEAST_CONTEXT)
		settings->context_size = LEAST_CONTEXT;
	if (rules->clamps_context && settings->context_size > ask->model->context_length) {
		log_line("WARN", "server.go:170", "requested context size too large for model",
		         " num_ctx=%d n_ctx_train=%d", settings->context_size, ask->model->context_length);
		settings->context_size = ask->model->context_length;
	}
	settings->batch = (int)integer_of(given, "num_batch", DEFAULT_BATCH);
	if (settings->batch > settings->context_size)
		settings->batch = settings->context_size;
	if (settings->batch < 1)
		settings->batch = 1;
	settings->gpu_layers = (int)integer_of(given, "num_gpu", -1);
	settings->threads = (int)integer_of(given, "num_thread", 0);
	settings->main_gpu = (int)integer_of(given, "main_gpu", 0);
	settings->mmap = mmap == NULL ? -1 : json_get_bool(given, "use_mmap", false);
	ask->answer_limit = integer_of(given, "num_predict", -1);
	ask->seed = integer_of(given, "seed", -1);
	return true;
}

static bool read_keep_alive(struct ask *ask, const struct json *body)
{
	const struct json *value = json_get(body, "keep_alive");
	const char *string = json_as_string(value);
	double seconds = json_as_number(value);

	if (value == NULL)
		return true;
	ask->has_keep_alive = true;
	if (string != NULL) {
		if (!go_read_duration(string, &ask->keep_alive_ns)) {
			text_add(&ask->error, "time: invalid duration ");
			go_add_quoted(&ask->error, string);
			return refuse(ask, 400, "%s", "");
		}
	} else if (isnan(seconds)) {
		return refuse(ask, 400, "Unsupported type: '%s'", go_kind_name(go_kind_of(value)));
	} else {
		ask->keep_alive_ns = (int64_t)(fmin(seconds, 9e9) * 1e9);
	}
	if (ask->keep_alive_ns < 0)
		ask->keep_alive_ns = KEEP_ALIVE_FOREVER;
	return true;
}

static bool read_model(struct ask *ask, const struct json *body, const struct version_rules *rules)
{
	const char *name = json_get_string(body, "model");

	if (ask->kind == ASK_CHAT && is_empty(name))
		return refuse(ask, 400, "model is required");
	ask->model_name = memory_string(name != NULL ? name : "");
	ask->model = model_find(ask->model_name);
	if (ask->model != NULL)
		return true;
	if (ask->kind == ASK_CHAT && !rules->chat_names_plainly)
		return refuse(ask, 404, "model \"%s\" not found, try pulling it first", ask->model_name);
	return refuse(ask, 404, "model '%s' not found", ask->model_name);
}

static bool read_think(struct ask *ask, const struct json *body, const struct version_rules *rules)
{
	const struct json *value = json_get(body, "think");
	const char *level = json_as_string(value);

	if (!rules->has_thinking || value == NULL)
		return true;
	if (level != NULL && strcmp(level, "low") != 0 && strcmp(level, "medium") != 0 && strcmp(level, "high") != 0 &&
	    strcmp(level, "max") != 0)
		return refuse(ask, 400,
		              "invalid think value: \"%s\" (must be \"high\", \"medium\", \"low\", \"max\", true, or "
		              "false)",
		              level);
	ask->think = level != NULL || json_get_bool(body, "think", false) ? THINK_YES : THINK_NO;
	if (ask->think == THINK_YES && !ask->model->thinks)
		return refuse(ask, 400, "\"%s\" does not support thinking", ask->model_name);
	return true;
}

/* A "format" that is neither "json" nor a schema is found out by the runner only. */
static void read_format(struct ask *ask, const struct json *body)
{
	const struct json *format = json_get(body, "format");
	const char *name = json_as_string(format);
	struct text json = {0}, error = {0};

	if (format == NULL || json_is_object(format))
		return;
	if (name != NULL && (*name == '\0' || strcmp(name, "json") == 0))
		return;
	json_add_to(&json, format);
	text_add(&error, "invalid format: ");
	go_add_quoted(&error, text_string(&json));
	text_add(&error, "; expected \"json\" or a valid JSON Schema object");
	ask->runner_error = text_take(&error);
	text_release(&json);
}

static void add_part(struct text *prompt, const char *part)
{
	if (is_empty(part))
		return;
	if (prompt->size > 0)
		text_add_char(prompt, '\n');
	text_add(prompt, part);
}

/* Whatever the template, the model reads system prompt, messages and prompt in this order. */
static bool read_prompt(struct ask *ask, const struct json *body)
{
	const char *system = json_get_string(body, "system");
	const struct json *messages = json_get(body, "messages");
	const char *prompt = json_get_string(body, "prompt");
	struct text all = {0};

	ask->raw = ask->kind == ASK_GENERATE && json_get_bool(body, "raw", false);
	if (ask->raw && (!is_empty(json_get_string(body, "template")) || !is_empty(system) ||
	                 json_count(json_get(body, "context")) > 0))
		return refuse(ask, 400, "raw mode does not support template, system, or context");
	if (!ask->raw)
		add_part(&all, !is_empty(system) ? system : ask->model->system);
	if (ask->kind == ASK_CHAT) {
		ask->only_loads = json_count(messages) == 0;
		for (const struct json *message = json_first(messages); message != NULL; message = json_next(message))
			add_part(&all, json_get_string(message, "content"));
	} else {
		ask->only_loads = is_empty(prompt);
		add_part(&all, prompt);
	}
	ask->prompt = text_take(&all);
	return true;
}

/* What does not fit is cut in the middle; with truncate false the runner refuses. */
static void fit_prompt(struct ask *ask, const struct version_rules *rules)
{
	int limit = ask->settings.context_size;

	ask->prompt_tokens = ask_count_tokens(ask->prompt) + ask->image_count * ask->model->image_tokens;
	if (ask->only_loads || ask->prompt_tokens <= limit)
		return;
	if (rules->has_truncate && !ask->truncate) {
		free(ask->runner_error);
		ask->runner_error = memory_string("the input length exceeds the context length");
		ask->status = 400;
		return;
	}
	log_line("WARN", "runner.go:131", "truncating input prompt", " limit=%d prompt=%d keep=4 new=%d", limit,
	         ask->prompt_tokens, limit);
	ask->prompt_tokens = limit;
}

static bool read_body(struct ask *ask, const struct json *body, const struct version_rules *rules,
                      int default_context_size)
{
	const char *type = ask->kind == ASK_CHAT ? "ChatRequest" : "GenerateRequest";

	if (!go_check_fields(body, type, fields, &ask->error))
		return refuse(ask, 400, "%s", "");
	if (!read_keep_alive(ask, body) || !read_model(ask, body, rules) || !read_prompt(ask, body))
		return false;
	ask->stream = json_get_bool(body, "stream", true);
	ask->truncate = json_get_bool(body, "truncate", true);
	ask->unloads = ask->only_loads && ask->has_keep_alive && ask->keep_alive_ns < NS_PER_S;
	if (ask->unloads)
		return true;
	if (!read_think(ask, body, rules) || !read_options(ask, json_get(body, "options"), rules, default_context_size))
		return false;
	ask->status = 500;
	read_format(ask, body);
	ask_read_images(ask, body);
	fit_prompt(ask, rules);
	return true;
}

bool ask_read(struct ask *ask, enum ask_kind kind, const char *bytes, size_t size, const struct version_rules *rules,
              int default_context_size)
{
	struct json *body;
	bool accepted;

	*ask = (struct ask){.kind = kind};
	if (size == 0)
		return refuse(ask, 400, "missing request body");
	body = json_parse(bytes, size);
	if (body == NULL) {
		go_add_syntax_error(&ask->error, bytes, size);
		return refuse(ask, 400, "%s", "");
	}
	accepted = read_body(ask, body, rules, default_context_size);
	json_free(body);
	return accepted;
}

void ask_release(struct ask *ask)
{
	free(ask->model_name);
	free(ask->prompt);
	free(ask->marked_prompt);
	free(ask->runner_error);
	text_release(&ask->error);
	*ask = (struct ask){0};
}
