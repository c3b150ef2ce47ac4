#include "core/server_metrics.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/summary.h"
#include "core/waiting.h"

void server_metrics_reset(struct server_metrics *told)
{
	*told = (struct server_metrics){NAN, NAN, NAN, NAN, NAN, HEADER_UNKNOWN};
}

bool server_metrics_any(const struct server_metrics *told)
{
	return !isnan(told->waiting) || !isnan(told->running) || !isnan(told->kv_used_share) ||
	       !isnan(told->prompt_tokens) || !isnan(told->generated_tokens);
}

struct json *server_sample_json(const struct server_sample *sample, const char *cell_id, int64_t origin_ns)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "llmbench.server_sample/1");
	json_set_string(json, "cell", cell_id);
	json_set_integer(json, "asked_ns", sample->asked_ns - origin_ns);
	json_set_integer(json, "at_ns", sample->told_ns - origin_ns);
	json_set_number(json, "waiting", sample->metrics.waiting);
	json_set_number(json, "running", sample->metrics.running);
	json_set_number(json, "kv_used_share", sample->metrics.kv_used_share);
	json_set_number(json, "prompt_tokens", sample->metrics.prompt_tokens);
	json_set_number(json, "generated_tokens", sample->metrics.generated_tokens);
	return json;
}

bool server_sample_parse(const struct json *json, int64_t origin_ns, struct server_sample *sample)
{
	int64_t asked_ns = json_get_integer(json, "asked_ns"), told_ns = json_get_integer(json, "at_ns");

	if (!text_equal(json_get_string(json, "schema"), "llmbench.server_sample/1") || asked_ns == JSON_UNKNOWN ||
	    told_ns == JSON_UNKNOWN)
		return false;
	*sample = (struct server_sample){
	    .asked_ns = origin_ns + asked_ns,
	    .told_ns = origin_ns + told_ns,
	    .metrics = {.waiting = json_get_number(json, "waiting"),
	                .running = json_get_number(json, "running"),
	                .kv_used_share = json_get_number(json, "kv_used_share"),
	                .prompt_tokens = json_get_number(json, "prompt_tokens"),
	                .generated_tokens = json_get_number(json, "generated_tokens"),
	                .header = HEADER_UNKNOWN},
	};
	return true;
}

void server_polls_add(struct server_polls *polls, const struct server_sample *sample)
{
	polls->samples = memory_grow(polls->samples, &polls->capacity, polls->count, sizeof(*polls->samples));
	polls->samples[polls->count++] = *sample;
}

/* NAN as soon as one part is, or when the counter went back: the server was started anew. */
static void advance(double *sum, double before, double after)
{
	*sum += after >= before ? after - before : NAN;
}

void server_polls_add_visit(struct server_polls *polls, const struct server_metrics *before,
                            const struct server_metrics *after)
{
	advance(&polls->prompt_tokens, before->prompt_tokens, after->prompt_tokens);
	advance(&polls->generated_tokens, before->generated_tokens, after->generated_tokens);
	polls->visits++;
}

void server_polls_lose(struct server_polls *polls)
{
	polls->prompt_tokens = polls->generated_tokens = NAN;
}

void server_polls_release(struct server_polls *polls)
{
	free(polls->samples);
	*polls = (struct server_polls){0};
}

/* --- As JSON --- */

static struct json *mean_and_max(struct series *series)
{
	struct distribution values = distribution_of(series->values, series->count);
	struct json *json = json_new_object();

	json_set_number(json, "mean", values.mean);
	json_set_number(json, "max", values.max);
	series_release(series);
	return json;
}

static struct json *over_samples(const struct server_polls *polls, double (*pick)(const struct server_metrics *))
{
	struct series series = {0};

	for (size_t i = 0; i < polls->count; i++)
		series_add(&series, pick(&polls->samples[i].metrics));
	return mean_and_max(&series);
}

static double pick_waiting(const struct server_metrics *told)
{
	return told->waiting;
}

static double pick_running(const struct server_metrics *told)
{
	return told->running;
}

static double pick_kv(const struct server_metrics *told)
{
	return told->kv_used_share;
}

/* Ours, when the server answered. */
static struct json *waiting_seen(const struct server_polls *polls, const struct record *records, size_t count)
{
	struct waiting waiting = waiting_of(records, count);
	struct series series = {0};

