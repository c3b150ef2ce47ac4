/*
 * What the metrics of each kind of server mean: one text recorded from a busy
 * llama-server, the others written as their servers write them.
 */
#include "target/metric_names.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "tap.h"

static struct server_metrics read_text(const char *kind, const char *text, size_t size)
{
	struct server_facts facts = {.kind = (char *)kind};
	struct server_metrics told;

	metric_names_read(&(struct endpoint){"http://127.0.0.1:1", &facts}, text, size, &told);
	return told;
}

static void are(const struct server_metrics *told, double waiting, double running, double kv, double prompt,
                double generated, const char *what)
{
	is_real(told->waiting, waiting, 0, what);
	is_real(told->running, running, 0, what);
	is_real(told->kv_used_share, kv, 1e-12, what);
	is_real(told->prompt_tokens, prompt, 0, what);
	is_real(told->generated_tokens, generated, 0, what);
}

static void recorded_llama_server(void)
{
	struct failure failure = {0};
	struct text text = {0};
	struct server_metrics told;

	ok(file_read("tests/data/metrics/llama-server.txt", 1 << 20, &text, &failure), "the recorded text");
	told = read_text("llama-server", text_string(&text), text.size);
	are(&told, 7, 4, NAN, 100, 300, "llama-server with 12 requests on 4 slots");
	is_int(told.header, HEADER_AT_START, "its header comes when the wait is over");
	told = read_text(NULL, text_string(&text), text.size);
	are(&told, 7, 4, NAN, 100, 300, "the same, found by its names");
	told = read_text("vllm", text_string(&text), text.size);
	ok(!server_metrics_any(&told), "one that says it is vLLM has none of these names");
	text_release(&text);
	failure_release(&failure);
}

