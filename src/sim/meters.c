#include "sim/meters.h"

#include <assert.h>

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

static const double bounds_s[METER_BUCKETS] = {0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

enum measure {
	REQUESTS,
	REJECTED,
	PROMPT_TOKENS,     /* read, without those of the cache */
	PROMPT_TOKENS_ALL, /* with them */
	CACHED_TOKENS,
	PROMPT_SECONDS,
	ANSWER_TOKENS,
	ANSWER_SECONDS,
	RECENT_PROMPT_RATE, /* since the last scrape */
	RECENT_ANSWER_RATE,
	BUSY,
	WAITING,
	SHARE_BUSY, /* of the slots; stands for the use of the KV cache */
	QUEUE,
	PREFILL,
	DECODE,
	FIRST_TOKEN,
	TOKEN_GAP,
	WHOLE,
};

static const struct row {
	const char *kind, *name, *type;
	enum measure measure;
} rows[] = {
    {"llama-server", "llamacpp:prompt_tokens_total", "counter", PROMPT_TOKENS},
    {"llama-server", "llamacpp:prompt_tokens_cached_total", "counter", CACHED_TOKENS},
    {"llama-server", "llamacpp:prompt_seconds_total", "counter", PROMPT_SECONDS},
    {"llama-server", "llamacpp:tokens_predicted_total", "counter", ANSWER_TOKENS},
    {"llama-server", "llamacpp:tokens_predicted_seconds_total", "counter", ANSWER_SECONDS},
    {"llama-server", "llamacpp:prompt_tokens_seconds", "gauge", RECENT_PROMPT_RATE},
    {"llama-server", "llamacpp:predicted_tokens_seconds", "gauge", RECENT_ANSWER_RATE},
    {"llama-server", "llamacpp:requests_processing", "gauge", BUSY},
    {"llama-server", "llamacpp:requests_deferred", "gauge", WAITING},
    {"vllm", "vllm:num_requests_running", "gauge", BUSY},
    {"vllm", "vllm:num_requests_waiting", "gauge", WAITING},
    {"vllm", "vllm:kv_cache_usage_perc", "gauge", SHARE_BUSY},
    {"vllm", "vllm:prompt_tokens_total", "counter", PROMPT_TOKENS_ALL},
    {"vllm", "vllm:generation_tokens_total", "counter", ANSWER_TOKENS},
    {"vllm", "vllm:prefix_cache_queries_total", "counter", PROMPT_TOKENS_ALL},
    {"vllm", "vllm:prefix_cache_hits_total", "counter", CACHED_TOKENS},
    {"vllm", "vllm:request_success_total", "counter", REQUESTS},
    {"vllm", "vllm:admission_rejections_total", "counter", REJECTED},
    {"vllm", "vllm:time_to_first_token_seconds", "histogram", FIRST_TOKEN},
    {"vllm", "vllm:inter_token_latency_seconds", "histogram", TOKEN_GAP},
    {"vllm", "vllm:e2e_request_latency_seconds", "histogram", WHOLE},
    {"vllm", "vllm:request_queue_time_seconds", "histogram", QUEUE},
    {"vllm", "vllm:request_prefill_time_seconds", "histogram", PREFILL},
    {"vllm", "vllm:request_decode_time_seconds", "histogram", DECODE},
    {"sglang", "sglang:num_running_reqs", "gauge", BUSY},
    {"sglang", "sglang:num_queue_reqs", "gauge", WAITING},
    {"sglang", "sglang:token_usage", "gauge", SHARE_BUSY},
    {"sglang", "sglang:gen_throughput", "gauge", RECENT_ANSWER_RATE},
    {"sglang", "sglang:prompt_tokens_total", "counter", PROMPT_TOKENS_ALL},
    {"sglang", "sglang:generation_tokens_total", "counter", ANSWER_TOKENS},
    {"sglang", "sglang:cached_tokens_total", "counter", CACHED_TOKENS},
    {"sglang", "sglang:num_requests_total", "counter", REQUESTS},
    {"sglang", "sglang:time_to_first_token_seconds", "histogram", FIRST_TOKEN},
    {"sglang", "sglang:inter_token_latency_seconds", "histogram", TOKEN_GAP},
    {"sglang", "sglang:e2e_request_latency_seconds", "histogram", WHOLE},
    {"tgi", "tgi_queue_size", "gauge", WAITING},
    {"tgi", "tgi_batch_current_size", "gauge", BUSY},
    {"tgi", "tgi_request_success", "counter", REQUESTS},
    {"tgi", "tgi_request_queue_duration", "histogram", QUEUE},
    {"tgi", "tgi_request_inference_duration", "histogram", DECODE},
    {"tgi", "tgi_request_mean_time_per_token_duration", "histogram", TOKEN_GAP},
    {"vllm-mlx", "vllm_mlx_scheduler_running_requests", "gauge", BUSY},
    {"vllm-mlx", "vllm_mlx_scheduler_waiting_requests", "gauge", WAITING},
    {"vllm-mlx", "vllm_mlx_prompt_tokens_total", "counter", PROMPT_TOKENS_ALL},
    {"vllm-mlx", "vllm_mlx_completion_tokens_total", "counter", ANSWER_TOKENS},
    {"vllm-mlx", "vllm_mlx_inference_ttft_seconds", "histogram", FIRST_TOKEN},
};

static void observe(struct histogram *histogram, int64_t ns, int64_t times)
{
	histogram->count += times;
	histogram->sum_ns += ns * times;
	for (size_t i = 0; i < METER_BUCKETS; i++) {
		if ((double)ns <= bounds_s[i] * NS_PER_S) {
			histogram->counts[i] += times;
			return;
		}
	}
}

void meters_add(struct meters *meters, const struct openai_counts *counts)
{
	int evaluated = counts->prompt_tokens - counts->cached_tokens;
	int gaps = counts->answer_tokens - 1;

	meters->requests++;
	meters->prompt_tokens += evaluated;
	meters->cached_tokens += counts->cached_tokens;
	meters->answer_tokens += counts->answer_tokens;
	meters->prompt_ns += counts->prompt_ns;
	meters->answer_ns += counts->answer_ns;
	meters->recent.prompt_tokens += evaluated;
	meters->recent.prompt_ns += counts->prompt_ns;
	meters->recent.answer_tokens += counts->answer_tokens;
	meters->recent.answer_ns += counts->answer_ns;
	observe(&meters->queue, counts->queue_ns, 1);
	observe(&meters->prefill, counts->prompt_ns, 1);
	observe(&meters->decode, counts->answer_ns, 1);
	observe(&meters->first_token, counts->queue_ns + counts->prompt_ns, 1);
	observe(&meters->whole, counts->queue_ns + counts->prompt_ns + counts->answer_ns, 1);
	if (gaps > 0)
		observe(&meters->token_gap, counts->answer_ns / gaps, gaps);
}

static double seconds(int64_t ns)
{
	return (double)ns / NS_PER_S;
}

static double rate(int64_t tokens, int64_t ns)
{
	return ns > 0 ? (double)tokens / seconds(ns) : 0;
}

static const struct histogram *histogram_of(const struct meters *meters, enum measure measure)
{
	switch ((int)measure) {
	case QUEUE:
		return &meters->queue;
	case PREFILL:
		return &meters->prefill;
	case DECODE:
		return &meters->decode;
	case FIRST_TOKEN:
		return &meters->first_token;
	case TOKEN_GAP:
		return &meters->token_gap;
	case WHOLE:
		return &meters->whole;
	default: /* the others are plain numbers */
		return NULL;
	}
}

static double number_of(const struct meters *meters, const struct meters_now *now, enum measure measure)
{
	assert(meters != NULL);
	switch ((int)measure) {
	case REQUESTS:
		return (double)meters->requests;
	case REJECTED:
		return (double)meters->rejected;
	case PROMPT_TOKENS:
		return (double)meters->prompt_tokens;
	case PROMPT_TOKENS_ALL:
		return (double)(meters->prompt_tokens + meters->cached_tokens);
	case CACHED_TOKENS:
		return (double)meters->cached_tokens;
	case PROMPT_SECONDS:
		return seconds(meters->prompt_ns);
	case ANSWER_TOKENS:
		return (double)meters->answer_tokens;
	case ANSWER_SECONDS:
		return seconds(meters->answer_ns);
	case RECENT_PROMPT_RATE:
		return rate(meters->recent.prompt_tokens, meters->recent.prompt_ns);
	case RECENT_ANSWER_RATE:
		return rate(meters->recent.answer_tokens, meters->recent.answer_ns);
	case BUSY:
		return now->busy;
	case WAITING:
		return now->waiting;
	default: /* SHARE_BUSY; histograms do not come here */
		return (double)now->busy / now->slots;
	}
}

static void add_histogram(struct text *text, const char *name, const char *labels, const struct histogram *histogram)
{
	const char *comma = *labels != '\0' ? "," : "";
	int64_t count = 0;

	for (size_t i = 0; i < METER_BUCKETS; i++) {
		count += histogram->counts[i];
		text_addf(text, "%s_bucket{%s%sle=\"%g\"} %" PRId64 "\n", name, labels, comma, bounds_s[i], count);
	}
	text_addf(text, "%s_bucket{%s%sle=\"+Inf\"} %" PRId64 "\n", name, labels, comma, histogram->count);
	text_addf(text, "%s_sum{%s} %.9g\n%s_count{%s} %" PRId64 "\n", name, labels, seconds(histogram->sum_ns), name,
	          labels, histogram->count);
}

static void add_labels(struct text *text, const struct kind *kind, const struct meters_now *now)
{
	if (strcmp(kind->name, "vllm") == 0)
		text_addf(text, "engine=\"0\",model_name=\"%s\"", now->model);
	else if (strcmp(kind->name, "sglang") == 0)
		text_addf(text, "model_name=\"%s\"", now->model);
}

void meters_scrape(struct meters *meters, const struct kind *kind, const struct meters_now *now, struct text *text)
{
	struct text labels = {0};

	add_labels(&labels, kind, now);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const struct histogram *histogram = histogram_of(meters, row->measure);

		if (strcmp(row->kind, kind->name) != 0)
			continue;
		text_addf(text, "# HELP %s Simulated\n# TYPE %s %s\n", row->name, row->name, row->type);
		if (histogram != NULL)
			add_histogram(text, row->name, text_string(&labels), histogram);
		else if (labels.size > 0)
			text_addf(text, "%s{%s} %.9g\n", row->name, text_string(&labels),
			          number_of(meters, now, row->measure));
		else
			text_addf(text, "%s %.9g\n", row->name, number_of(meters, now, row->measure));
	}
	meters->recent = (struct meters_rates){0};
	text_release(&labels);
}
