#include "core/metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/metric_load.h"
#include "core/metric_machine.h"
#include "core/metric_media.h"

void series_add(struct series *series, double value)
{
	if (isnan(value))
		return;
	series->values = memory_grow(series->values, &series->capacity, series->count, sizeof(*series->values));
	series->values[series->count++] = value;
}

void series_release(struct series *series)
{
	free(series->values);
	*series = (struct series){0};
}

/* Milliseconds between two stamps; NAN when one is unknown. */
static double between_ms(int64_t from_ns, int64_t to_ns)
{
	if (from_ns == TIME_UNKNOWN || to_ns == TIME_UNKNOWN)
		return NAN;
	return (double)(to_ns - from_ns) / (double)NS_PER_MS;
}

static double known_ms(int64_t duration_ns)
{
	return duration_ns == TIME_UNKNOWN ? NAN : (double)duration_ns / (double)NS_PER_MS;
}

static double known_count(int64_t count)
{
	return count == JSON_UNKNOWN ? NAN : (double)count;
}

/* Both of the server; no rate comes of one token or of no time. */
static double tokens_per_s(int64_t tokens, int64_t duration_ns)
{
	if (tokens == JSON_UNKNOWN || tokens < 2 || duration_ns == TIME_UNKNOWN || duration_ns <= 0)
		return NAN;
	return (double)tokens / ((double)duration_ns / (double)NS_PER_S);
}

static void request_ttft(const struct record *record, struct series *into)
{
	if (record->event_count > 0)
		series_add(into, between_ms(record->due_ns, record->event_ns[0]));
}

static void request_itl(const struct record *record, struct series *into)
{
	for (size_t i = 1; i < record->event_count; i++)
		series_add(into, between_ms(record->event_ns[i - 1], record->event_ns[i]));
}

static void request_tpot(const struct record *record, struct series *into)
{
	double span_ms;

	if (record->event_count < 2 || record->output_tokens == JSON_UNKNOWN || record->output_tokens < 2)
		return;
	span_ms = between_ms(record->event_ns[0], record->event_ns[record->event_count - 1]);
	series_add(into, span_ms / (double)(record->output_tokens - 1));
}

static void request_e2e(const struct record *record, struct series *into)
{
	series_add(into, between_ms(record->due_ns, record->done_ns));
}

static void request_send_lag(const struct record *record, struct series *into)
{
	series_add(into, between_ms(record->due_ns, record->sent_ns));
}

static void request_stamp_lag(const struct record *record, struct series *into)
{
	series_add(into, known_ms(record->stamp_lag_ns));
}

static void request_prompt_tokens(const struct record *record, struct series *into)
{
	series_add(into, known_count(record->prompt_tokens));
}

static void request_output_tokens(const struct record *record, struct series *into)
{
	series_add(into, known_count(record->output_tokens));
}

static void request_server_load(const struct record *record, struct series *into)
{
	series_add(into, known_ms(record->server_load_ns));
}

static void request_queue_wait(const struct record *record, struct series *into)
{
	series_add(into, known_ms(record_queue_wait_ns(record)));
}

static void request_prefill_rate(const struct record *record, struct series *into)
{
	int64_t computed = record->prompt_tokens;

	if (computed != JSON_UNKNOWN && record->cached_tokens != JSON_UNKNOWN)
		computed -= record->cached_tokens;
	series_add(into, tokens_per_s(computed, record->server_prefill_ns));
}

static void request_decode_rate(const struct record *record, struct series *into)
{
	series_add(into, tokens_per_s(record->output_tokens, record->server_decode_ns));
}

static size_t count_ok(const struct trial *trial)
{
	size_t ok = 0;

	for (size_t i = 0; i < trial->count; i++)
		ok += trial->records[i].outcome == OUTCOME_OK;
	return ok;
}

/* Where no request succeeded there was no work, and so no speed of it. */
static double per_second(const struct trial *trial, double amount)
{
	return count_ok(trial) > 0 && trial->wall_s > 0 ? amount / trial->wall_s : NAN;
}

static double trial_output_rate(const struct trial *trial)
{
	double tokens = 0;

	for (size_t i = 0; i < trial->count; i++)
		if (trial->records[i].outcome == OUTCOME_OK)
			tokens += known_count(trial->records[i].output_tokens);
	return per_second(trial, tokens);
}

static double trial_request_rate(const struct trial *trial)
{
	return per_second(trial, (double)count_ok(trial));
}

static double trial_duration(const struct trial *trial)
{
	return count_ok(trial) > 0 ? trial->wall_s : NAN;
}

#define REQUEST(function) .scope = METRIC_REQUEST, .request = (function)
#define TRIAL(function)   .scope = METRIC_TRIAL, .trial = (function)

