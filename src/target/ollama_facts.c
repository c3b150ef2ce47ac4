/*
 * Questions to the server about itself and its models: one row each.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "target/ollama.h"
#include "target/simulated.h"
#include "target/words.h"

enum { MODELS_NAMED = 10 }; /* at most, in a message */

struct facts {
	const struct cell *cell;
	struct server_facts *server;
	struct model_facts *model;
};

/* An owned string is replaced; NULL: unknown. */
static void replace(char **owned, char *value)
{
	free(*owned);
	*owned = value;
}

static char *masked_or_null(const char *string)
{
	return string != NULL ? words_masked(string, strlen(string)) : NULL;
}

static bool read_version(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const char *version = json_get_string(reply, "version");

	if (version == NULL) {
		text_add(problem, "the answer names no version: is it an Ollama server?");
		return false;
	}
	replace(&facts->server->version, masked_or_null(version));
	simulated_read(json_get(reply, "simulated"), facts->server);
	return true;
}

/* Without the parts of a name that Ollama adds by itself and does not list. */
static const char *short_name(const char *name)
{
	static const char *const implied[] = {"registry.ollama.ai/", "library/"};

	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++)
		if (text_starts_with(name, implied[i]))
			name += strlen(implied[i]);
	return name;
}

/* "llama3.2" is "llama3.2:latest"; the tag stands after the last '/'. */
static char *tagged_name(const char *name)
{
	const char *slash, *last;

	name = short_name(name);
	slash = strrchr(name, '/');
	last = slash != NULL ? slash : name;
	return strchr(last, ':') != NULL ? memory_string(name) : text_format("%s:latest", name);
}

static bool is_same_model(const char *listed, const char *wanted)
{
	char *name;
	bool same;

	if (listed == NULL)
		return false;
	name = tagged_name(listed);
	same = strcmp(name, wanted) == 0;
	free(name);
	return same;
}

/* The model's row of /api/tags or /api/ps; NULL: not there. */
static const struct json *find_model(const struct json *reply, const char *model)
{
	const struct json *row = json_first(json_get(reply, "models"));
	char *wanted = tagged_name(model);

	while (row != NULL && !is_same_model(json_get_string(row, "name"), wanted) &&
	       !is_same_model(json_get_string(row, "model"), wanted))
		row = json_next(row);
	free(wanted);
	return row;
}

static void add_installed(const struct json *reply, struct text *problem)
{
	const struct json *models = json_get(reply, "models");
	size_t count = json_count(models), named = 0;

	if (count == 0)
		text_add(problem, "none is installed");
	for (const struct json *row = json_first(models); row != NULL && named < MODELS_NAMED; row = json_next(row)) {
		char *name = masked_or_null(json_get_string(row, "name"));

		text_addf(problem, "%s%s", named++ == 0 ? "installed: " : ", ", name != NULL ? name : "?");
		free(name);
	}
	if (count > named)
		text_addf(problem, " and %zu more", count - named);
}

static bool read_tags(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const char *wanted = cell_server_model(facts->cell);
	const struct json *row = find_model(reply, wanted);

	if (!json_is_list(json_get(reply, "models"))) {
		text_add(problem, "the answer has no list of models");
		return false;
	}
	if (row == NULL) {
		text_addf(problem, "model \"%s\" is not installed on this server; ", wanted);
		add_installed(reply, problem);
		text_addf(problem, " (cure: ollama pull %s)", wanted);
		return false;
	}
	replace(&facts->model->full_name, masked_or_null(json_get_string(row, "name")));
	replace(&facts->model->digest, masked_or_null(json_get_string(row, "digest")));
	facts->model->size_bytes = json_get_integer(row, "size");
	return true;
}

static int64_t info_of(const struct json *info, const char *architecture, const char *key)
{
	char *full_key = text_format("%s.%s", architecture, key);
	int64_t value = json_get_integer(info, full_key);

	free(full_key);
	return value > 0 ? value : JSON_UNKNOWN;
}

static void read_shape(const struct json *reply, struct model_facts *model)
{
	const struct json *info = json_get(reply, "model_info"), *details = json_get(reply, "details");
	const char *architecture = json_get_string(info, "general.architecture");
	const char *quantization = json_get_string(details, "quantization_level");

	if (architecture != NULL) {
		model->context_length = info_of(info, architecture, "context_length");
		model->layers = info_of(info, architecture, "block_count");
		model->embedding_length = info_of(info, architecture, "embedding_length");
		model->vocabulary = info_of(info, architecture, "vocab_size");
	}
	replace(&model->architecture, masked_or_null(architecture));
	replace(&model->quantization,
	        masked_or_null(quantization != NULL && *quantization != '\0' ? quantization : NULL));
	model->parameters = info_of(info, "general", "parameter_count");
	if (model->parameters == JSON_UNKNOWN)
		model->parameters = ollama_words_count(json_get_string(details, "parameter_size"));
}

static bool read_show(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const struct json *info = json_get(reply, "model_info");

	(void)problem;
	read_shape(reply, facts->model);
	model_shape_reset(&facts->model->shape);
	if (model_shape_read(info, &facts->model->shape)) {
		model_shape_read_tensors(json_get(reply, "tensors"), &facts->model->shape);
		facts->model->shape.file_bytes = facts->model->size_bytes; /* of /api/tags, which was asked before */
	}
	replace(&facts->model->block, ollama_block(reply, facts->server->version));
	return true;
}

