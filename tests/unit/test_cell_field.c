#include "core/cell.h"

#include <stdlib.h>

#include "tap.h"

static const struct cell_field *knob(const char *name)
{
	const struct cell_field *field = cell_field_find(name);

	if (field == NULL)
		printf("Bail out! no knob %s\n", name);
	return field;
}

static char *value_of(const struct cell *cell, const char *name)
{
	struct text text = {0};

	cell_field_add_value(knob(name), cell, &text);
	return text_take(&text);
}

/* Every name and alias leads to its own row, so no two rows share one. */
static void test_table(void)
{
	for (size_t i = 0; i < cell_field_count; i++) {
		const struct cell_field *field = &cell_fields[i];
		bool good = cell_field_find(field->name) == field && strlen(field->help) > 20;

		for (size_t a = 0; a < CELL_FIELD_ALIASES && field->aliases[a] != NULL; a++)
			good = good && cell_field_find(field->aliases[a]) == field;
		good = good && (field->choices != NULL) == (field->type == CELL_CHOICE);
		good = good && field->minimum <= field->maximum;
		ok(good, field->name);
	}
	ok(cell_field_find("modle") == NULL, "no such knob");
	ok(knob("queue")->restarts && knob("parallelism")->restarts && knob("flash_attention")->restarts,
	   "knobs that restart a server");
	ok(!knob("num_ctx")->restarts, "context_size is sent with each request");
}

static const struct {
	const char *knob, *value;
} defaults[] = {
    {"model", ""},
    {"queue_size", ""},
    {"context_size", "2048"},
    {"parallel", "1"},
    {"requests", "16"},
    {"concurrency", ""},
    {"rate", ""},
    {"arrival", "poisson"},
    {"prompt", "Why is the blue sky blue?"},
    {"prompts", ""},
    {"trials", "1"},
    {"until", ""},
    {"max_trials", ""},
    {"slo", ""},
    {"output_tokens", "256"},
    {"warmup", "1"},
    {"temperature", "0"},
    {"seed", "1"},
    {"think", "off"},
    {"api", "generate"},
    {"raw", "false"},
    {"stream", "true"},
    {"num_gpu", ""},
    {"num_batch", ""},
    {"num_thread", ""},
    {"keep_alive", "30m"},
    {"flash_attention", ""},
    {"kv_cache_type", ""},
    {"timeout", "2h"},
    {"idle_timeout", "10m"},
    {"cell_timeout", "12h"},
    {"load_timeout", "30m"},
    {"ready_timeout", "2m"},
    {"sample_interval", "1s"},
};

static void test_defaults(void)
{
	struct cell cell;

	cell_reset(&cell);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		char *value = value_of(&cell, defaults[i].knob);

		is_text(value, defaults[i].value, defaults[i].knob);
		ok(cell_field_is_set(knob(defaults[i].knob), &cell) == (*value != '\0'), "is set or not");
		free(value);
	}
	is_int(cell.timeout_ns, INT64_C(7200000000000), "durations are nanoseconds");
	is_int(cell.queue_size, CELL_UNSET, "an unset integer");
	ok(cell.rate_rps == CELL_UNSET_REAL, "an unset rate");
	ok(cell.model == NULL && cell.server == NULL && cell.profile == NULL, "nothing is borrowed");
	is_int(cell.think, CELL_THINK_OFF, "a choice is its index");
}

#define limits                                                                                               \
	"a map of limits such as {ttft_ms: 500, tpot_ms: 50}, of ttft_ms, itl_ms, tpot_ms and e2e_ms, each " \
	"above 0"

#define lengths                                                                                             \
	"an integer from 1 to 1000000, or a map such as {mean: 512, spread: 128}, {min: 100, max: 900} or " \
	"{median: 512, sigma: 0.6}"