const struct metric metrics[] = {
    {.name = "ttft_ms",
     .title = "TTFT",
     .unit = "ms",
     REQUEST(request_ttft),
     .better = METRIC_LOWER,
     .definition = "Time to first token: from when the request was due to its first text event, thinking "
                   "included; by llmbench's clock."},
    {.name = "itl_ms",
     .title = "ITL",
     .unit = "ms",
     REQUEST(request_itl),
     .better = METRIC_LOWER,
     .definition = "Inter-token latency: every gap between successive text events of a request; by "
                   "llmbench's clock; a server may put several tokens in one event."},
    {.name = "tpot_ms",
     .title = "TPOT",
     .unit = "ms",
     REQUEST(request_tpot),
     .better = METRIC_LOWER,
     .definition = "Time per output token: (last text event - first text event) / (output tokens - 1), "
                   "by llmbench's clock and the server's count; unknown below two events or two tokens."},
    {.name = "e2e_ms",
     .title = "E2E",
     .unit = "ms",
     REQUEST(request_e2e),
     .better = METRIC_LOWER,
     .definition = "End to end: from when the request was due to the last byte of its reply; by "
                   "llmbench's clock."},
    {.name = "ttft_from_sent_ms",
     .title = "TTFT from sent",
     .unit = "ms",
     REQUEST(load_ttft_from_sent),
     .better = METRIC_LOWER,
     .definition = "From when the request's first byte was sent to its first text event; by llmbench's clock. "
                   "It leaves out how late the request was sent, which TTFT has."},
    {.name = "e2e_from_sent_ms",
     .title = "E2E from sent",
     .unit = "ms",
     REQUEST(load_e2e_from_sent),
     .better = METRIC_LOWER,
     .definition = "From when the request's first byte was sent to the last byte of its reply; by llmbench's "
                   "clock. It leaves out how late the request was sent, which E2E has."},
    {.name = "send_lag_ms",
     .title = "Send lag",
     .unit = "ms",
     REQUEST(request_send_lag),
     .better = METRIC_NEUTRAL,
     .definition = "llmbench's own delay: from when the request was due to when its first byte was sent; "
                   "part of TTFT and E2E."},
    {.name = "stamp_lag_ms",
     .title = "Stamp lag",
     .unit = "ms",
     REQUEST(request_stamp_lag),
     .better = METRIC_NEUTRAL,
     .definition = "The longest that bytes of the reply lay in the kernel before llmbench read them: how late "
                   "its stamps would be without the kernel's; unknown where the kernel does not stamp."},
    {.name = "prompt_tokens",
     .title = "Prompt tokens",
     .unit = "tokens",
     REQUEST(request_prompt_tokens),
     .better = METRIC_NEUTRAL,
     .definition = "Tokens of the prompt with its template, as the server counted; some servers leave "
                   "out what they had cached."},
    {.name = "output_tokens",
     .title = "Output tokens",
     .unit = "tokens",
     REQUEST(request_output_tokens),
     .better = METRIC_NEUTRAL,
     .definition = "Tokens generated, thinking included, as the server counted."},
    {.name = "server_load_ms",
     .title = "Server load",
     .unit = "ms",
     REQUEST(request_server_load),
     .better = METRIC_LOWER,
     .definition = "Time from the request's arrival until the model was loaded and ready for it, as the "
                   "server measured it."},
    {.name = "server_queue_wait_ms",
     .title = "Queue wait",
     .unit = "ms",
     REQUEST(request_queue_wait),
     .better = METRIC_LOWER,
     .definition = "The wait for a free place: as the server told it, or as its header showed it that comes when "
                   "the wait is over; else the server's total time less its load, prefill and decode times, "
                   "not below 0, which has some other work in it."},
    {.name = "prefill_tokens_per_s",
     .title = "Prefill",
     .unit = "tokens/s",
     REQUEST(request_prefill_rate),
     .better = METRIC_HIGHER,
     .definition = "Prompt tokens, less those that the server says it had cached, / prefill time of one request, "
                   "all the server's own; where it does not say, a cached prompt makes it too high; unknown "
                   "for one token or no time."},
    {.name = "decode_tokens_per_s",
     .title = "Decode",
     .unit = "tokens/s",
     REQUEST(request_decode_rate),
     .better = METRIC_HIGHER,
     .definition = "Output tokens / decode time of one request, both the server's own; unknown for one "
                   "token or no time."},
    {.name = "output_tokens_per_s",
     .title = "Output tokens/s",
     .unit = "tokens/s",
     TRIAL(trial_output_rate),
     .better = METRIC_HIGHER,
     .definition = "Output tokens of all successful requests, as the server counted, / wall time of the "
                   "trial from first due to last done, by llmbench's clock; unknown when one of the "
                   "counts is, or when no request succeeded."},
    {.name = "requests_per_s",
     .title = "Requests/s",
     .unit = "requests/s",
     TRIAL(trial_request_rate),
     .better = METRIC_HIGHER,
     .definition = "Successful requests / wall time of the trial from first due to last done, by "
                   "llmbench's clock; unknown when no request succeeded."},
    {.name = "goodput_rps",
     .title = "Goodput",
     .unit = "requests/s",
     TRIAL(load_goodput),
     .better = METRIC_HIGHER,
     .definition = "Requests that succeeded and met every limit of slo / wall time of the trial, by llmbench's "
                   "clock; a limited value that is unknown meets nothing, and every gap must meet that of ITL; "
                   "unknown without slo."},
    {.name = "slo_met_pct",
     .title = "SLO met",
     .unit = "%",
     TRIAL(load_slo_met_pct),
     .better = METRIC_HIGHER,
     .definition = "Share of a trial's requests, failed ones included, that met every limit of slo, by "
                   "llmbench's clock; unknown without slo."},
    {.name = "asked_rate_rps",
     .title = "Asked rate",
     .unit = "requests/s",
     TRIAL(load_asked_rate),
     .better = METRIC_NEUTRAL,
     .definition = "Open loop: (requests - 1) / time from the first to the last due, by llmbench's schedule: the "
                   "knob rate, less the luck of random arrivals; of conversations only their first requests, as "
                   "later ones are due when the one before them has ended."},
    {.name = "achieved_rate_rps",
     .title = "Achieved rate",
     .unit = "requests/s",
     TRIAL(load_achieved_rate),
     .better = METRIC_NEUTRAL,
     .definition = "Open loop: (requests sent - 1) / time from the first to the last sent, by llmbench's clock; of "
                   "conversations only their first requests."},
    {.name = "shared_stamps_pct",
     .title = "Shared stamps",
     .unit = "%",
     TRIAL(load_shared_stamps_pct),
     .better = METRIC_NEUTRAL,
     .definition = "Share of the gaps of ITL that are 0 because one read of llmbench took both text events, "
                   "which then have the stamp of the later one; by llmbench's clock; unknown without gaps."},
    {.name = "rtf",
     .title = "RTF",
     .unit = "s/s",
     REQUEST(media_rtf),
     .better = METRIC_LOWER,
     .definition = "Real-time factor: from when the request's first byte was sent to the last byte of its reply, by "
                   "llmbench's clock, the recording's way to the server included, / length of the recording by "
                   "its WAV file. Whisper models compute windows of 30 s, so that short recordings look slower."},
    {.name = "rtfx",
     .title = "RTFx",
     .unit = "s/s",
     TRIAL(media_rtfx),
     .better = METRIC_HIGHER,
     .definition = "Length of the recordings of all successful requests, by their WAV files, / wall time of the "
                   "trial from first due to last done, by llmbench's clock."},
    {.name = "audio_s",
     .title = "Audio",
     .unit = "s",
     REQUEST(media_audio),
     .better = METRIC_NEUTRAL,
     .definition = "Length of the request's recording, by the frames that llmbench counts in its WAV file."},
    {.name = "inputs_per_s",
     .title = "Inputs/s",
     .unit = "inputs/s",
     TRIAL(media_inputs_per_s),
     .better = METRIC_HIGHER,
     .definition = "Texts whose embedding arrived / wall time of the trial from first due to last done, by "
                   "llmbench's clock."},
    {.name = "input_tokens_per_s",
     .title = "Input tokens/s",
     .unit = "tokens/s",
     TRIAL(media_input_tokens_per_s),
     .better = METRIC_HIGHER,
     .definition = "Tokens of all texts whose embedding arrived, as the server counted, / wall time of the trial, by "
                   "llmbench's clock; unknown when one of the counts is."},
    {.name = "dimensions",
     .title = "Dimensions",
     .unit = "numbers",
     REQUEST(media_dimensions),
     .better = METRIC_NEUTRAL,
     .definition = "Numbers in the embedding that the server sent."},
    {.name = "duration_s",
     .title = "Duration",
     .unit = "s",
     TRIAL(trial_duration),
     .better = METRIC_LOWER,
     .definition = "Wall time of the trial: from when its first request was due to the end of its last "
                   "one, failed ones included; by llmbench's clock; unknown when no request succeeded."},
    {.name = "model_load_s",
     .title = "Model load",
     .unit = "s",
     .scope = METRIC_CELL,
     .better = METRIC_LOWER,
     .definition = "From the request that loads the model to its answer, before anything is measured; by "
                   "llmbench's clock; unknown for a server that loads its model when it starts."},
    {.name = "server_start_s",
     .title = "Server start",
     .unit = "s",
     .scope = METRIC_CELL,
     .better = METRIC_LOWER,
     .definition = "From starting the server to its first answer that says it is ready, by llmbench's clock; "
                   "of a server that loads its model when it starts the load is part of it; unknown for a "
                   "server that was running."},
    {.name = "late_requests",
     .title = "Late",
     .unit = "requests",
     .scope = METRIC_CELL,
     .better = METRIC_NEUTRAL,
     .definition = "Open loop: requests of all trials that were sent more than 1 ms after they were due, by "
                   "llmbench's clock."},
    {.name = "unsent_requests",
     .title = "Unsent",
     .unit = "requests",
     .scope = METRIC_CELL,
     .better = METRIC_NEUTRAL,
     .definition = "Open loop: requests of all trials that llmbench never sent: no connection, or cancelled first."},
    MACHINE_METRICS(METRIC_OF_CELL)};

const size_t metric_count = sizeof(metrics) / sizeof(metrics[0]);

const struct metric *metric_find(const char *name)
{
	for (size_t i = 0; i < metric_count; i++)
		if (strcmp(metrics[i].name, name) == 0)
			return &metrics[i];
	return NULL;
}
