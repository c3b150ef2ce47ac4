/*
 * Predicted memory: a public table of a 16 GiB M4, each term of the sum, where
 * layers are placed, what a matrix asks for, and what cannot be predicted.
 */
#include <stdlib.h>

#include "core/memory_model.h"
#include "plan/known_models.h"
#include "tap.h"

#define GIB 1073741824.0
#define MIB INT64_C(1048576)

static const struct memory_setup plain = {
    .context_size = 2048,
    .parallel = 1,
    .batch = 512,
    .gpu_layers = -1,
    .kv_cache_type = CELL_KV_F16,
    .rule = MEMORY_OLLAMA,
};

static struct memory_machine m4(void)
{
	return memory_machine_of(MEMORY_METAL, 16384 * MIB, JSON_UNKNOWN);
}

static struct memory_prediction predict(const char *model, int64_t parallel)
{
	const struct memory_machine machine = m4();
	struct memory_setup setup = plain;

	setup.parallel = parallel;
	return memory_predict(known_model(model), &setup, &machine, NULL);
}

/*
 * GPU memory as nvtop showed it on a 16 GiB M4 (Alloc system memory of the
 * driver, to a thousandth of a GiB), with Ollama of early 2025; all layers on
 * the GPU. Rows of llama3.2 were measured with 42 MiB more in the driver's
 * books than the others, whatever the slots.
 */
static const struct row {
	const char *model;
	int parallel;
	double gib;
} rows[] = {
    {"llama3.2", 16, 7.274},         {"llama3.2", 8, 4.743},          {"llama3.2", 4, 3.477},
    {"llama3.2", 2, 2.876},          {"llama3.2", 1, 2.657},          {"mistral", 16, 10.127},
    {"mistral", 8, 7.096},           {"mistral", 4, 5.580},           {"mistral", 2, 4.822},
    {"mistral", 1, 4.453},           {"deepseek-r1:1.5b", 64, 8.070}, {"deepseek-r1:1.5b", 32, 4.695},
    {"deepseek-r1:1.5b", 16, 3.008}, {"deepseek-r1:1.5b", 8, 2.164},  {"deepseek-r1:1.5b", 4, 1.820},
    {"deepseek-r1:1.5b", 2, 1.711},  {"deepseek-r1:1.5b", 1, 1.656},  {"deepseek-r1:7b", 4, 5.547},
    {"deepseek-r1:7b", 2, 5.145},    {"deepseek-r1:7b", 1, 5.036},    {"GandalfBaum/llama3.1-claude3.7", 1, 5.076},
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static void test_table(void)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		struct memory_prediction got = predict(rows[i].model, rows[i].parallel);
		/* What the driver counted beside the server, of which nothing is known but that it is one figure. */
		double rest = text_equal(rows[i].model, "llama3.2") ? 322 : 280;
		double server = (double)(got.gpu_bytes - got.rest_bytes) / GIB;
		char *what = text_format("%s with %d slots: predicted %.3f", rows[i].model, rows[i].parallel,
		                         (double)got.gpu_bytes / GIB);

		is_real((double)got.gpu_bytes / GIB, rows[i].gib, 0.0211, what);
		is_real(server + rest / 1024, rows[i].gib, i == 9 ? 0.010 : 0.001, "with what was there before");
		is_int(got.layers_on_gpu, got.layers, "all layers are on the GPU");
		is_int(got.verdict, MEMORY_FITS, "it fits");
		ok(got.exact, "exactly");
		free(what);
	}
}

