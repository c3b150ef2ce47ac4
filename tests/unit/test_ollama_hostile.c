/*
 * Replies that no server should send: pieces of the protocol in any order,
 * mixed with what breaks parsers, cut anywhere, with any status and any end of
 * the transfer. Whatever comes, a record has one outcome, and no figure that
 * could not be: seeded, so that each run tries the same ones.
 */
#include "../support/record_judge.h"
#include "test_ollama.h"

enum { ROUNDS = 12000, PIECES_MAX = 24, CHUNKS_MAX = 8 };

#define TEXT(string)                            \
	{                                       \
		(string), sizeof(string) - 1, 1 \
	}
#define MANY(string, times)                         \
	{                                           \
		(string), sizeof(string) - 1, times \
	}

static const struct {
	const char *bytes;
	size_t size;
	int times;
} pieces[] = {
    /* whole lines, so that some replies come far */
    TEXT("{\"response\":\"a\",\"done\":false}\n"),
    TEXT("{\"message\":{\"content\":\"a\",\"thinking\":\"b\"}}\r\n"),
    TEXT("{\"response\":\"\",\"done\":false}\n"),
    TEXT("{\"done\":true,\"eval_count\":3,\"eval_duration\":5,\"total_duration\":9}\n"),
    TEXT("{\"response\":\"b\",\"done\":true,\"eval_count\":0,\"prompt_eval_count\":-1}\n"),
    TEXT("{\"done\":true,\"eval_count\":9223372036854775807,\"eval_duration\":1,\"total_duration\":-"
         "9223372036854775808}\n"),
    TEXT("{\"done\":true,\"eval_count\":1e308,\"eval_duration\":1e-308,\"load_duration\":99999999999999999999}\n"),
    TEXT("{\"done\":true,\"prompt_eval_count\":7,\"prompt_eval_duration\":0,\"eval_count\":2,\"eval_duration\":0}\n"),
    TEXT("{\"error\":\"\"}\n"),
    TEXT("{\"error\":{\"error\":[]}}\n"),
    TEXT("{\"error\":\"{\\\"error\\\":{\\\"message\\\":\\\"\\u001b[31m\\\"}}\"}\n"),
    /* halves of lines */
    TEXT("{\"response\":"),
    TEXT("\"message\":"),
    TEXT("\"thinking\":\""),
    TEXT("\"done\":true"),
    TEXT("\"eval_count\":"),
    TEXT("{"),
    TEXT("}"),
    TEXT("["),
    TEXT("]"),
    TEXT(","),
    TEXT(":"),
    TEXT("\""),
    TEXT("\n"),
    TEXT("\r"),
    TEXT(" "),
    /* numbers and words */
    TEXT("null"),
    TEXT("truefalse"),
    TEXT("-0"),
    TEXT("1e999"),
    TEXT("NaN"),
    TEXT("0x10"),
    /* characters */
    TEXT("\\u0000"),
    TEXT("\\ud800"),
    TEXT("\\udc00\\ud800"),
    TEXT("\\"),
    TEXT("\0"),
    TEXT("\xff\xfe"),
    TEXT("\xe6\x97"),
    TEXT("\xc0\x80"),
    TEXT("\x1b]0;title\x07"),
    TEXT("\xef\xbb\xbf"),
    /* much of something */
    MANY("[", 3000),
    MANY("{\"a\":", 2000),
    MANY("{\"response\":\"x\"}\n", 200),
    MANY("9", 5000),
    MANY("\\u65e5", 500),
    MANY("\n", 1000),
};

/* Numerical Recipes' generator: the same in each run, and no more is needed. */
static uint32_t next_random(uint32_t *state, uint32_t below)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return (uint32_t)((uint64_t)(*state >> 8) * below >> 24);
}

static void add_hostile(struct text *body, uint32_t *state)
{
	size_t count = sizeof(pieces) / sizeof(pieces[0]);

	for (uint32_t left = next_random(state, PIECES_MAX); left > 0; left--) {
		size_t i = next_random(state, (uint32_t)count);

		for (int times = pieces[i].times; times > 0; times--)
			text_add_bytes(body, pieces[i].bytes, pieces[i].size);
	}
}

