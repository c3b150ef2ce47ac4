/*
 * Questions to a server of the OpenAI interface. Its rows say which it can be
 * asked; answers are read by the keys that they have, because servers that
 * call themselves the same have different ones.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "target/openai.h"
#include "target/simulated.h"
#include "target/words.h"

enum { MODELS_NAMED = 10 }; /* at most, in a message */

struct facts {
	const struct cell *cell;
	const struct openai_kind *kind;
	struct server_facts *server;
	struct model_facts *model;
	const char *head; /* the lines of the answer's header; NULL: not kept */
};

static void replace(char **owned, char *value)
{
	free(*owned);
	*owned = value;
}

static char *masked_or_null(const char *string)
{
	return string != NULL ? words_masked(string, strlen(string)) : NULL;
}

/* --- Which model is meant --- */

/* "llama3.2" is listed as "llama3.2:latest" by Ollama. */
static bool is_name(const char *listed, const char *wanted)
{
	size_t size = strlen(wanted);

	return strncmp(listed, wanted, size) == 0 && (listed[size] == '\0' || strcmp(listed + size, ":latest") == 0);
}

static bool contains(const char *string, const char *part)
{
	size_t size = strlen(part);

	for (; size > 0 && strlen(string) >= size; string++)
		if (strncasecmp(string, part, size) == 0)
			return true;
	return false;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* "llama3.2" may be the file "Llama3.2-3B-Q4_K_M.gguf", and the other way round. */
static bool resembles(const char *listed, const char *wanted)
{
	return contains(last_part(listed), last_part(wanted)) || contains(last_part(wanted), last_part(listed));
}

/* The model's entry of a list; NULL: it is not there, or the answer is no list. */
static const struct json *find_model(const struct json *reply, const struct facts *facts)
{
	const struct json *list = json_get(reply, "data"), *only = json_first(list);
	const char *wanted = cell_server_model(facts->cell);

	for (const struct json *entry = only; entry != NULL; entry = json_next(entry)) {
		const char *id = json_get_string(entry, "id");

		if (id != NULL && is_name(id, wanted))
			return entry;
	}
	if (!facts->kind->any_name || json_count(list) != 1 || json_get_string(only, "id") == NULL)
		return NULL;
	return resembles(json_get_string(only, "id"), wanted) ? only : NULL;
}

static void add_listed(const struct json *list, struct text *problem)
{
	size_t count = json_count(list), named = 0;

	if (count == 0)
		text_add(problem, "it lists none");
	for (const struct json *entry = json_first(list); entry != NULL && named < MODELS_NAMED;
	     entry = json_next(entry)) {
		char *name = masked_or_null(json_get_string(entry, "id"));

		text_addf(problem, "%s%s", named++ == 0 ? "it lists " : ", ", name != NULL ? name : "?");
		free(name);
	}
	if (count > named)
		text_addf(problem, " and %zu more", count - named);
}

/* --- Answers --- */

/* "0.32.2" of mlx_lm's "0.32.2-0.32.4-Linux-…": its own, then those of what it runs on. */
static char *version_of(const struct json *reply)
{
	static const char *const keys[] = {"build_info", "version"};
	const char *fingerprint = json_get_string(reply, "system_fingerprint");
	size_t size;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_get_string(reply, keys[i]) != NULL)
			return masked_or_null(json_get_string(reply, keys[i]));
	if (fingerprint == NULL)
		return NULL;
	size = fingerprint[0] >= '0' && fingerprint[0] <= '9' ? strcspn(fingerprint, "-") : strlen(fingerprint);
	return words_masked(fingerprint, size);
}

static void read_version(const struct json *reply, const struct facts *facts)
{
	char *version = version_of(reply);

	if (version != NULL)
		replace(&facts->server->version, version);
}

static bool read_ready(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const char *path = facts->kind->ready_path;
	bool list = path != NULL && strcmp(path, "/v1/models") == 0;

	/* vllm-mlx says so with status 200. */
	if (!json_get_bool(reply, "model_loaded", true)) {
		text_add(problem, "the model is not loaded yet");
		return false;
	}
	if (list && !json_is_list(json_get(reply, "data"))) {
		text_add(problem,
		         "/v1/models: the answer has no list of models: is it a server of the OpenAI interface?");
		return false;
	}
	read_version(reply, facts);
	simulated_read_head(facts->head, facts->server);
	return true;
}

static bool read_models(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const char *wanted = cell_server_model(facts->cell);
	const struct json *list = json_get(reply, "data"), *entry = find_model(reply, facts);
	int64_t size = json_get_integer(json_get(entry, "meta"), "size");

	if (!json_is_list(list)) {
		text_add(problem, "/v1/models: the answer has no list of models");
		return false;
	}
	if (entry == NULL) {
		text_addf(problem, "the server has no model \"%s\"; ", wanted);
		add_listed(list, problem);
		text_addf(problem, " (cure: name it so, or say server: {models: {\"%s\": ITS NAME}})",
		          facts->cell->model);
		return false;
	}
	replace(&facts->model->full_name, masked_or_null(json_get_string(entry, "id")));
	/* llama-server's is that of the tensors, some kB less than the file. */
	if (size > 0)
		facts->model->size_bytes = size;
	return true;
}