/* Rows of the same table in which a part of the layers went to the CPU, or the server failed. */
static void test_spilled(void)
{
	struct memory_prediction got = predict("mistral", 32);

	is_int(got.layers_on_gpu, 15, "Mistral with 32 slots: 15 layers on the GPU");
	is_real((double)got.gpu_bytes / GIB, 9.894, 0.022, "and their memory");
	got = predict("llama3.2", 64);
	is_int(got.layers_on_gpu, 6, "Llama with 64 slots: 6 layers");
	is_real((double)got.gpu_bytes / GIB, 9.895, 0.022, "and their memory");
	is_int(got.verdict, MEMORY_EXCEEDS, "all of it is more than the computer has");
	is_int(predict("llama3.2", 32).verdict, MEMORY_SPILLS, "Llama with 32 slots: some layers spill");

	got = predict("mistral", 64);
	is_int(got.compute_bytes, INT64_C(8891928576), "Mistral with 64 slots: the buffer that failed, to the byte");
	is_int(got.verdict, MEMORY_FAILS, "it is larger than Metal allows");
	is_int(got.layers_on_gpu, 2, "though two layers would fit");
	is_int(predict("llama3.2", 128).layers_on_gpu, 0, "Llama with 128 slots: no layer fits");
}

static void test_terms(void)
{
	static const struct {
		const char *what;
		int64_t context_size, parallel, batch;
		bool flash_attention;
		enum cell_kv_cache_type type;
		int64_t kv_mib, compute_kib;
	} cases[] = {
	    /* 28 layers · 8 heads · 256 numbers · 2 bytes = 112 KiB for a token */
	    {"the least", 2048, 1, 512, false, CELL_KV_F16, 224, 262656},
	    {"slots", 2048, 8, 512, false, CELL_KV_F16, 1792, 843780},
	    {"context instead", 16384, 1, 512, false, CELL_KV_F16, 1792, 843780},
	    {"flash attention keeps no scores", 2048, 8, 512, true, CELL_KV_F16, 1792, 262656},
	    {"but its mask", 2048, 64, 512, true, CELL_KV_F16, 14336, 286724},
	    {"eight bits", 2048, 8, 512, true, CELL_KV_Q8_0, 952, 262656},
	    {"four bits", 2048, 8, 512, true, CELL_KV_Q4_0, 504, 262656},
	    {"a small batch", 2048, 8, 128, false, CELL_KV_F16, 1792, 210945},
	};
	const struct memory_machine machine = memory_machine_of(MEMORY_CPU, 65536 * MIB, JSON_UNKNOWN);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct memory_setup setup = {
		    .context_size = cases[i].context_size,
		    .parallel = cases[i].parallel,
		    .batch = cases[i].batch,
		    .flash_attention = cases[i].flash_attention,
		    .kv_cache_type = cases[i].type,
		    .gpu_layers = -1,
		};
		struct memory_prediction got = memory_predict(known_model("llama3.2"), &setup, &machine, NULL);

		is_int(got.kv_bytes, cases[i].kv_mib * MIB, cases[i].what);
		is_int(got.compute_bytes, cases[i].compute_kib * 1024, "its compute buffer");
		is_int(got.total_bytes, got.weights_bytes + got.kv_bytes + got.compute_bytes, "the sum of all");
		is_int(got.gpu_bytes, 0, "without a GPU");
		is_int(got.layers_on_gpu, 0, "nothing is there");
		is_int(got.verdict, MEMORY_FITS, "and it fits all the same");
		ok(got.exact == !cases[i].flash_attention, "exact without flash attention");
	}
}