static const struct {
	const char *kind, *what, *text;
	double waiting, running, kv, prompt, generated;
	enum header_time header;
} written[] = {
    {"llama-server", "an older llama-server tells the use of its KV cache",
     "llamacpp:kv_cache_usage_ratio 0.25\nllamacpp:requests_processing 1\nllamacpp:requests_deferred 0\n", 0, 1, 0.25,
     NAN, NAN, HEADER_AT_START},
    {"vllm", "vLLM with two engines: requests are summed, shares averaged",
     "# TYPE vllm:num_requests_running gauge\n"
     "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 3.0\n"
     "vllm:num_requests_running{engine=\"1\",model_name=\"m\"} 4.0\n"
     "vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 5.0\n"
     "vllm:num_requests_waiting{engine=\"1\",model_name=\"m\"} 0.0\n"
     "vllm:num_requests_waiting_by_reason{engine=\"0\",model_name=\"m\",reason=\"capacity\"} 5.0\n"
     "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.5\n"
     "vllm:kv_cache_usage_perc{engine=\"1\",model_name=\"m\"} 0.25\n"
     "vllm:prompt_tokens_total{engine=\"0\",model_name=\"m\"} 1000.0\n"
     "vllm:prompt_tokens_created{engine=\"0\",model_name=\"m\"} 1.7e+09\n"
     "vllm:generation_tokens_total{engine=\"0\",model_name=\"m\"} 1.5e+03\n"
     "vllm:generation_tokens_total{engine=\"1\",model_name=\"m\"} 500\n",
     5, 7, 0.375, 1000, 2000, HEADER_AT_FIRST_TOKEN},
    {"vllm", "an older vLLM's name of the KV cache",
     "vllm:gpu_cache_usage_perc{model_name=\"m\"} 0.42\nvllm:num_requests_waiting{model_name=\"m\"} 1\n", 1, NAN, 0.42,
     NAN, NAN, HEADER_AT_FIRST_TOKEN},
    {"vllm", "a version that tells both: the newer one counts, once",
     "vllm:gpu_cache_usage_perc 0.9\nvllm:kv_cache_usage_perc 0.1\n", NAN, NAN, 0.1, NAN, NAN, HEADER_AT_FIRST_TOKEN},
    {"sglang", "SGLang: ranks that share an engine tell of the same requests",
     "sglang:num_queue_reqs{model_name=\"m\",pp_rank=\"0\",tp_rank=\"0\"} 4.0\n"
     "sglang:num_queue_reqs{model_name=\"m\",pp_rank=\"0\",tp_rank=\"1\"} 4.0\n"
     "sglang:num_running_reqs{model_name=\"m\",tp_rank=\"0\"} 8.0\n"
     "sglang:token_usage{model_name=\"m\",tp_rank=\"0\"} 0.52\n"
     "sglang:prompt_tokens_total{model_name=\"m\"} 8128.0\n"
     "sglang:generation_tokens_total{model_name=\"m\"} 7557.0\n"
     "sglang:gen_throughput{model_name=\"m\"} 86.5\n",
     4, 8, 0.52, 8128, 7557, HEADER_AT_FIRST_TOKEN},
    {"tgi", "TGI: the sums of its histograms are its counters",
     "# TYPE tgi_queue_size gauge\ntgi_queue_size 7\ntgi_batch_current_size 4\n"
     "tgi_request_generated_tokens_bucket{le=\"1\"} 0\ntgi_request_generated_tokens_sum 8123\n"
     "tgi_request_generated_tokens_count 44\ntgi_request_input_length_sum 900\n",
     7, 4, NAN, 900, 8123, HEADER_AT_ONCE},
    {"vllm-mlx", "vllm-mlx",
     "vllm_mlx_scheduler_waiting_requests 2.0\nvllm_mlx_scheduler_running_requests 1.0\n"
     "vllm_mlx_prompt_tokens_total 10.0\nvllm_mlx_completion_tokens_total 20.0\n"
     "vllm_mlx_metal_memory_bytes{kind=\"active\"} 1e9\n",
     2, 1, NAN, 10, 20, HEADER_AT_ONCE},
    {"openai", "LocalAI's have nothing of a queue",
     "api_call_bucket{method=\"POST\",path=\"/v1/chat/completions\",le=\"0.1\"} 3\ngo_goroutines 40\n", NAN, NAN, NAN,
     NAN, NAN, HEADER_UNKNOWN},
    {"vllm", "figures that cannot be are unknown",
     "vllm:num_requests_running NaN\nvllm:num_requests_waiting +Inf\nvllm:kv_cache_usage_perc 42\n"
     "vllm:prompt_tokens_total -1\nvllm:generation_tokens_total 5\n",
     NAN, NAN, NAN, NAN, 5, HEADER_AT_FIRST_TOKEN},
    {"vllm", "one engine that is unknown makes the sum so",
     "vllm:num_requests_running{engine=\"0\"} 2\nvllm:num_requests_running{engine=\"1\"} NaN\n"
     "vllm:num_requests_waiting 1\n",
     1, NAN, NAN, NAN, NAN, HEADER_AT_FIRST_TOKEN},
};

static void written_texts(void)
{
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		struct server_metrics told = read_text(written[i].kind, written[i].text, strlen(written[i].text));

		are(&told, written[i].waiting, written[i].running, written[i].kv, written[i].prompt,
		    written[i].generated, written[i].what);
		is_int(told.header, written[i].header, written[i].what);
	}
}

static void paths(void)
{
	static const struct {
		const char *kind, *path;
	} cases[] = {{"llama-server", "/metrics"}, {"tgi", "/metrics"}, {NULL, "/metrics"},
	             {"openai", "/metrics"},       {"mlx_lm", NULL},    {"localai", NULL}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_facts facts = {.kind = (char *)cases[i].kind};

		is_text(metric_names_path(&(struct endpoint){"http://127.0.0.1:1", &facts}), cases[i].path,
		        cases[i].kind ? cases[i].kind : "a server that was not recognized is asked");
	}
	is_text(metric_names_path(&(struct endpoint){"http://127.0.0.1:1", NULL}), "/metrics", "also without facts");
}

int main(void)
{
	struct server_metrics told = read_text("vllm", NULL, 0);

	ok(!server_metrics_any(&told), "no bytes, nothing known");
	recorded_llama_server();
	written_texts();
	paths();
	return tap_done();
}
