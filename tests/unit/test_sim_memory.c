/*
 * The simulator's memory model against the memory column of seed 000 (Apple M4
 * with 16 GiB, Ollama before 0.6.4, context size 2048).
 */
#include "sim/memory.h"

#include "tap.h"

#define GIB 1073741824.0

static struct memory_request request_of(int parallel)
{
	return (struct memory_request){.context_size = 2048, .parallel = parallel, .batch = 512, .gpu_layers = -1};
}

static void test_memory_column(const struct device *device)
{
	static const struct {
		const char *model;
		int parallel;
		double gib;
	} rows[] = {
	    {"llama3.2", 64, 9.895},         {"llama3.2", 32, 9.386},
	    {"llama3.2", 16, 7.274},         {"llama3.2", 8, 4.743},
	    {"llama3.2", 4, 3.477},          {"llama3.2", 2, 2.876},
	    {"llama3.2", 1, 2.657},          {"mistral", 32, 9.894},
	    {"mistral", 16, 10.127},         {"mistral", 8, 7.096},
	    {"mistral", 4, 5.580},           {"mistral", 2, 4.822},
	    {"mistral", 1, 4.453},           {"deepseek-r1:1.5b", 64, 8.070},
	    {"deepseek-r1:1.5b", 32, 4.695}, {"deepseek-r1:1.5b", 16, 3.008},
	    {"deepseek-r1:1.5b", 8, 2.164},  {"deepseek-r1:1.5b", 4, 1.820},
	    {"deepseek-r1:1.5b", 2, 1.711},  {"deepseek-r1:1.5b", 1, 1.656},
	    {"deepseek-r1:7b", 4, 5.547},    {"deepseek-r1:7b", 2, 5.145},
	    {"deepseek-r1:7b", 1, 5.036},    {"GandalfBaum/llama3.1-claude3.7", 1, 5.076},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct memory_request request = request_of(rows[i].parallel);
		struct memory_plan plan = memory_plan_of(device, model_find(rows[i].model), &request);
		struct text error = {0};
		char what[100];

		snprintf(what, sizeof(what), "%s, parallel %d: %.3f GiB", rows[i].model, rows[i].parallel, rows[i].gib);
		is_real((double)plan.resident_bytes / GIB, rows[i].gib, 0.05, what);
		ok(!memory_plan_fails(device, &plan, &error), "… and it loads");
		text_release(&error);
	}
}

static void test_offload(const struct device *device)
{
	static const struct {
		const char *model;
		int parallel, layers;
	} rows[] = {
	    {"llama3.2", 16, 29}, {"llama3.2", 32, 20}, {"llama3.2", 64, 6},
	    {"mistral", 16, 33},  {"mistral", 32, 15},  {"deepseek-r1:1.5b", 64, 29},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct memory_request request = request_of(rows[i].parallel);
		struct memory_plan plan = memory_plan_of(device, model_find(rows[i].model), &request);

		is_int(plan.layers_on_gpu, rows[i].layers, rows[i].model);
	}
}

static void test_metal_failure(const struct device *device)
{
	struct memory_request request = request_of(64);
	struct memory_plan plan = memory_plan_of(device, model_find("mistral"), &request);
	struct text error = {0};

	is_int(plan.graph_bytes, 8891928576, "mistral at 64: the graph of seed 000's failure, to the byte");
	ok(memory_plan_fails(device, &plan, &error), "… and it is more than one Metal buffer may hold");
	is_text(text_string(&error),
	        "llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB\n"
	        "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576",
	        "… in Ollama's words");
	text_release(&error);
	request.gpu_layers = 0;
	plan = memory_plan_of(device, model_find("mistral"), &request);
	ok(!memory_plan_fails(device, &plan, &error) && plan.gpu_bytes == 0, "CPU only needs no Metal buffer");
	request.gpu_layers = -1;
	request.flash_attention = true;
	plan = memory_plan_of(device, model_find("mistral"), &request);
	ok(plan.graph_bytes < plan.kv_bytes / 10, "flash attention stores no scores");
	text_release(&error);
}

static void test_other_devices(void)
{
	struct memory_request request = request_of(1);
	struct text error = {0};
	struct memory_plan plan = memory_plan_of(device_find("cpu-8g"), model_find("llama3.1:70b"), &request);

	is_int(plan.layers_on_gpu, 0, "cpu-8g: no layer on a GPU");
	ok(memory_plan_fails(device_find("cpu-8g"), &plan, &error), "… and no room for 70B");
	ok(text_starts_with(text_string(&error), "model requires more system memory ("), "… in Ollama's words");
	text_release(&error);
	plan = memory_plan_of(device_find("h100-80g"), model_find("llama3.1:70b"), &request);
	ok(plan.whole_on_gpu && plan.layers_on_gpu == 81, "h100-80g holds 70B whole");
	plan = memory_plan_of(device_find("rtx3060-12g"), model_find("llama3.1:70b"), &request);
	ok(plan.layers_on_gpu > 0 && !plan.whole_on_gpu, "rtx3060-12g holds a part of it");
	ok(plan.resident_bytes <= device_find("rtx3060-12g")->memory_bytes, "… within its memory");
	request.parallel = 512;
	plan = memory_plan_of(device_find("instant"), model_find("llama3.2"), &request);
	ok(plan.whole_on_gpu, "instant holds anything");
}

int main(void)
{
	const struct device *m4 = device_find("m4-16g");

	test_memory_column(m4);
	test_offload(m4);
	test_metal_failure(m4);
	test_other_devices();
	return tap_done();
}