/* What llama.cpp printed for a tiny model on a CPU: the recorded logs of tests/data, in MiB with two digits. */
static void test_logs(void)
{
	static const struct {
		const char *log;
		struct memory_setup setup;
		double kv_mib, compute_mib, tolerance_mib;
	} cases[] = {
	    {"ollama/log-0.6.3.txt", {.context_size = 512, .parallel = 4, .batch = 512}, 4.00, 22.01, 0.0101},
	    {"ollama/log-0.24.0.txt, with flash attention",
	     {.context_size = 512, .parallel = 4, .batch = 512, .flash_attention = true},
	     4.00,
	     6.51,
	     0.6},
	    {"openai/log-llama-server-0.7.0-verbose.txt, and with q8_0",
	     {.context_size = 2048,
	      .parallel = 2,
	      .batch = 512,
	      .flash_attention = true,
	      .kv_cache_type = CELL_KV_Q8_0},
	     4.25,
	     9.05,
	     1.0},
	    {"ollama/log-0.24.0-q8.txt",
	     {.context_size = 256, .parallel = 2, .batch = 128, .flash_attention = true, .kv_cache_type = CELL_KV_Q8_0},
	     0.53,
	     1.57,
	     0.9},
	};
	const struct memory_machine machine = memory_machine_of(MEMORY_CPU, JSON_UNKNOWN, JSON_UNKNOWN);
	struct model_shape tiny;

	model_shape_reset(&tiny);
	snprintf(tiny.architecture, sizeof(tiny.architecture), "llama");
	tiny.layers = tiny.heads = 4;
	tiny.kv_heads = 8;
	tiny.embedding = 256;
	tiny.key_length = tiny.value_length = 64;
	tiny.vocabulary = 1117;
	tiny.file_bytes = 7472896;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct memory_prediction got = memory_predict(&tiny, &cases[i].setup, &machine, NULL);

		is_real((double)got.kv_bytes / (double)MIB, cases[i].kv_mib, 0.005, cases[i].log);
		is_real((double)got.compute_bytes / (double)MIB, cases[i].compute_mib, cases[i].tolerance_mib,
		        "and its compute buffer");
	}
}

static void test_window(void)
{
	const struct memory_machine machine = memory_machine_of(MEMORY_CPU, 65536 * MIB, JSON_UNKNOWN);
	struct memory_setup setup = plain;
	struct model_shape shape = *known_model("llama3.2");
	int64_t token = 4096; /* of one layer: 8 heads · 256 numbers · 2 bytes */

	setup.context_size = 8192;
	setup.parallel = 2;
	snprintf(shape.architecture, sizeof(shape.architecture), "gemma3");
	shape.sliding_window = 1024;
	shape.layers = 24;
	shape.kv_heads = 24 * 8;
	is_int(memory_predict(&shape, &setup, &machine, NULL).kv_bytes, 2 * token * (4 * 8192 + 20 * 1536),
	       "gemma3: every sixth layer keeps all, others their window and a batch");
	setup.context_size = 1024;
	is_int(memory_predict(&shape, &setup, &machine, NULL).kv_bytes, 2 * token * 24 * 1024,
	       "a window larger than the context makes no difference");
	snprintf(shape.architecture, sizeof(shape.architecture), "qwen2");
	setup.context_size = 8192;
	is_int(memory_predict(&shape, &setup, &machine, NULL).kv_bytes, 2 * token * 24 * 8192,
	       "families that do not use their window keep all");
}

