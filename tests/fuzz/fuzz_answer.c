/*
 * Answers to questions: what a server says of itself, its models, its load and
 * its metrics, and which server it is. A refused answer has a word about why;
 * what is told is possible, safe to show, and reads back from JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "mutate.h"
#include "target/identify.h"
#include "target/prometheus.h"
#include "target/target.h"

/* The fourth byte. */
static const int statuses[] = {200, 0, 404, 503, 500, 302};
enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]), SIZE_MAX_BYTES = 1 << 16, PLACES = 64 };

static bool is_known_or_not_negative(int64_t value)
{
	return value >= 0 || value == JSON_UNKNOWN;
}

static void check_model(const struct model_facts *model)
{
	char *line = fuzz_line(model_facts_json(model)), *again;
	struct json *json = json_parse(line, strlen(line));
	struct model_facts read = model_facts_parse(json);

	must(fuzz_is_shown_safely(model->full_name, false), "a model's name is safe to show");
	must(fuzz_is_shown_safely(model->digest, false), "a digest is safe to show");
	must(fuzz_is_shown_safely(model->quantization, false), "a quantization is safe to show");
	must(fuzz_is_shown_safely(model->architecture, false), "an architecture is safe to show");
	must(fuzz_is_shown_safely(model->block, true), "a model's block is safe to show");
	must(is_known_or_not_negative(model->size_bytes), "a size is not negative");
	must(is_known_or_not_negative(model->context_length), "a context is not negative");
	must(is_known_or_not_negative(model->parameters), "parameters are not negative");
	must(is_known_or_not_negative(model->layers), "layers are not negative");
	must(is_known_or_not_negative(model->loaded_bytes), "a loaded model's size is not negative");
	must(is_known_or_not_negative(model->loaded_context_size), "a loaded context is not negative");
	again = fuzz_line(model_facts_json(&read));
	must_equal(line, again, "facts of a model read back the same");
	model_facts_release(&read);
	json_free(json);
	free(again);
	free(line);
}

static void check_server(const struct server_facts *server)
{
	char *line = fuzz_line(server_facts_json(server)), *again;
	struct json *json = json_parse(line, strlen(line));
	struct server_facts read = server_facts_parse(json);

	must(fuzz_is_shown_safely(server->version, false), "a version is safe to show");
	must(fuzz_is_shown_safely(server->simulated, false), "a simulated device is safe to show");
	again = fuzz_line(server_facts_json(&read));
	must_equal(line, again, "facts of a server read back the same");
	server_facts_release(&read);
	json_free(json);
	free(again);
	free(line);
}

static void try_questions(const struct target *target, const struct cell *cell, const char *kind,
                          const struct exchange *exchange)
{
	for (int question = TARGET_READY; question <= TARGET_UNLOAD; question++) {
		struct server_facts server = {.kind = memory_string(kind)};
		struct model_facts model = {0};
		struct text problem = {0};

		model_facts_reset(&model);
		model.name = memory_string(cell->model);
		must(target->answer((enum target_question)question, cell, exchange, &server, &model, &problem) ||
		         problem.size > 0,
		     "an answer is refused with a word");
		must(fuzz_is_shown_safely(text_string(&problem), false), "why it is refused is safe to show");
		check_model(&model);
		check_server(&server);
		text_release(&problem);
		model_facts_release(&model);
		server_facts_release(&server);
	}
}

static void visit_model(void *context, const struct model_facts *model)
{
	(void)context;
	must(model->full_name != NULL, "a model of a list has a name");
	check_model(model);
}

static void try_metrics(const struct target *target, const struct endpoint *endpoint, const struct feed *feed)
{
	struct prometheus text = {feed->bytes, feed->bytes + feed->size};
	struct prometheus_sample sample;
	struct server_metrics told;

	while (prometheus_next(&text, &sample)) {
		struct text value = {0};

		must(sample.name >= feed->bytes && sample.name + sample.name_size <= text.at && sample.name_size > 0,
		     "a sample's name is within its line");
		prometheus_label(&sample, "model_name", &value);
		text_release(&value);
	}
	must(text.at == text.end, "metrics are read to their end");
	if (target->read_metrics == NULL)
		return;
	target->read_metrics(endpoint, feed->bytes, feed->size, &told);
	must(!(told.waiting < 0) && !(told.running < 0), "no fewer than none wait or run");
	must(!(told.kv_used_share < 0), "a share is not negative");
}

static void try_all(const struct target *target, const struct cell *cell, const char *kind,
                    const struct exchange *exchange, const struct feed *feed)
{
	const struct server_facts facts = {.kind = (char *)kind};
	const struct endpoint endpoint = {.base_url = "http://127.0.0.1:1", .facts = &facts};
	struct identity identity;

	try_questions(target, cell, kind, exchange);
	target->list(exchange, visit_model, NULL);
	if (target->read_tokens != NULL)
		must(is_known_or_not_negative(target->read_tokens(exchange)), "a count of tokens is not negative");
	try_metrics(target, &endpoint, feed);
	for (size_t step = 0; identify_path(step) != NULL; step++)
		if (identify_answer(step, exchange, &identity))
			must(identity.target != NULL, "a server that is recognized has an adapter");
}

/* Its header ends with an empty line, when there is one: the mark of feed_part(). */
static struct exchange exchange_of(struct feed *feed, int status)
{
	struct feed whole = *feed, head = feed_part(feed, "");
	struct exchange exchange = {.http_status = status, .transport = TRANSPORT_COMPLETE, .done_ns = 1};

	if (head.size == whole.size || head.size < 4 || memcmp(head.bytes, "HTTP", 4) != 0)
		*feed = whole;
	else
		exchange.head = feed_string(&head);
	exchange.body = feed->size > 0 ? memory_copy(feed->bytes, feed->size) : NULL;
	exchange.body_size = feed->size;
	return exchange;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum cell_task tasks[] = {CELL_TASK_TEXT, CELL_TASK_EMBED, CELL_TASK_TRANSCRIBE};
	struct feed feed = feed_of(bytes, size);
	const struct target *target = targets[feed_choose(&feed, 3)];
	const char *kind = identify_kind_name(feed_choose(&feed, PLACES));
	enum cell_task task = tasks[feed_choose(&feed, 3)];
	int status = statuses[feed_choose(&feed, STATUSES)];
	struct exchange exchange;
	struct cell cell;

	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	exchange = exchange_of(&feed, status);
	cell_reset(&cell);
	cell.model = "llama3.2";
	cell.task = task;
	try_all(target, &cell, kind, &exchange, &feed);
	exchange_release(&exchange);
	return 0;
}

FUZZ_MUTATES_JSON