/* printed NULL: refused, and `allowed` is what the message says. */
static const struct {
	const char *knob, *value, *printed, *allowed;
} readings[] = {
    {"parallel", "128", "128", NULL},
    {"parallel", " 1_024 ", "1024", NULL},
    {"parallel", "0", NULL, "an integer from 1 to 4096"},
    {"parallel", "4097", NULL, "an integer from 1 to 4096"},
    {"parallel", "x", NULL, "an integer from 1 to 4096"},
    {"parallel", "1.5", NULL, "an integer from 1 to 4096"},
    {"parallel", "", NULL, "an integer from 1 to 4096"},
    {"parallel", "99999999999999999999", NULL, "an integer from 1 to 4096"},
    {"input_tokens", "512", "512", NULL},
    {"input_tokens", "{ spread: 1e2,mean: 512 }", "{mean: 512, spread: 100}", NULL},
    {"input_tokens", "0", NULL, lengths},
    {"output_tokens", "{min: 3, max: 3}", "{min: 3, max: 3}", NULL},
    {"output_tokens", "{median: 90, sigma: 0.5, min: 4}", "{median: 90, sigma: 0.5, min: 4}", NULL},
    {"output_tokens", "{min: 3}", NULL, lengths},
    {"queue_size", "0", "0", NULL},
    {"queue_size", "1000001", NULL, "an integer from 0 to 1000000"},
    {"num_gpu", "-1", "-1", NULL},
    {"num_gpu", "-2", NULL, "an integer from -1 to 10000"},
    {"context_size", "16777216", "16777216", NULL},
    {"context_size", "3", NULL, "an integer from 4 to 16777216"},
    {"temperature", "0.1", "0.1", NULL},
    {"temperature", "10", "10", NULL},
    {"temperature", "10.001", NULL, "a number from 0 to 10"},
    {"temperature", "-0.1", NULL, "a number from 0 to 10"},
    {"temperature", "nan", NULL, "a number from 0 to 10"},
    {"rate", "4/s", "4/s", NULL},
    {"rate", "90/min", "1.5/s", NULL},
    {"rate", "1e6", "1000000/s", NULL},
    {"rate", "0", NULL, "a rate such as 4/s or 90/min, above 0/s and at most 1000000/s"},
    {"rate", "-1/s", NULL, "a rate such as 4/s or 90/min, above 0/s and at most 1000000/s"},
    {"rate", "1000001/s", NULL, "a rate such as 4/s or 90/min, above 0/s and at most 1000000/s"},
    {"timeout", "0", "0s", NULL},
    {"timeout", "1h30m", "1h30m", NULL},
    {"timeout", "90", "90s", NULL},
    {"timeout", "-1s", NULL, "a duration such as 90s or 10m, from 0s to 30d"},
    {"timeout", "31d", NULL, "a duration such as 90s or 10m, from 0s to 30d"},
    {"sample_interval", "100ms", "100ms", NULL},
    {"sample_interval", "99ms", NULL, "a duration such as 90s or 10m, from 100ms to 1h"},
    {"sample_interval", "fast", NULL, "a duration such as 90s or 10m, from 100ms to 1h"},
    {"arrival", "constant", "constant", NULL},
    {"arrival", "uniform", NULL, "one of poisson, constant"},
    {"think", "max", "max", NULL},
    {"think", "false", "off", NULL},
    {"think", "true", "on", NULL},
    {"arrival", "true", NULL, "one of poisson, constant"},
    {"think", "", NULL, "one of off, on, low, medium, high, max"},
    {"kv_cache_type", "q8_0", "q8_0", NULL},
    {"kv_cache_type", "q8", NULL, "one of f16, q8_0, q4_0"},
    {"raw", "yes", "true", NULL},
    {"flash_attention", "off", "false", NULL},
    {"flash_attention", "maybe", NULL, "true or false"},
    {"model", "llama3.2:1b", "llama3.2:1b", NULL},
    {"model", "", NULL, "text that is not empty"},
    {"until", "5%", "5%", NULL},
    {"until", " 0.5 % ", "0.5%", NULL},
    {"until", "5", NULL, "a share such as 5%, from 0.1% to 100%"},
    {"until", "0%", NULL, "a share such as 5%, from 0.1% to 100%"},
    {"until", "101%", NULL, "a share such as 5%, from 0.1% to 100%"},
    {"until", "5%%", NULL, "a share such as 5%, from 0.1% to 100%"},
    {"slo", "{ttft_ms: 500}", "{ttft_ms: 500}", NULL},
    {"slo", " {tpot_ms :50.5,ttft_ms: 1e3 } ", "{ttft_ms: 1000, tpot_ms: 50.5}", NULL},
    {"slo", "500", NULL, limits},
};

static void test_readings(void)
{
	for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		const struct cell_field *field = knob(readings[i].knob);
		struct text problem = {0};
		struct cell cell, before;
		char *what = text_format("%s: \"%s\"", readings[i].knob, readings[i].value);
		bool good;

		cell_reset(&cell);
		before = cell;
		good = cell_field_read(field, &cell, readings[i].value, &problem);
		if (readings[i].printed != NULL) {
			char *value = value_of(&cell, readings[i].knob);

			ok(good && problem.size == 0, what);
			is_text(value, readings[i].printed, "is printed as");
			free(value);
		} else {
			ok(!good && memcmp(&cell, &before, sizeof(cell)) == 0, what);
			is_text(text_string(&problem), readings[i].allowed, "is refused");
		}
		text_release(&problem);
		free(what);
	}
}

static const char *nearest(const char *word)
{
	struct text_guess guess = {.word = word};

	cell_field_guess(&guess);
	return guess.nearest;
}

static void test_nearest(void)
{
	is_text(nearest("modle"), "model", "two letters swapped");
	is_text(nearest("Model"), "model", "case");
	is_text(nearest("paralel"), "parallel", "a letter lost");
	is_text(nearest("output_token"), "output_tokens", "an s lost");
	is_text(nearest("num-ctx"), "context_size", "near an alias, told by its name");
	is_text(nearest("zzz"), NULL, "nothing near");
	is_text(nearest(""), NULL, "nothing near nothing");
}

int main(void)
{
	test_table();
	test_defaults();
	test_readings();
	test_nearest();
	return tap_done();
}
