/*
 * The whisper adapter: servers that do nothing but write down recordings.
 * whisper.cpp's server opens its port once its model is loaded, so refused
 * connections are its loading; during a later load /health says 503.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "target/listing.h"
#include "target/simulated.h"
#include "target/transcribe.h"
#include "target/whisper.h"
#include "target/words.h"

enum { TELLING_MAX = 200, MODELS_NAMED = 10 };

static bool can(enum cell_task task)
{
	return task == CELL_TASK_TRANSCRIBE;
}

/* They are told everything by their command lines. */
static void add_environment(const struct cell *cell, int port, struct environment *environment)
{
	(void)cell;
	(void)port;
	(void)environment;
}

/* What a default asks for is what these servers do by themselves. */
static void add_unsettable(const struct cell *cell, struct text *names)
{
	for (size_t i = 0; i < cell_field_count; i++) {
		const struct cell_field *field = &cell_fields[i];
		struct text value = {0};

		if (!field->restarts || !cell_field_is_set(field, cell))
			continue;
		cell_field_add_value(field, cell, &value);
		if (!text_equal(text_string(&value), field->fallback))
			text_addf(names, "%s%s", names->size > 0 ? ", " : "", field->name);
		text_release(&value);
	}
	if (cell->profile != NULL && cell->profile->count > 0)
		text_addf(names, "%sprofile", names->size > 0 ? ", " : "");
}

static bool ask(enum target_question question, const struct cell *cell, const struct endpoint *endpoint,
                struct request *request)
{
	const struct transcribe_variant *variant = transcribe_variant(endpoint->facts);
	const char *path = NULL;

	(void)cell;
	if (question == TARGET_READY)
		path = variant->ready != NULL ? variant->ready : "/v1/models";
	else if (question == TARGET_MODELS)
		path = variant->models;
	if (path == NULL)
		return false;
	*request = (struct request){
	    .method = "GET", .url = text_format("%s%s", endpoint->base_url, path), .due_ns = TIME_UNKNOWN};
	return true;
}

/* Some have nothing to ask; that they answer at all must do. */
static bool read_ready(const struct exchange *exchange, const struct server_facts *server, struct text *problem)
{
	const struct transcribe_variant *variant = transcribe_variant(server);
	char *failure = words_of_failure(exchange);
	bool answered = exchange->transport == TRANSPORT_COMPLETE && exchange->http_status != 0;
	bool ready = failure == NULL || (variant->ready == NULL && answered && exchange->http_status < 500);

	if (!ready)
		text_add(problem, failure);
	free(failure);
	return ready;
}

static bool read_models(const struct exchange *exchange, const struct cell *cell, struct model_facts *model,
                        struct text *problem)
{
	const char *wanted = cell_server_model(cell);
	struct json *reply = json_parse(exchange->body, exchange->body_size);
	const struct json *row = json_first(json_get(reply, "data"));
	struct text names = {0};
	size_t count = 0;

	for (; row != NULL && !text_equal(json_get_string(row, "id"), wanted); row = json_next(row), count++) {
		const char *id = json_get_string(row, "id");

		if (id == NULL || count >= MODELS_NAMED)
			continue;
		text_add(&names, names.size > 0 ? ", " : "");
		text_add_masked(&names, id, strlen(id));
	}
	if (row != NULL) {
		free(model->full_name);
		model->full_name = memory_string(wanted);
	} else {
		text_addf(problem, "model \"%s\" is not on this server; there is %s%s", wanted,
		          names.size > 0 ? text_string(&names) : "none", count > MODELS_NAMED ? " …" : "");
	}
	text_release(&names);
	json_free(reply);
	return model->full_name != NULL && problem->size == 0;
}

static bool answer(enum target_question question, const struct cell *cell, const struct exchange *exchange,
                   struct server_facts *server, struct model_facts *model, struct text *problem)
{
	char *failure;

	if (question == TARGET_READY) {
		simulated_read_head(exchange->head, server);
		return read_ready(exchange, server, problem);
	}
	failure = words_of_failure(exchange);
	if (failure != NULL) {
		text_addf(problem, "%s: %s", transcribe_variant(server)->models, failure);
		free(failure);
		return false;
	}
	return read_models(exchange, cell, model, problem);
}

/* The last line of the log that speaks of a failure. */
static char *failure_in_log(const char *log)
{
	regmatch_t match;
	regex_t regex;
	char *line = NULL;

	pattern_compile(&regex, "^.*(error|failed|cannot|could not|unknown argument|no such file).*$",
	                REG_ICASE | REG_NEWLINE);
	while (*log != '\0' && pattern_match(&regex, log, 1, &match, 0)) {
		free(line);
		line = words_masked(log + match.rm_so,
		                    words_cut(log + match.rm_so, (size_t)(match.rm_eo - match.rm_so), TELLING_MAX));
		log += match.rm_eo;
		log += *log == '\n';
	}
	regfree(&regex);
	return line;
}

static char *telling(const char *words, const char *log)
{
	if (words != NULL)
		return words_masked(words, words_cut(words, strcspn(words, "\n"), TELLING_MAX));
	return failure_in_log(log);
}

static void prove(const char *log, struct proof *proof)
{
	(void)log;
	proof_reset(proof);
}

const struct target whisper_target = {
    .name = "whisper",
    .environment = add_environment,
    .unsettable = add_unsettable,
    .can = can,
    .encode = transcribe_encode,
    .decode = transcribe_decode,
    .ask = ask,
    .answer = answer,
    .list = listing_read,
    .telling = telling,
    .proof = prove,
};