static void test_places(void)
{
	const struct memory_machine large = memory_machine_of(MEMORY_VRAM, 32768 * MIB, 12288 * MIB);
	const struct memory_machine small = memory_machine_of(MEMORY_VRAM, 32768 * MIB, 3072 * MIB);
	const struct memory_machine tiny = memory_machine_of(MEMORY_VRAM, 2048 * MIB, 1024 * MIB);
	const struct model_shape *tied = known_model("llama3.2"), *mistral = known_model("mistral");
	struct memory_prediction got = memory_predict(tied, &plain, &large, NULL);
	struct memory_setup setup = plain;

	is_int(got.weights_bytes, tied->weights_bytes + tied->embedding_bytes,
	       "a GPU with its own memory: what is embedding and output is in both");
	is_int(got.gpu_bytes, tied->weights_bytes + got.kv_bytes + got.compute_bytes, "the GPU has all of the file");
	got = memory_predict(mistral, &plain, &large, NULL);
	is_int(got.gpu_bytes, mistral->weights_bytes - mistral->embedding_bytes + got.kv_bytes + got.compute_bytes,
	       "or all but the embedding");
	got = memory_predict(mistral, &plain, &small, NULL);
	is_int(got.verdict, MEMORY_SPILLS, "a small GPU");
	ok(got.layers_on_gpu > 0 && got.layers_on_gpu < got.layers, "has a part of the layers");
	ok(got.gpu_bytes <= small.gpu_bytes, "no more than fit");
	is_int(memory_predict(mistral, &plain, &tiny, NULL).verdict, MEMORY_EXCEEDS, "neither memory has room");

	setup.gpu_layers = 0;
	got = memory_predict(mistral, &setup, &large, NULL);
	is_int(got.layers_on_gpu, 0, "num_gpu 0: the CPU alone");
	is_int(got.gpu_bytes, 0, "and nothing on the GPU");
	is_int(got.verdict, MEMORY_FITS, "which is what was asked for");
	setup.gpu_layers = 10;
	is_int(memory_predict(mistral, &setup, &large, NULL).layers_on_gpu, 10, "num_gpu 10: so many");
	setup.gpu_layers = 99;
	is_int(memory_predict(mistral, &setup, &large, NULL).layers_on_gpu, 33, "num_gpu 99: all");
	is_int(memory_predict(mistral, &setup, &small, NULL).verdict, MEMORY_EXCEEDS, "also where they do not fit");
	setup = plain;
	setup.rule = MEMORY_FIT;
	setup.parallel = 16;
	is_int(memory_predict(mistral, &setup,
	                      &(struct memory_machine){.gpu = MEMORY_METAL,
	                                               .memory_bytes = 16384 * MIB,
	                                               .gpu_bytes = 10922 * MIB,
	                                               .buffer_bytes = JSON_UNKNOWN},
	                      NULL)
	           .verdict,
	       MEMORY_SPILLS, "llama.cpp itself keeps more free than Ollama did");
}

static void test_machines(void)
{
	is_real((double)m4().gpu_bytes / (double)MIB, 10922.67, 0.01, "Metal of 16 GiB");
	is_int(m4().buffer_bytes, 8192 * MIB, "its largest buffer");
	is_real((double)memory_machine_of(MEMORY_METAL, 32768 * MIB, JSON_UNKNOWN).gpu_bytes / (double)MIB, 21845.33,
	        0.01, "of 32 GiB");
	is_int(memory_machine_of(MEMORY_METAL, 65536 * MIB, JSON_UNKNOWN).gpu_bytes, 49152 * MIB, "of 64 GiB");
	is_int(memory_machine_of(MEMORY_METAL, JSON_UNKNOWN, JSON_UNKNOWN).gpu_bytes, JSON_UNKNOWN,
	       "of an unknown memory");
	is_int(memory_machine_of(MEMORY_METAL, 16384 * MIB, 12124 * MIB).gpu_bytes, 12124 * MIB, "as Metal tells it");
	is_int(memory_machine_of(MEMORY_VRAM, JSON_UNKNOWN, 7 * MIB).gpu_bytes, 7 * MIB, "a GPU's own memory");
}

static void is_unknown(const struct model_shape *shape, const char *why)
{
	const struct memory_machine machine = m4();
	struct text text = {0};
	struct memory_prediction got = memory_predict(shape, &plain, &machine, &text);

	is_text(text_string(&text), why, "unknown, and why");
	is_int(got.verdict, MEMORY_UNKNOWN, "no verdict");
	is_int(got.total_bytes, JSON_UNKNOWN, "no sum");
	text_release(&text);
}

