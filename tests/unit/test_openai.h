/*
 * Exchanges and replies for the tests of the OpenAI adapter.
 */
#ifndef TEST_OPENAI_H
#define TEST_OPENAI_H

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "tap.h"
#include "target/target.h"

static const struct target *openai(void)
{
	return target_find("openai");
}

__attribute__((unused)) static struct cell test_cell(void)
{
	struct cell cell = {0};

	cell_reset(&cell);
	cell.model = "tiny";
	return cell;
}

/* A complete reply that arrived as one chunk at 1000 ns, its header at 300. */
static struct exchange reply_of(int status, const char *bytes, size_t size)
{
	struct exchange exchange = {
	    .transport = TRANSPORT_COMPLETE,
	    .http_status = status,
	    .due_ns = 10,
	    .sent_ns = 20,
	    .header_ns = 300,
	    .done_ns = 5000,
	    .body = size > 0 ? memory_copy(bytes, size) : NULL,
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

/* Facts of a server of that kind; borrows the name. */
__attribute__((unused)) static struct server_facts facts_of(const char *kind)
{
	return (struct server_facts){.kind = (char *)kind};
}

__attribute__((unused)) static struct record decoded(const struct cell *cell, const char *kind,
                                                     const struct exchange *exchange)
{
	const struct server_facts facts = facts_of(kind);
	struct record record = {0};

	openai()->decode(cell, &facts, exchange, &record);
	return record;
}

/* A file of tests/data/openai; the caller frees it. Tests run in the top folder. */
__attribute__((unused)) static char *recorded(const char *name)
{
	char *path = text_format("tests/data/openai/%s", name);
	struct failure failure = {0};
	struct text text = {0};

	if (!file_read(path, 1 << 20, &text, &failure))
		printf("# %s\n", failure.message);
	failure_release(&failure);
	free(path);
	return text_take(&text);
}

#endif
