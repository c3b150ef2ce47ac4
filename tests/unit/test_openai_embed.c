/*
 * What replies of /v1/embeddings mean.
 */
#include "test_openai.h"

#define UNKNOWN JSON_UNKNOWN

static const struct {
	int status;
	const char *body;
	enum outcome outcome;
	int64_t dimensions, prompt_tokens;
	const char *error;
} vectors[] = {
    {200, "{\"data\":[{\"embedding\":[0.1,0.2,-3e-2],\"index\":0}],\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}",
     OUTCOME_OK, 3, 5, NULL},
    {200, "{\"data\":[{\"embedding\":\"AACAPwAAAEAAAEBA\"}],\"usage\":{\"prompt_tokens\":0}}", OUTCOME_OK, 3, UNKNOWN,
     NULL},
    {200, "{\"data\":[{\"embedding\":\"AACAPw==\"}]}", OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, "{\"data\":[{\"embedding\":[]}]}", OUTCOME_MALFORMED, UNKNOWN, UNKNOWN, "{\"data\":[{\"embedding\":[]}]}"},
    {200, "{\"data\":[]}", OUTCOME_MALFORMED, UNKNOWN, UNKNOWN, "{\"data\":[]}"},
    {200, "{\"error\":\"no\"}", OUTCOME_ERROR_LINE, UNKNOWN, UNKNOWN, "no"},
    {501,
     "{\"error\":{\"code\":501,\"message\":\"This server does not support "
     "embeddings.\",\"type\":\"not_supported_error\"}}",
     OUTCOME_HTTP_5XX, UNKNOWN, UNKNOWN, "This server does not support embeddings."},
};

static void is_vector(const struct exchange *exchange, enum outcome outcome, int64_t dimensions, int64_t tokens,
                      const char *error)
{
	struct cell cell = test_cell();
	struct record record;

	cell.task = CELL_TASK_EMBED;
	record = decoded(&cell, "llama-server", exchange);
	is_text(outcome_name(record.outcome), outcome_name(outcome), "an embedding");
	is_int(record.dimensions, dimensions, "  dimensions");
	is_int(record.prompt_tokens, tokens, "  prompt tokens");
	is_int(record.event_count, 0, "  no text");
	is_text(record.error, error, "  error");
	record_release(&record);
}

static void test_vectors(void)
{
	char *body = recorded("llama-server-embedding.json");
	struct exchange exchange = reply(200, body);

	is_vector(&exchange, OUTCOME_OK, 16, 5, NULL);
	exchange_release(&exchange);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		exchange = reply(vectors[i].status, vectors[i].body);
		is_vector(&exchange, vectors[i].outcome, vectors[i].dimensions, vectors[i].prompt_tokens,
		          vectors[i].error);
		exchange_release(&exchange);
	}
	exchange = reply_of(200, body, strlen(body) / 2);
	exchange.transport = TRANSPORT_PARTIAL;
	is_vector(&exchange, OUTCOME_TRANSFER, UNKNOWN, UNKNOWN, "the connection broke in the middle of the answer");
	exchange_release(&exchange);
	free(body);
}

int main(void)
{
	test_vectors();
	return tap_done();
}