static void test_unknown(void)
{
	struct model_shape shape;

	model_shape_reset(&shape);
	is_unknown(&shape, "nothing is known of the model");
	shape = *known_model("mistral");
	snprintf(shape.architecture, sizeof(shape.architecture), "deepseek2\033");
	is_unknown(&shape, "how the architecture deepseek2? keeps its context is not known");
	shape = *known_model("mistral");
	shape.kv_heads = JSON_UNKNOWN;
	is_unknown(&shape, "the number of heads of the KV cache is not known");
	shape = *known_model("mistral");
	shape.weights_bytes = shape.file_bytes = JSON_UNKNOWN;
	is_unknown(&shape, "the size of the weights is not known");
	shape = *known_model("mistral");
	shape.key_length = shape.value_length = shape.kv_heads = INT64_C(1) << 24;
	is_unknown(&shape, "it is more than any computer has");
	shape = *known_model("mistral");
	shape.weights_bytes = JSON_UNKNOWN;
	ok(!memory_predict(&shape, &plain, &(struct memory_machine){.memory_bytes = JSON_UNKNOWN}, NULL).exact,
	   "a file whose tensors are not known stands for them, not exactly");
}

static void test_setup(void)
{
	char name[] = "OLLAMA_FLASH_ATTENTION", kv_name[] = "OLLAMA_KV_CACHE_TYPE", no[] = "false", q8[] = "q8_0";
	struct variable variables[] = {{name, no}, {kv_name, q8}};
	const struct environment off = {2, variables};
	const struct server_settings server = {0};
	struct cell cell;
	struct text assumed = {0};
	struct memory_setup setup;

	cell_reset(&cell);
	cell.server = &server;
	setup = memory_setup_of(&cell, "ollama", "0.5.13", &assumed);
	ok(!setup.flash_attention && setup.rule == MEMORY_OLLAMA, "an old Ollama");
	is_text(text_string(&assumed), "flash attention off, num_batch 512", "and what is assumed");
	ok(memory_setup_of(&cell, "ollama", "0.13.4", NULL).flash_attention, "a newer one turns flash attention on");
	ok(memory_setup_of(&cell, "ollama", NULL, NULL).flash_attention, "as does one whose version is not known");
	is_int(memory_setup_of(&cell, "ollama", "0.30.1-rc2", NULL).rule, MEMORY_FIT, "the newest has llama-server");
	is_int(memory_setup_of(&cell, "llama-server", "b1", NULL).rule, MEMORY_FIT, "as llama-server itself");
	cell.context_size = 1000;
	is_int(memory_setup_of(&cell, "llama-server", NULL, NULL).context_size, 1024, "which rounds a slot up");
	is_int(memory_setup_of(&cell, "ollama", "0.5.13", NULL).context_size, 1000, "and older ones do not");

	cell.profile = &off;
	setup = memory_setup_of(&cell, "ollama", "0.13.4", NULL);
	ok(!setup.flash_attention, "a profile's variable");
	is_int(setup.kv_cache_type, CELL_KV_F16, "without flash attention other formats are refused");
	cell.flash_attention = CELL_ON;
	setup = memory_setup_of(&cell, "ollama", "0.13.4", NULL);
	ok(setup.flash_attention, "the knob wins");
	is_int(setup.kv_cache_type, CELL_KV_Q8_0, "and the profile's format is taken");
	text_release(&assumed);
}

static char *written(const struct memory_prediction *prediction)
{
	struct json *json = memory_prediction_json(prediction);
	struct text text = {0};

	json_add_to(&text, json);
	json_free(json);
	return text_take(&text);
}

static void test_json(void)
{
	struct memory_prediction prediction = predict("mistral", 64), parsed;
	struct json *json = memory_prediction_json(&prediction);
	char *first = written(&prediction), *second;

	memory_prediction_parse(json, &parsed);
	second = written(&parsed);
	is_text(second, first, "read back as it was written");
	is_int(parsed.verdict, MEMORY_FAILS, "its verdict");
	json_free(json);
	free(first);
	free(second);
	memory_prediction_parse(NULL, &parsed);
	ok(memory_prediction_json(&parsed) == NULL, "unknown is null, and back");
	is_int(parsed.verdict, MEMORY_UNKNOWN, "without a verdict");
}

int main(void)
{
	test_table();
	test_spilled();
	test_terms();
	test_logs();
	test_window();
	test_places();
	test_machines();
	test_unknown();
	test_setup();
	test_json();
	return tap_done();
}
