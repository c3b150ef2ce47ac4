#include "target/metric_names.h"

#include <math.h>

#include "target/prometheus.h"

/* X(symbol, whether several series of one name are summed; else their mean counts) */
#define FIGURES(X)        \
	X(WAITING, true)  \
	X(RUNNING, true)  \
	X(KV_USED, false) \
	X(PROMPT, true)   \
	X(GENERATED, true)

enum figure {
#define X(symbol, summed) symbol,
	FIGURES(X)
#undef X
};
enum { FIGURE_COUNT = GENERATED + 1, NAME_COUNT = 2 };

static const bool summed[] = {
#define X(symbol, sum) [symbol] = (sum),
    FIGURES(X)
#undef X
};

/*
 * The first name that the server tells counts: newer names stand first, and
 * some versions tell both. A counter may have _total after its name. LocalAI
 * has an endpoint, but nothing of this in it. Of llama-server's rates, which
 * are means since somebody asked last, nothing is read.
 */
static const struct row {
	const char *kind;
	enum header_time header;
	const char *names[FIGURE_COUNT][NAME_COUNT];
} rows[] = {
    {"llama-server",
     HEADER_AT_START,
     {[WAITING] = {"llamacpp:requests_deferred"},
      [RUNNING] = {"llamacpp:requests_processing"},
      [KV_USED] = {"llamacpp:kv_cache_usage_ratio"},
      [PROMPT] = {"llamacpp:prompt_tokens"},
      [GENERATED] = {"llamacpp:tokens_predicted"}}},
    {"vllm",
     HEADER_AT_FIRST_TOKEN,
     {[WAITING] = {"vllm:num_requests_waiting"},
      [RUNNING] = {"vllm:num_requests_running"},
      [KV_USED] = {"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"},
      [PROMPT] = {"vllm:prompt_tokens"},
      [GENERATED] = {"vllm:generation_tokens"}}},
    {"sglang",
     HEADER_AT_FIRST_TOKEN,
     {[WAITING] = {"sglang:num_queue_reqs"},
      [RUNNING] = {"sglang:num_running_reqs"},
      [KV_USED] = {"sglang:token_usage"},
      [PROMPT] = {"sglang:prompt_tokens"},
      [GENERATED] = {"sglang:generation_tokens"}}},
    {"tgi",
     HEADER_AT_ONCE,
     {[WAITING] = {"tgi_queue_size"},
      [RUNNING] = {"tgi_batch_current_size"},
      [PROMPT] = {"tgi_request_input_length_sum"},
      [GENERATED] = {"tgi_request_generated_tokens_sum"}}},
    {"vllm-mlx",
     HEADER_AT_ONCE,
     {[WAITING] = {"vllm_mlx_scheduler_waiting_requests"},
      [RUNNING] = {"vllm_mlx_scheduler_running_requests"},
      [PROMPT] = {"vllm_mlx_prompt_tokens"},
      [GENERATED] = {"vllm_mlx_completion_tokens"}}},
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* What the series of one name come to. */
struct total {
	double sum;
	size_t series;
};

static const struct row *row_of(const struct endpoint *endpoint)
{
	const char *kind = endpoint->facts != NULL ? endpoint->facts->kind : NULL;

	for (size_t r = 0; kind != NULL && r < ROW_COUNT; r++)
		if (text_equal(rows[r].kind, kind))
			return &rows[r];
	return NULL;
}

const char *metric_names_path(const struct endpoint *endpoint)
{
	const char *kind = endpoint->facts != NULL ? endpoint->facts->kind : NULL;

	/* "openai" is whatever speaks that interface and is not known. */
	return kind == NULL || text_equal(kind, "openai") || row_of(endpoint) != NULL ? "/metrics" : NULL;
}

static bool has_name(const struct prometheus_sample *sample, const char *name)
{
	struct prometheus_sample shorter = *sample;
	static const char suffix[] = "_total";
	const size_t suffix_size = sizeof(suffix) - 1;

	if (prometheus_is(sample, name))
		return true;
	if (sample->name_size <= suffix_size)
		return false;
	shorter.name_size -= suffix_size;
	return prometheus_is(&shorter, name) &&
	       prometheus_is(
		   &(struct prometheus_sample){.name = sample->name + shorter.name_size, .name_size = suffix_size},
		   suffix);
}

/*
 * The ranks of one engine that share its work tell of the same requests, so
 * only the first of them counts; engines beside each other (dp_rank, engine)
 * have requests of their own.
 */
static bool is_first_rank(const struct prometheus_sample *sample)
{
	static const char *const labels[] = {"tp_rank", "pp_rank"};
	bool first = true;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct text rank = {0};

		if (prometheus_label(sample, labels[i], &rank))
			first = first && text_equal(text_string(&rank), "0");
		text_release(&rank);
	}
	return first;
}

/* Shares are 0 to 1 but for rounding; counts are finite and not negative. */
static bool is_sound(enum figure figure, double value)
{
	return isfinite(value) && value >= 0 && (summed[figure] || value <= 1.001);
}

static void add_sample(struct total totals[FIGURE_COUNT][NAME_COUNT], const struct row *row,
                       const struct prometheus_sample *sample)
{
	for (int f = 0; f < FIGURE_COUNT; f++) {
		for (int n = 0; n < NAME_COUNT && row->names[f][n] != NULL; n++) {
			if (!has_name(sample, row->names[f][n]) || !is_first_rank(sample))
				continue;
			/* One series that is not sound makes the whole unknown. */
			totals[f][n].sum += is_sound((enum figure)f, sample->value) ? sample->value : NAN;
			totals[f][n].series++;
		}
	}
}

static double figure_of(struct total totals[NAME_COUNT], enum figure figure)
{
	for (int n = 0; n < NAME_COUNT; n++) {
		const struct total *total = &totals[n];

		if (total->series > 0 && !isnan(total->sum))
			return summed[figure] ? total->sum : fmin(total->sum / (double)total->series, 1);
	}
	return NAN;
}

static void read_row(const struct row *row, const char *bytes, size_t size, struct server_metrics *told)
{
	struct total totals[FIGURE_COUNT][NAME_COUNT] = {{{0}}};
	struct prometheus text = {bytes, bytes + size};
	struct prometheus_sample sample;

	while (prometheus_next(&text, &sample))
		add_sample(totals, row, &sample);
	*told = (struct server_metrics){
	    .waiting = figure_of(totals[WAITING], WAITING),
	    .running = figure_of(totals[RUNNING], RUNNING),
	    .kv_used_share = figure_of(totals[KV_USED], KV_USED),
	    .prompt_tokens = figure_of(totals[PROMPT], PROMPT),
	    .generated_tokens = figure_of(totals[GENERATED], GENERATED),
	    .header = row->header,
	};
}

void metric_names_read(const struct endpoint *endpoint, const char *bytes, size_t size, struct server_metrics *told)
{
	const struct row *known = row_of(endpoint);

	server_metrics_reset(told);
	if (size == 0)
		return;
	for (size_t r = 0; r < ROW_COUNT; r++) {
		if (known != NULL && known != &rows[r])
			continue;
		read_row(&rows[r], bytes, size, told);
		if (server_metrics_any(told))
			return;
	}
	server_metrics_reset(told);
}
