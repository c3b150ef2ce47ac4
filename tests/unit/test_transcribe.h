/*
 * Cells that transcribe, and replies to them.
 */
#ifndef TEST_TRANSCRIBE_H
#define TEST_TRANSCRIBE_H

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"
#include "target/target.h"

__attribute__((unused)) static struct cell test_cell(void)
{
	struct cell cell = {0};

	cell_reset(&cell);
	cell.model = "base.en";
	cell.task = CELL_TASK_TRANSCRIBE;
	cell.prompt = NULL;
	return cell;
}

/* In chunks of `step` bytes, a millisecond each from 1000 ms on. */
__attribute__((unused)) static struct exchange reply_in(size_t step, int status, enum transport transport,
                                                        const char *body)
{
	size_t size = strlen(body), count = 0;
	struct exchange exchange = {
	    .transport = transport,
	    .http_status = status,
	    .due_ns = 10,
	    .sent_ns = 20,
	    .header_ns = TIME_UNKNOWN,
	    .body = memory_copy(body, size),
	    .body_size = size,
	    .chunks = memory_new(size / step + 1, sizeof(struct chunk)),
	};

	for (size_t end = step; count * step < size; end += step, count++)
		exchange.chunks[count] = (struct chunk){(int64_t)(1000 + count) * NS_PER_MS, end < size ? end : size};
	exchange.chunk_count = count;
	exchange.done_ns = 9999 * NS_PER_MS;
	return exchange;
}

#endif
