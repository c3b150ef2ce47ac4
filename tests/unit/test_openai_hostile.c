/*
 * Replies that no server should send: pieces of the protocol in any order,
 * mixed with what breaks parsers, cut anywhere, with any status and any end of
 * the transfer, for each task. A record has one outcome and no figure that
 * could not be: seeded, so that each run tries the same ones.
 */
#include "../support/record_judge.h"
#include "target/identify.h"
#include "test_openai.h"

enum { ROUNDS = 12000, PIECES_MAX = 20 };

static const char *const pieces[] = {
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":\"stop\"}]}\r\n\r\n",
    "data:{\"choices\":[{\"delta\":{\"reasoning\":\"b\",\"content\":\"\\u0000\"}}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1e300}}\n\n",
    "data: {\"usage\":{\"completion_tokens\":9,\"prompt_tokens_details\":{\"cached_tokens\":99}}}\n\n",
    "data: {\"timings\":{\"prompt_ms\":-5,\"predicted_ms\":1e300,\"prompt_n\":9223372036854775807,\"cache_n\":1}}\n\n",
    "data: {\"timings\":{\"prompt_ms\":1e-9,\"predicted_ms\":0,\"predicted_n\":7,\"peak_memory\":1e308}}\n\n",
    "data: {\"metrics\":{\"queue_time_ms\":\"x\"},\"stats\":[]}\n\n",
    "data: {\"error\":{\"message\":\"\\u001b[31m\"}}\n\n",
    "data: {\"detail\":[{\"loc\":[1,\"\\n\"],\"msg\":\"m\"}]}\n\n",
    "data: {\"choices\":{\"delta\":1}}\n\n",
    "data: [DONE]\n\n",
    "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}",
    "{\"data\":[{\"embedding\":[1,2]}],\"usage\":{\"prompt_tokens\":3}}",
    "{\"data\":[{\"id\":\"tiny\",\"meta\":{\"n_params\":-1,\"size\":1e400,\"ftype\":\"\\u001b\"}}]}",
    "{\"default_generation_settings\":{\"n_ctx\":-7},\"build_info\":\"\\u0007\"}",
    "data: ",
    "data",
    ":",
    "\n",
    "\r",
    "{\"choices\":[{\"delta\":{\"content\":\"",
    "\"}}]}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "\xff\xfe",
    "\xef\xbb\xbf",
    "\xe6\x97",
    "null",
    "event: message\n",
    "1e999,",
};

/* Numerical Recipes' generator: the same in each run, and no more is needed. */
static uint32_t next_random(uint32_t *state, uint32_t below)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return (uint32_t)((uint64_t)(*state >> 8) * below >> 24);
}

static void add_hostile(struct text *body, uint32_t *state)
{
	for (uint32_t left = next_random(state, PIECES_MAX); left > 0; left--) {
		text_add(body, pieces[next_random(state, sizeof(pieces) / sizeof(pieces[0]))]);
		if (next_random(state, 16) == 0)
			text_add_bytes(body, "\0", 1);
		if (next_random(state, 8) == 0 && body->size > 0)
			body->data[next_random(state, (uint32_t)body->size)] ^= (char)(1 << next_random(state, 8));
	}
}

/* What is impossible about it; NULL: nothing. */
static const char *judge(const struct record *record, const struct exchange *exchange)
{
	if (record->outcome == OUTCOME_OK && record->done_reason == NULL && record->dimensions == JSON_UNKNOWN)
		return "good without a finish";
	return record_judge(record, exchange);
}

static void ask_all(const struct cell *cell, const char *kind, const struct exchange *exchange, size_t *silent)
{
	struct identity identity;

	for (int question = TARGET_READY; question <= TARGET_UNLOAD; question++) {
		struct server_facts server = {.kind = memory_string(kind)};
		struct model_facts model = {0};
		struct text problem = {0};

		model_facts_reset(&model);
		*silent +=
		    !openai()->answer((enum target_question)question, cell, exchange, &server, &model, &problem) &&
		    problem.size == 0;
		text_release(&problem);
		model_facts_release(&model);
		server_facts_release(&server);
	}
	for (size_t step = 0; identify_path(step) != NULL; step++)
		identify_answer(step, exchange, &identity);
}

/* One reply, judged. */
static const char *try_one(const struct cell *cell, const char *kind, uint32_t *state, size_t *good, size_t *silent)
{
	static const int statuses[] = {200, 200, 200, 200, 200, 0, 404, 500, 503, 302};
	struct text body = {0};
	struct exchange exchange;
	struct record record;
	const char *what;

	add_hostile(&body, state);
	exchange = reply_of(statuses[next_random(state, 10)], text_string(&body), body.size);
	exchange.transport =
	    next_random(state, 2) ? TRANSPORT_COMPLETE : (enum transport)next_random(state, TRANSPORT_OTHER + 1);
	record = decoded(cell, kind, &exchange);
	what = judge(&record, &exchange);
	if (what != NULL)
		printf("#  %s: %.200s\n", what, text_string(&body));
	*good += record.outcome == OUTCOME_OK;
	ask_all(cell, kind, &exchange, silent);
	record_release(&record);
	exchange_release(&exchange);
	text_release(&body);
	return what;
}

int main(void)
{
	size_t impossible = 0, silent = 0, good = 0;
	uint32_t state = 20261125;

	for (int round = 0; round < ROUNDS; round++) {
		const char *kind = identify_kind_name((size_t)round % 16);
		struct cell cell = test_cell();

		cell.stream = round % 3 == 0 ? CELL_OFF : CELL_ON;
		cell.task = round % 7 == 0 ? CELL_TASK_EMBED : CELL_TASK_TEXT;
		impossible += try_one(&cell, kind, &state, &good, &silent) != NULL;
	}
	is_int(impossible, 0, "no reply makes an impossible record");
	is_int(silent, 0, "no refused answer without a word");
	ok(good > ROUNDS / 100, "some of them are answers");
	printf("# %zu of %d\n", good, ROUNDS);
	return tap_done();
}