	for (size_t i = 0; i < polls->count; i++) {
		size_t least, most;

		waiting_between(&waiting, polls->samples[i].told_ns, polls->samples[i].told_ns, &least, &most);
		series_add(&series, (double)most);
	}
	waiting_release(&waiting);
	return mean_and_max(&series);
}

/* NAN when one of the counts is unknown. */
static double tokens_of(const struct record *records, size_t count, int64_t (*pick)(const struct record *))
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		if (records[i].outcome == OUTCOME_OK)
			sum += pick(&records[i]) == JSON_UNKNOWN ? NAN : (double)pick(&records[i]);
	return sum;
}

static int64_t prompt_tokens(const struct record *record)
{
	return record->prompt_tokens;
}

static int64_t output_tokens(const struct record *record)
{
	return record->output_tokens;
}

static struct json *cost_json(const struct server_polls *polls)
{
	struct json *json = json_new_object();
	struct series series = {0};
	struct distribution values;

	for (size_t i = 0; i < polls->count; i++)
		series_add(&series,
		           (double)(polls->samples[i].told_ns - polls->samples[i].asked_ns) / (double)NS_PER_MS);
	values = distribution_of(series.values, series.count);
	series_release(&series);
	json_set_number(json, "answer_p50_ms", values.p50);
	json_set_number(json, "answer_max_ms", values.max);
	json_set_number(json, "cpu_ms", (double)polls->cpu_ns / (double)NS_PER_MS);
	return json;
}

struct json *server_polls_json(const struct server_polls *polls, const struct record *records, size_t count)
{
	struct json *json;

	if (polls->visits == 0)
		return NULL;
	json = json_new_object();
	json_set_integer(json, "readings", (int64_t)polls->count);
	json_set_integer(json, "failed", (int64_t)polls->failed);
	json_set_integer(json, "missed", (int64_t)polls->missed);
	json_set_number(json, "interval_s", (double)polls->interval_ns / (double)NS_PER_S);
	json_set(json, "queue_depth", over_samples(polls, pick_waiting));
	json_set(json, "queue_depth_seen", waiting_seen(polls, records, count));
	json_set(json, "running", over_samples(polls, pick_running));
	json_set(json, "kv_used_share", over_samples(polls, pick_kv));
	json_set_number(json, "prompt_tokens", polls->prompt_tokens);
	json_set_number(json, "prompt_tokens_of_replies", tokens_of(records, count, prompt_tokens));
	json_set_number(json, "generated_tokens", polls->generated_tokens);
	json_set_number(json, "generated_tokens_of_replies", tokens_of(records, count, output_tokens));
	json_set(json, "cost", cost_json(polls));
	return json;
}

/* --- Theirs beside ours --- */

struct waiting_check server_polls_check(const struct server_polls *polls, const struct record *records, size_t count)
{
	struct waiting waiting = waiting_of(records, count);
	struct waiting_check check = {.theirs = 0, .ours = 0};
	double differ;

	for (size_t i = 0; i < polls->count; i++) {
		const struct server_sample *sample = &polls->samples[i];
		double theirs = sample->metrics.waiting;
		size_t least, most;

		if (isnan(theirs) || sample->metrics.header == HEADER_UNKNOWN ||
		    sample->metrics.header == HEADER_AT_ONCE)
			continue;
		check.compared++;
		waiting_between(&waiting, sample->asked_ns, sample->told_ns, &least, &most);
		if (theirs > (double)most) {
			check.more++;
		} else if (theirs < (double)least && sample->metrics.header == HEADER_AT_START) {
			check.fewer++;
			most = least;
		} else {
			continue;
		}
		check.theirs += theirs;
		check.ours += (double)most;
	}
	waiting_release(&waiting);
	differ = (double)(check.more + check.fewer);
	check.theirs = differ > 0 ? check.theirs / differ : NAN;
	check.ours = differ > 0 ? check.ours / differ : NAN;
	return check;
}

bool waiting_check_differs(const struct waiting_check *check)
{
	return check->compared >= WAITING_CHECK_LEAST &&
	       (check->more == check->compared || check->fewer == check->compared);
}
