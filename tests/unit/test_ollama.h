/*
 * Exchanges and recorded replies for the tests of the Ollama adapter.
 */
#ifndef TEST_OLLAMA_H
#define TEST_OLLAMA_H

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "tap.h"
#include "target/target.h"

static const struct target *ollama(void)
{
	return target_find("ollama");
}

__attribute__((unused)) static struct cell test_cell(void)
{
	struct cell cell = {0};

	cell_reset(&cell);
	cell.model = "tiny";
	return cell;
}

static const struct server_facts no_facts;

__attribute__((unused)) static struct request encoded(const struct cell *cell, const char *base_url, const char *prompt)
{
	const struct input input = {.prompt = prompt, .output_tokens = cell->output_tokens};
	struct request request = {0};

	ollama()->encode(cell, &(struct endpoint){base_url, &no_facts}, &input, &request);
	return request;
}

__attribute__((unused)) static struct request question_of(enum target_question question, const struct cell *cell)
{
	struct request request = {0};

	ok(ollama()->ask(question, cell, &(struct endpoint){"http://x", &no_facts}, &request), "it can be asked");
	return request;
}

/* A complete reply that arrived as one chunk at 1000 ns. */
static struct exchange reply_of(int status, const char *bytes, size_t size)
{
	struct exchange exchange = {
	    .transport = TRANSPORT_COMPLETE,
	    .http_status = status,
	    .due_ns = 10,
	    .sent_ns = 20,
	    .header_ns = TIME_UNKNOWN,
	    .done_ns = 5000,
	    .body = memory_copy(bytes, size),
	    .body_size = size,
	    .chunks = memory_new(1, sizeof(struct chunk)),
	    .chunk_count = size > 0,
	};

	exchange.chunks[0] = (struct chunk){1000, size};
	return exchange;
}

__attribute__((unused)) static struct exchange reply(int status, const char *body)
{
	return reply_of(status, body, strlen(body));
}

/* A file of tests/data/ollama; the caller frees it. Tests run in the top folder. */
__attribute__((unused)) static char *recorded(const char *name)
{
	char *path = text_format("tests/data/ollama/%s", name);
	struct failure failure = {0};
	struct text text = {0};

	if (!file_read(path, 1 << 20, &text, &failure))
		printf("# %s\n", failure.message);
	failure_release(&failure);
	free(path);
	return text_take(&text);
}

#endif
