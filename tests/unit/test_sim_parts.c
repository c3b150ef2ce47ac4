/*
 * The simulator's small parts: durations as Go has them, versions, names of
 * models, answers, and the order of seed 000's durations.
 */
#include "sim/answer.h"
#include "sim/ask.h"
#include "sim/device.h"
#include "sim/gotext.h"
#include "sim/memory.h"
#include "sim/version.h"

#include "tap.h"

static void test_durations(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = {
	    {"0s", 0},
	    {"15ns", 15},
	    {"143.594µs", 143594},
	    {"34.166608ms", 34166608},
	    {"1.5s", 1500000000},
	    {"1m30s", INT64_C(90000000000)},
	    {"5m0s", INT64_C(300000000000)},
	    {"1h0m0.25s", INT64_C(3600250000000)},
	    {"-2s", -2000000000},
	};
	static const char *const wrong[] = {"", "5", "abc", "1x", "-", "s", "1m3"};
	int64_t ns;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text text = {0};

		go_add_duration(&text, rows[i].ns);
		is_text(text_string(&text), rows[i].text, "printed as Go does");
		ok(go_read_duration(rows[i].text, &ns) && ns == rows[i].ns, "… and read");
		text_release(&text);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!go_read_duration(wrong[i], &ns), "no duration");
}

static void test_text(void)
{
	struct text text = {0};

	go_add_json_string(&text, "<a>&\"\\\n\x01é");
	is_text(text_string(&text), "\"\\u003ca\\u003e\\u0026\\\"\\\\\\n\\u0001é\"", "JSON as Go escapes it");
	text_clear(&text);
	go_add_time(&text, INT64_C(1795243873248700000));
	is_text(text_string(&text), "2026-11-21T06:51:13.2487Z", "a time without zeros at its end");
	text_clear(&text);
	go_add_time(&text, INT64_C(1795243865000000000));
	is_text(text_string(&text), "2026-11-21T06:51:05Z", "a whole second");
	text_release(&text);
}

static void test_versions(void)
{
	struct version_rules rules;

	ok(version_rules_of("0.6.3", &rules) && rules.auto_parallel == 4 && rules.default_context_size == 2048 &&
	       !rules.shows_capabilities && !rules.status_before_stream,
	   "0.6.3");
	ok(version_rules_of("v0.6.7", &rules) && rules.auto_parallel == 2 && rules.default_context_size == 4096,
	   "0.6.7");
	ok(version_rules_of("0.12.6-rc1", &rules) && rules.auto_parallel == 1 && rules.status_before_stream &&
	       rules.warm_skips_queue && rules.thinks_by_default,
	   "0.12.6");
	ok(version_rules_of("0.30.1", &rules) && rules.is_llama_server && rules.counts_whole_prompt, "0.30.1");
	ok(!version_rules_of("newest", &rules) && !version_rules_of("1.2", &rules), "no versions");
}

static void test_models(void)
{
	ok(model_find("llama3.2") != NULL && model_find("llama3.2") == model_find("LLAMA3.2:latest") &&
	       model_find("llama3.2") == model_find("registry.ollama.ai/library/llama3.2"),
	   "names of one model");
	ok(model_find("GandalfBaum/llama3.1-claude3.7") != NULL, "a name with a user");
	ok(model_find("llama3.2:70b") == NULL && model_find("") == NULL && model_find("deepseek-r1") == NULL,
	   "no models");
	for (size_t i = 0; i < model_count; i++) {
		double file = (double)models[i].size_bytes;

		ok(strlen(models[i].digest) == 64 && strspn(models[i].digest, "0123456789abcdef") == 64,
		   models[i].name);
		/* The embedding is not read in a step, so it is less than the file; metadata and rounding are small. */
		ok((double)model_read_bytes(&models[i]) > 0.8 * file &&
		       (double)model_read_bytes(&models[i]) < 1.02 * file,
		   "… its weights fill its file");
	}
}

static void test_answers(void)
{
	struct answer one = answer_of("m", "prompt", 1), same = answer_of("m", "prompt", 1);
	struct answer other = answer_of("m", "prompt", 2);
	int equal = 0;

	for (int i = 0; i < 100; i++)
		equal += answer_token(&one, i) == answer_token(&other, i);
	ok(one.key == same.key && answer_token(&one, 5) == answer_token(&same, 5), "the same for the same seed");
	ok(equal < 20, "another for another seed");
	ok(answer_token(&one, 0)[0] != ' ' && answer_token(&one, 1)[0] == ' ', "words with blanks between");
	is_int(ask_count_tokens("Why is the blue sky blue?"), 8, "6 words · 1.3");
	is_int(ask_count_tokens(" \n"), 1, "at least one token");
}

/* 128 requests with 256 tokens each, `parallel` at a time, all in step. */
static double duration_s(const struct device *device, const struct model *model, int parallel)
{
	struct memory_request request = {.context_size = 2048, .parallel = parallel, .batch = 512, .gpu_layers = -1};
	struct memory_plan plan = memory_plan_of(device, model, &request);
	struct placement placement = {
	    .gpu_share = plan.whole_on_gpu ? 1 : (double)plan.layers_on_gpu / model->layers,
	    .memory_need = (double)plan.total_bytes / (double)device->ram_bytes,
	};
	struct batch prefill = {.tokens = 8 * parallel};
	double sum = device_step_s(device, model, &placement, &prefill);

	for (int token = 1; token < 256; token++) {
		struct batch step = {.tokens = parallel};
		struct memory_request cells = {.context_size = 8 + token, .parallel = parallel, .batch = 512};

		step.kv_bytes = memory_kv_bytes(model, &cells);
		sum += device_step_s(device, model, &placement, &step);
	}
	return sum * 128 / parallel;
}

static void test_order_of_durations(void)
{
	static const char *const names[] = {"llama3.2", "mistral"};
	const struct device *m4 = device_find("m4-16g");
	double s16 = duration_s(m4, model_find("llama3.2"), 16);

	for (size_t i = 0; i < 2; i++) {
		const struct model *model = model_find(names[i]);
		double s[6];

		for (int power = 0; power < 6; power++)
			s[power] = duration_s(m4, model, 1 << power);
		ok(s[0] > s[1] && s[1] > s[2] && s[2] > s[3], "1 > 2 > 4 > 8 slots");
		ok(s[0] < 1.4 * s[3], "… but not by much");
		ok(s[4] < 0.6 * s[3] && s[4] < 0.6 * s[5], "16 is the fastest");
	}
	ok(duration_s(m4, model_find("llama3.2"), 64) > 2 * duration_s(m4, model_find("llama3.2"), 32),
	   "64 is the slowest");
	is_real(s16, 413, 60, "llama3.2 with 16 slots: about seed 000's 413 s");
	ok(duration_s(m4, model_find("deepseek-r1:1.5b"), 32) < 0.4 * duration_s(m4, model_find("deepseek-r1:1.5b"), 1),
	   "what fits whole only gains");
	ok(duration_s(device_find("h100-80g"), model_find("llama3.2"), 16) <
	           duration_s(device_find("rtx3060-12g"), model_find("llama3.2"), 16) &&
	       duration_s(device_find("rtx3060-12g"), model_find("llama3.2"), 16) < s16 &&
	       s16 < duration_s(device_find("cpu-8g"), model_find("llama3.2"), 16),
	   "devices in their order");
}

int main(void)
{
	test_durations();
	test_text();
	test_versions();
	test_models();
	test_answers();
	test_order_of_durations();
	return tap_done();
}