static bool read_model(const struct json *reply, const struct facts *facts, struct text *problem)
{
	const struct json *entry = find_model(reply, facts), *meta = json_get(entry, "meta");
	const struct json *const sources[OPENAI_SOURCES] = {meta, entry, reply};
	int64_t trained = json_get_integer(meta, "n_ctx_train");
	const char *digest = json_get_string(reply, "model_sha");

	(void)problem;
	if (trained > 0)
		facts->model->context_length = trained;
	if (digest != NULL)
		replace(&facts->model->digest, masked_or_null(digest));
	/* It stands in an answer about the server itself, not in one about a list of models. */
	if (!json_is_list(json_get(reply, "data")))
		read_version(reply, facts);
	openai_read_shape(sources, facts->model);
	replace(&facts->model->block,
	        openai_block(sources, json_get(json_first(json_get(reply, "models")), "capabilities")));
	return true;
}

/* What a request may have: llama-server's slot, LM Studio's and vLLM's model, TGI's and SGLang's request. */
static bool read_loaded(const struct json *reply, const struct facts *facts, struct text *problem)
{
	static const char *const keys[] = {"n_ctx", "loaded_context_length", "max_model_len", "max_total_tokens",
	                                   "context_length"};
	const struct json *entry = find_model(reply, facts);
	const struct json *const sources[] = {json_get(reply, "default_generation_settings"), entry, reply};

	(void)problem;
	facts->model->loaded_bytes = facts->model->loaded_vram_bytes = JSON_UNKNOWN;
	facts->model->loaded_context_size = JSON_UNKNOWN;
	for (size_t s = 0; s < sizeof(sources) / sizeof(sources[0]); s++)
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			int64_t context_size = json_get_integer(sources[s], keys[k]);

			if (context_size > 0 && facts->model->loaded_context_size == JSON_UNKNOWN)
				facts->model->loaded_context_size = context_size;
		}
	return true;
}

static bool read_nothing(const struct json *reply, const struct facts *facts, struct text *problem)
{
	(void)reply;
	(void)facts;
	(void)problem;
	return true;
}

static const struct question {
	size_t path; /* offset of the const char * in struct openai_kind */
	bool (*read)(const struct json *reply, const struct facts *facts, struct text *problem);
} questions[] = {
    [TARGET_READY] = {offsetof(struct openai_kind, ready_path), read_ready},
    [TARGET_MODELS] = {offsetof(struct openai_kind, models_path), read_models},
    [TARGET_MODEL] = {offsetof(struct openai_kind, model_path), read_model},
    [TARGET_LOAD] = {0, read_nothing}, /* a request, not a path */
    [TARGET_LOADED] = {offsetof(struct openai_kind, loaded_path), read_loaded},
    [TARGET_UNLOAD] = {0, read_nothing}, /* never asked */
};

static const char *path_of(enum target_question question, const struct openai_kind *kind)
{
	return questions[question].path != 0 ? *(const char *const *)((const char *)kind + questions[question].path)
	                                     : NULL;
}

bool openai_ask(enum target_question question, const struct cell *cell, const struct endpoint *endpoint,
                struct request *request)
{
	const struct openai_kind *kind = openai_kind_of(cell, endpoint->facts);
	const char *path = path_of(question, kind);

	if (path != NULL) {
		openai_request(request, "GET", endpoint->base_url, path, NULL);
		return true;
	}
	if (question == TARGET_READY) {
		openai_request_one(cell, endpoint, kind->own_model, request);
		return true;
	}
	if (question == TARGET_LOAD && kind->loads_late) {
		openai_request_one(cell, endpoint, cell_server_model(cell), request);
		return true;
	}
	return false;
}

/* The words of a failed load stand alone: they are the cell's result. Others are told with the path that was asked. */
static bool add_failure(const char *path, const char *words, struct text *problem)
{
	if (path != NULL)
		text_addf(problem, "%s: ", path);
	text_add(problem, words);
	return false;
}

bool openai_answer(enum target_question question, const struct cell *cell, const struct exchange *exchange,
                   struct server_facts *server, struct model_facts *model, struct text *problem)
{
	const struct facts facts = {cell, openai_kind_of(cell, server), server, model, exchange->head};
	const char *path = path_of(question, facts.kind);
	char *failure = words_of_failure(exchange);
	struct json *reply;
	bool good;

	if (failure != NULL) {
		good =
		    question == TARGET_MODELS && facts.kind->list_may_fail && exchange->transport != TRANSPORT_CONNECT;
		if (!good)
			add_failure(path, failure, problem);
		free(failure);
		return good;
	}
	/* Health and readiness may be told by the status alone. */
	reply = json_parse(exchange->body, exchange->body_size);
	failure = words_of_error(reply);
	if (failure != NULL)
		good = add_failure(path, failure, problem);
	else
		good = questions[question].read(reply, &facts, problem);
	json_free(reply);
	free(failure);
	return good;
}