/* A model that is not listed is not loaded: no mistake. Zero stands for what a version does not know. */
static bool read_ps(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const struct json *row = find_model(reply, cell_server_model(facts->cell));
	int64_t context_size = json_get_integer(row, "context_length");

	(void)problem;
	facts->model->loaded_bytes = json_get_integer(row, "size");
	facts->model->loaded_vram_bytes = json_get_integer(row, "size_vram");
	facts->model->loaded_context_size = context_size > 0 ? context_size : JSON_UNKNOWN;
	return true;
}

/* Up to 0.3.10 an empty prompt gives no done_reason. */
static bool read_done(const struct json *reply, const char *reason_wanted, struct text *problem)
{
	const char *reason = json_get_string(reply, "done_reason");
	bool other = reason != NULL && *reason != '\0' && strcmp(reason, reason_wanted) != 0;
	char *words = words_of_error(reply);
	bool done = words == NULL && !other && json_get_bool(reply, "done", false);

	if (words != NULL)
		text_add(problem, words);
	else if (!done)
		text_addf(problem, "the answer does not say that the model was %sed", reason_wanted);
	free(words);
	return done;
}

/* The answer to an empty input has no embedding. */
static bool read_embed_load(const struct json *reply, struct text *problem)
{
	char *words = words_of_error(reply);
	bool loaded = words == NULL && json_is_list(json_get(reply, "embeddings"));

	if (!loaded)
		text_add(problem, words != NULL ? words : "the answer does not say that the model was loaded");
	free(words);
	return loaded;
}

static bool read_load(const struct json *reply, const struct facts *facts, struct text *problem)
{
	return cell_task(facts->cell) == CELL_TASK_EMBED ? read_embed_load(reply, problem)
	                                                 : read_done(reply, "load", problem);
}

static bool read_unload(const struct json *reply, const struct facts *facts, struct text *problem)
{
	(void)facts;
	return read_done(reply, "unload", problem);
}

static struct json *model_body(const struct cell *cell)
{
	struct json *body = json_new_object();

	json_set_string(body, "model", cell_server_model(cell));
	return body;
}

/* Without a prompt the server loads the model and generates nothing; but keep_alive 0 would make it unload it. */
static struct json *load_body(const struct cell *cell)
{
	struct json *body = model_body(cell);
	int64_t keep_ns;

	if (cell_task(cell) == CELL_TASK_EMBED)
		json_set_string(body, "input", "");
	else
		json_set_bool(body, "stream", false);
	if (cell->keep_alive != NULL && !(units_read_duration(cell->keep_alive, &keep_ns) && keep_ns == 0))
		ollama_set_keep_alive(body, cell->keep_alive);
	json_set(body, "options", ollama_runner_options(cell));
	return body;
}

static struct json *unload_body(const struct cell *cell)
{
	struct json *body = model_body(cell);

	json_set_bool(body, "stream", false);
	json_set_integer(body, "keep_alive", 0);
	return body;
}

static const struct question {
	const char *path;
	struct json *(*body)(const struct cell *cell); /* NULL: GET */
	bool (*read)(const struct json *reply, const struct facts *facts, struct text *problem);
} questions[] = {
    [TARGET_READY] = {"/api/version", NULL, read_version},
    [TARGET_MODELS] = {"/api/tags", NULL, read_tags},
    [TARGET_MODEL] = {"/api/show", model_body, read_show},
    [TARGET_LOAD] = {"/api/generate", load_body, read_load},
    [TARGET_LOADED] = {"/api/ps", NULL, read_ps},
    [TARGET_UNLOAD] = {"/api/generate", unload_body, read_unload},
};

bool ollama_ask(enum target_question question, const struct cell *cell, const struct endpoint *endpoint,
                struct request *request)
{
	const struct question *row = &questions[question];

	/* A model that only embeds refuses /api/generate, even to be loaded. */
	bool embeds = question == TARGET_LOAD && cell_task(cell) == CELL_TASK_EMBED;

	ollama_request(request, row->body != NULL ? "POST" : "GET", endpoint->base_url,
	               embeds ? OLLAMA_EMBED_PATH : row->path, row->body != NULL ? row->body(cell) : NULL);
	return true;
}

/* The words of a failed load stand alone: they are the cell's result. Others are told with the path that was asked. */
static bool add_failure(enum target_question question, const char *words, struct text *problem)
{
	if (question != TARGET_LOAD)
		text_addf(problem, "%s: ", questions[question].path);
	text_add(problem, words);
	return false;
}

bool ollama_answer(enum target_question question, const struct cell *cell, const struct exchange *exchange,
                   struct server_facts *server, struct model_facts *model, struct text *problem)
{
	const struct facts facts = {cell, server, model};
	char *failure = words_of_failure(exchange);
	struct json *reply;
	bool good;

	if (failure != NULL) {
		add_failure(question, failure, problem);
		free(failure);
		return false;
	}
	reply = json_parse(exchange->body, exchange->body_size);
	good = json_is_object(reply) ? questions[question].read(reply, &facts, problem)
	                             : add_failure(question, "the answer is not a JSON object", problem);
	json_free(reply);
	return good;
}
