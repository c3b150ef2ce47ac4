#include "core/cell.h"

#include <stdlib.h>

#include "core/exchange.h"
#include "core/facts.h"
#include "tap.h"

static const struct cell_field *knob(const char *name)
{
	const struct cell_field *field = cell_field_find(name);

	if (field == NULL)
		printf("Bail out! no knob %s\n", name);
	return field;
}

static bool set(struct cell *cell, const char *name, const char *value)
{
	struct text problem = {0};
	bool good = cell_field_read(knob(name), cell, value, &problem);

	text_release(&problem);
	return good;
}

static char *value_of(const struct cell *cell, const char *name)
{
	struct text text = {0};

	cell_field_add_value(knob(name), cell, &text);
	return text_take(&text);
}

static char *id_of(const struct cell *cell)
{
	struct text text = {0};

	cell_add_id(cell, &text);
	return text_take(&text);
}

static void test_settings(void)
{
	struct server_settings server = {.name = "ollama"};
	struct text text = {0};
	struct cell cell;
	struct json *settings;

	cell_reset(&cell);
	cell.server = &server;
	ok(set(&cell, "model", "llama3.2") && set(&cell, "rate", "90/min") && set(&cell, "sample_interval", "250ms") &&
	       set(&cell, "flash_attention", "on"),
	   "some knobs are set");
	settings = cell_settings(&cell);
	json_add_to(&text, settings);
	is_text(text_string(&text),
	        "{\"server\":\"ollama\",\"profile\":null,\"model\":\"llama3.2\",\"queue_size\":null,"
	        "\"context_size\":2048,\"parallel\":1,\"requests\":16,\"concurrency\":null,\"rate\":1.5,"
	        "\"arrival\":\"poisson\",\"prompt\":\"Why is the blue sky blue?\",\"prompts\":null,"
	        "\"prompt_field\":null,\"unique_prompts\":null,\"input_tokens\":null,\"shared_prefix_tokens\":null,"
	        "\"turns\":null,\"think_time_s\":null,\"trace\":null,\"trace_speed\":null,"
	        "\"output_tokens\":256,\"trials\":1,\"until_pct\":null,\"max_trials\":null,\"warmup\":1,\"slo\":null,"
	        "\"temperature\":0,\"seed\":1,\"think\":\"off\","
	        "\"api\":\"generate\",\"raw\":false,\"stream\":true,\"num_gpu\":null,\"num_batch\":null,"
	        "\"num_thread\":null,\"flash_attention\":true,\"kv_cache_type\":null,\"keep_alive\":\"30m\","
	        "\"timeout_s\":7200,\"idle_timeout_s\":600,\"cell_timeout_s\":43200,\"load_timeout_s\":1800,"
	        "\"ready_timeout_s\":120,\"sample_interval_s\":0.25,\"metrics_interval_s\":null,\"calibrate\":null,"
	        "\"task\":null,\"image\":null,"
	        "\"audio\":null,\"ignore_eos\":null,\"cooldown_s\":null}",
	        "settings are all knobs in the table's order");
	json_free(settings);
	text_release(&text);
}

/* Some value that the knob takes and does not have; NULL: none of these. */
static const char *other_value(const struct cell_field *field, const struct cell *cell)
{
	static const char *const tries[] = {"7",    "0.5", "true", "false", "chat",        "constant",
	                                    "q4_0", "low", "7/s",  "7%",    "{itl_ms: 7}", "text"};
	char *now = value_of(cell, field->name);
	const char *other = NULL;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]) && other == NULL; i++) {
		struct cell changed = *cell;

		if (set(&changed, field->name, tries[i]) && !text_equal(tries[i], now))
			other = tries[i];
	}
	free(now);
	return other;
}

static void test_id(void)
{
	struct server_settings server = {.name = "a"}, other_server = {.name = "b"};
	struct cell cell, same;
	char *id, *other;

	cell_reset(&cell);
	cell_reset(&same);
	cell.server = same.server = &server;
	cell.model = "llama3.2";
	same.model = (char[]){"llama3.2"};
	same.index = 7;
	id = id_of(&cell);
	ok(strlen(id) == 12 && strspn(id, "0123456789abcdef") == 12, "an id is 12 hex digits");
	other = id_of(&same);
	is_text(other, id, "equal settings have the same id, wherever they stand");
	free(other);
	for (size_t i = 0; i < cell_field_count; i++) {
		struct cell changed = cell;
		const char *value = other_value(&cell_fields[i], &cell);

		ok(value != NULL && set(&changed, cell_fields[i].name, value), cell_fields[i].name);
		other = id_of(&changed);
		ok(!text_equal(other, id), "another value, another id");
		free(other);
	}
	same.server = &other_server;
	other = id_of(&same);
	ok(!text_equal(other, id), "another server, another id");
	free(other);
	same.server = &server;
	same.profile_name = "quiet";
	other = id_of(&same);
	ok(!text_equal(other, id), "another profile, another id");
	free(other);
	free(id);
}

