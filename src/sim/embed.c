#include "sim/embed.h"

#include <math.h>

#include "base/clock.h"
#include "base/json.h"
#include "sim/answer.h"
#include "sim/ask.h"
#include "sim/ask_json.h"

void embed_vector(const char *input, double *values)
{
	uint64_t key = answer_of("", input, 0).key;
	double sum = 0;

	for (int i = 0; i < EMBED_DIMENSIONS; i++) {
		/* 4 bits of the key, centred; never 0, so that the vector has a length */
		values[i] = (double)(key >> (4 * i) & 15) - 7.5;
		sum += values[i] * values[i];
	}
	for (int i = 0; i < EMBED_DIMENSIONS; i++)
		values[i] /= sqrt(sum);
}

static struct json *new_vector(const char *input)
{
	struct json *vector = json_new_list();
	double values[EMBED_DIMENSIONS];

	embed_vector(input, values);
	for (int i = 0; i < EMBED_DIMENSIONS; i++)
		json_append_number(vector, values[i]);
	return vector;
}

static void answer_vectors(struct call *call, const struct json *body)
{
	const struct json *input = json_get(body, "input");
	struct json *answer = json_new_object();
	struct json *vectors = json_new_list();
	struct text text = {0};
	int tokens = 0;

	if (json_as_string(input) != NULL) {
		json_append(vectors, new_vector(json_as_string(input)));
		tokens = ask_count_tokens(json_as_string(input));
	}
	for (const struct json *item = json_first(input); item != NULL; item = json_next(item)) {
		const char *string = json_as_string(item);

		json_append(vectors, new_vector(string != NULL ? string : ""));
		tokens += ask_count_tokens(string != NULL ? string : "");
	}
	json_set_string(answer, "model", json_get_string(body, "model"));
	json_set(answer, "embeddings", vectors);
	json_set_integer(answer, "total_duration", clock_now_ns() - call_arrival_ns(call));
	json_set_integer(answer, "load_duration", 1);
	json_set_integer(answer, "prompt_eval_count", tokens);
	json_add_to(&text, answer);
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
	json_free(answer);
}

void handle_embed(struct sim *sim, struct call *call)
{
	size_t size;
	const char *bytes = call_body(call, &size);
	struct json *body = json_parse(bytes, size);
	const char *name = json_get_string(body, "model");
	struct text error = {0};

	(void)sim;
	if (size == 0) {
		call_answer_error(call, 400, "missing request body");
	} else if (body == NULL) {
		go_add_syntax_error(&error, bytes, size);
		call_answer_error(call, 400, text_string(&error));
	} else if (model_find(name != NULL ? name : "") == NULL) {
		text_addf(&error, "model \"%s\" not found, try pulling it first", name != NULL ? name : "");
		call_answer_error(call, 404, text_string(&error));
	} else {
		answer_vectors(call, body);
	}
	text_release(&error);
	json_free(body);
}