/* The body in some chunks; stamps of 1000, 2000 … ns. */
static struct exchange hostile(const struct text *body, uint32_t *state)
{
	static const int statuses[] = {200, 200, 200, 200, 200, 0, 404, 500, 503, 302};
	struct exchange exchange = reply_of(statuses[next_random(state, 10)], text_string(body), body->size);
	size_t end = 0;

	exchange.transport =
	    next_random(state, 2) ? TRANSPORT_COMPLETE : (enum transport)next_random(state, TRANSPORT_OTHER + 1);
	exchange.done_ns = 1000 * (CHUNKS_MAX + 1);
	exchange.chunks = memory_resize(exchange.chunks, CHUNKS_MAX, sizeof(struct chunk));
	exchange.chunk_count = 0;
	while (end < body->size) {
		size_t rest = body->size - end;

		end += exchange.chunk_count + 1 == CHUNKS_MAX ? rest : 1 + next_random(state, (uint32_t)rest);
		exchange.chunks[exchange.chunk_count] = (struct chunk){1000 * (int64_t)(exchange.chunk_count + 1), end};
		exchange.chunk_count++;
	}
	return exchange;
}

/* There are no more events than lines. */
static bool events_are_possible(const struct record *record, const struct text *body)
{
	size_t lines = 1;

	for (size_t i = 0; i < body->size; i++)
		lines += body->data[i] == '\n';
	return record->event_count <= lines;
}

static bool is_one_json_line(const struct record *record)
{
	struct json *json = record_json(record, "cell", 0), *again;
	struct text line = {0};
	bool good;

	json_add_to(&line, json);
	again = json_parse(line.data, line.size);
	good = again != NULL && memchr(line.data, '\n', line.size) == NULL;
	json_free(again);
	json_free(json);
	text_release(&line);
	return good;
}

/* What is impossible about it; NULL: nothing. */
static const char *judge(const struct record *record, const struct exchange *exchange, const struct text *body)
{
	const char *impossible = record_judge(record, exchange);

	if (impossible != NULL)
		return impossible;
	if (!events_are_possible(record, body))
		return "more events than lines";
	return is_one_json_line(record) ? NULL : "no line of JSON";
}

static void ask_all(const struct cell *cell, const struct exchange *exchange, size_t *silent)
{
	for (int question = TARGET_READY; question <= TARGET_UNLOAD; question++) {
		struct server_facts server = {0};
		struct model_facts model = {0};
		struct text problem = {0};

		model_facts_reset(&model);
		*silent +=
		    !ollama()->answer((enum target_question)question, cell, exchange, &server, &model, &problem) &&
		    problem.size == 0;
		text_release(&problem);
		model_facts_release(&model);
		server_facts_release(&server);
	}
}

int main(void)
{
	struct cell cells[2] = {test_cell(), test_cell()};
	size_t impossible = 0, silent = 0, good = 0;
	uint32_t state = 20261121;

	cells[1].stream = CELL_OFF;
	for (int round = 0; round < ROUNDS; round++) {
		struct text body = {0};
		struct exchange exchange;
		struct record record = {0};
		const char *what;

		add_hostile(&body, &state);
		exchange = hostile(&body, &state);
		ollama()->decode(&cells[round % 2], &no_facts, &exchange, &record);
		what = judge(&record, &exchange, &body);
		good += record.outcome == OUTCOME_OK;
		if (what != NULL && impossible++ < 5)
			printf("#  round %d: %s: %.200s\n", round, what, text_string(&body));
		ask_all(&cells[0], &exchange, &silent);
		record_release(&record);
		exchange_release(&exchange);
		text_release(&body);
	}
	is_int(impossible, 0, "no reply makes an impossible record");
	is_int(silent, 0, "no refused answer without a word");
	ok(good > ROUNDS / 100, "some of them are answers");
	printf("# %zu of %d\n", good, ROUNDS);
	return tap_done();
}