/*
 * An id outlives versions: runs are resumed and compared by it. Worked out
 * apart from this program; a changed default, or a new knob that has one,
 * changes it and so parts old runs from new ones.
 */
static void test_id_is_stable(void)
{
	struct server_settings server = {.name = "ollama"};
	struct cell cell;
	char *id;

	cell_reset(&cell);
	cell.server = &server;
	ok(set(&cell, "model", "llama3.2") && set(&cell, "queue_size", "512"), "a cell of seed 000");
	id = id_of(&cell);
	is_text(id, "5726ed86eb8f", "has the id of all versions so far");
	free(id);
}

static void test_same_start(void)
{
	struct server_settings plain = {.start = "ollama serve"};
	struct server_settings template = {.start = "server -m {model} -c {context_total}"};
	struct environment profile = {0};
	struct cell a, b;

	cell_reset(&a);
	a.server = &plain;
	b = a;
	b.model = "mistral";
	b.context_size = 4096;
	ok(cell_same_start(&a, &b), "model and context are asked of a running server");
	b.parallel = 2;
	ok(!cell_same_start(&a, &b), "parallel needs another start");
	b = a;
	b.flash_attention = CELL_OFF;
	ok(!cell_same_start(&a, &b), "so does a knob that was unset");
	b = a;
	b.profile = &profile;
	ok(!cell_same_start(&a, &b), "so does a profile");
	b = a;
	b.server = &template;
	ok(!cell_same_start(&a, &b), "so does another server");
	a.server = &template;
	ok(cell_same_start(&a, &b), "nothing of a command line differs");
	b.model = "mistral";
	ok(!cell_same_start(&a, &b), "{model} of a command line does");
	b = a;
	b.context_size = 4096;
	ok(!cell_same_start(&a, &b), "{context_total} of a command line does");
	environment_set(&profile, "THREADS", "{num_thread}");
	a.profile = b.profile = &profile;
	b = a;
	b.num_thread = 2;
	ok(!cell_same_start(&a, &b), "{num_thread} of a profile does");
	environment_release(&profile);
}

static void test_in_flight(void)
{
	struct cell cell;

	cell_reset(&cell);
	ok(!cell_is_open_loop(&cell), "without a rate it is a closed loop");
	is_int(cell_in_flight(&cell), 16, "which is a burst of all requests");
	cell.concurrency = 4;
	is_int(cell_in_flight(&cell), 4, "or so many at once");
	cell.rate_rps = 4;
	ok(cell_is_open_loop(&cell), "with a rate it is an open loop");
	is_int(cell_in_flight(&cell), 4, "with a limit");
	cell.concurrency = CELL_UNSET;
	is_int(cell_in_flight(&cell), 0, "or without");
}

static void test_environment(void)
{
	struct environment environment = {0};

	is_text(environment_get(&environment, "A"), NULL, "an empty environment");
	environment_set(&environment, "A", "1");
	environment_set(&environment, "B", "2");
	environment_set(&environment, "A", environment_get(&environment, "B"));
	is_int(environment.count, 2, "a variable is replaced");
	is_text(environment_get(&environment, "A"), "2", "by its new value");
	environment_release(&environment);
	environment_release(&environment);
	is_int(environment.count, 0, "and released, twice");
}

static void test_release(void)
{
	struct server_settings settings = {0};
	struct request request = {0};
	struct exchange exchange = {0};
	struct server_facts server = {0};
	struct model_facts model;

	model_facts_reset(&model);
	is_int(model.size_bytes, JSON_UNKNOWN, "facts are unknown at first");
	server_settings_release(&settings);
	request_release(&request);
	exchange_release(&exchange);
	server_facts_release(&server);
	model_facts_release(&model);
	is_int(model.context_length, JSON_UNKNOWN, "and when released");
}

int main(void)
{
	test_settings();
	test_id();
	test_id_is_stable();
	test_same_start();
	test_in_flight();
	test_environment();
	test_release();
	return tap_done();
}
