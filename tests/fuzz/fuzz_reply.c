/*
 * Replies to measured requests: of each adapter, task and kind of server, with
 * any status and end of the transfer, in chunks cut anywhere. The record is the
 * same however the bytes came, its stamps are those of the chunks that its
 * events came with, it is possible, and reads back from its line.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "fuzz.h"
#include "mutate.h"
#include "support/record_judge.h"
#include "target/identify.h"
#include "target/target.h"

/* The first byte: what is asked of whom. */
static const struct form {
	const char *adapter;
	enum cell_task task;
	bool stream;
} forms[] = {
    {"ollama", CELL_TASK_TEXT, true},        {"ollama", CELL_TASK_TEXT, false},
    {"ollama", CELL_TASK_EMBED, false},      {"openai", CELL_TASK_TEXT, true},
    {"openai", CELL_TASK_TEXT, false},       {"openai", CELL_TASK_EMBED, false},
    {"openai", CELL_TASK_TRANSCRIBE, true},  {"openai", CELL_TASK_VQA, true},
    {"whisper", CELL_TASK_TRANSCRIBE, true}, {"whisper", CELL_TASK_TRANSCRIBE, false},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

/* The third. */
static const int statuses[] = {200, 0, 404, 429, 500, 503, 302, 100, 999};
enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]), SIZE_MAX_BYTES = 1 << 14, SEED_MAX = 64, STEP_NS = 1000 };

/* The body in chunks of at most `largest` bytes, each STEP_NS after the one before. */
static void cut(struct exchange *exchange, size_t largest, uint64_t seed)
{
	size_t end = 0;

	free(exchange->chunks);
	exchange->chunks = memory_new(exchange->body_size, sizeof(*exchange->chunks));
	exchange->chunk_count = 0;
	while (end < exchange->body_size) {
		size_t size = largest == 1 ? 1 : 1 + (size_t)random_below(&seed, largest);

		end += size < exchange->body_size - end ? size : exchange->body_size - end;
		exchange->chunk_count++;
		exchange->chunks[exchange->chunk_count - 1] =
		    (struct chunk){(int64_t)exchange->chunk_count * STEP_NS, end};
	}
	exchange->done_ns = ((int64_t)exchange->body_size + 1) * STEP_NS;
}

/* The line of a record apart from when its events were. */
static char *line_without_stamps(const struct record *record)
{
	struct record copy = *record;

	copy.event_count = 0;
	copy.done_ns = TIME_UNKNOWN;
	return fuzz_line(record_json(&copy, "cell", 0));
}

static void check_same(const struct record *one, const struct record *other)
{
	char *a = line_without_stamps(one), *b = line_without_stamps(other);

	must_equal(a, b, "chunks do not change a record");
	must(one->event_count == other->event_count, "chunks do not change how many events there are");
	free(a);
	free(b);
}

/* `bytes` is of the same reply in chunks of one byte: its stamps tell where each event ended. */
static void check_stamps(const struct record *bytes, const struct record *record, const struct exchange *exchange)
{
	size_t chunk = 0;

	for (size_t i = 0; i < record->event_count; i++) {
		size_t offset = (size_t)(bytes->event_ns[i] / STEP_NS) - 1;

		while (chunk + 1 < exchange->chunk_count && exchange->chunks[chunk].end <= offset)
			chunk++;
		must(record->event_ns[i] == exchange->chunks[chunk].at_ns, "an event has the stamp of its last byte");
	}
}

static void check_line(const struct record *record)
{
	char *line = fuzz_line(record_json(record, "cell", 0)), *again;
	struct json *json = json_parse(line, strlen(line));
	struct record read;

	must(strchr(line, '\n') == NULL, "a record is one line");
	must(record_parse(json, 0, &read), "a record's line is read back");
	again = fuzz_line(record_json(&read, "cell", 0));
	must_equal(line, again, "a record's line reads back the same");
	record_release(&read);
	json_free(json);
	free(again);
	free(line);
}

static struct record decode(const struct target *target, const struct cell *cell, const struct server_facts *server,
                            const struct exchange *exchange)
{
	struct record record = {0};

	target->decode(cell, server, exchange, &record);
	record.trial = 1;
	must_equal(record_judge(&record, exchange), NULL, "a record is possible");
	return record;
}

static void try_chunks(const struct target *target, const struct cell *cell, const struct server_facts *server,
                       struct exchange *exchange, size_t seed)
{
	struct record bytes, some, whole;

	cut(exchange, 1, 0);
	bytes = decode(target, cell, server, exchange);
	cut(exchange, (size_t)1 << seed % 12, seed);
	some = decode(target, cell, server, exchange);
	check_same(&bytes, &some);
	check_stamps(&bytes, &some, exchange);
	if (exchange->chunk_count > 1) {
		exchange->chunks[0] = (struct chunk){STEP_NS, exchange->body_size};
		exchange->chunk_count = 1;
	}
	whole = decode(target, cell, server, exchange);
	check_same(&bytes, &whole);
	check_line(&some);
	record_release(&bytes);
	record_release(&some);
	record_release(&whole);
}

static size_t kind_count(void)
{
	size_t count = 0;

	while (identify_kind_name(count) != NULL)
		count++;
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size);
	const struct form *form = &forms[feed_choose(&feed, FORMS)];
	const struct server_facts server = {.kind = (char *)identify_kind_name(feed_choose(&feed, kind_count()))};
	struct exchange exchange = {.http_status = statuses[feed_choose(&feed, STATUSES)], .due_ns = 10, .sent_ns = 20};
	size_t seed;
	struct cell cell;

	exchange.transport = (enum transport)feed_choose(&feed, TRANSPORT_OTHER + 1);
	seed = feed_choose(&feed, SEED_MAX);
	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	exchange.header_ns = 300;
	exchange.stamp_lag_ns = TIME_UNKNOWN;
	exchange.body = feed.size > 0 ? memory_copy(feed.bytes, feed.size) : NULL;
	exchange.body_size = feed.size;
	cell_reset(&cell);
	cell.model = "tiny";
	cell.task = form->task;
	cell.stream = form->stream ? CELL_ON : CELL_OFF;
	try_chunks(target_find(form->adapter), &cell, &server, &exchange, seed);
	exchange_release(&exchange);
	return 0;
}

FUZZ_MUTATES_JSON
