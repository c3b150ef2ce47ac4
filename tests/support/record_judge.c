#include "record_judge.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "core/metric.h"

static bool is_count(int64_t value)
{
	return value >= 0 || value == JSON_UNKNOWN;
}

static bool figures_are_possible(const struct record *record)
{
	return is_count(record->prompt_tokens) && is_count(record->output_tokens) && is_count(record->cached_tokens) &&
	       is_count(record->server_total_ns) && is_count(record->server_load_ns) &&
	       is_count(record->server_queue_ns) && is_count(record->server_prefill_ns) &&
	       is_count(record->server_decode_ns) && is_count(record->server_peak_bytes) &&
	       is_count(record->audio_ns) && is_count(record->heard_ns) && is_count(record->dimensions);
}

/* Each event came with a chunk, in order, before the end. */
static bool events_are_possible(const struct record *record, const struct exchange *exchange)
{
	size_t chunk = 0;

	for (size_t i = 0; i < record->event_count; i++) {
		while (chunk < exchange->chunk_count && exchange->chunks[chunk].at_ns < record->event_ns[i])
			chunk++;
		if (chunk == exchange->chunk_count || exchange->chunks[chunk].at_ns != record->event_ns[i])
			return false;
	}
	return record->event_count == 0 || record->event_ns[record->event_count - 1] <= record->done_ns;
}

static bool metrics_are_possible(const struct record *record)
{
	bool possible = true;

	for (size_t i = 0; i < metric_count; i++) {
		struct series series = {0};

		if (metrics[i].scope != METRIC_REQUEST)
			continue;
		metrics[i].request(record, &series);
		for (size_t k = 0; k < series.count; k++)
			possible = possible && isfinite(series.values[k]) && series.values[k] >= 0;
		series_release(&series);
	}
	return possible;
}

static bool is_shown_safely(const char *words)
{
	struct text masked = {0};
	bool same;

	if (words == NULL)
		return true;
	text_add_masked(&masked, words, strlen(words));
	same = strcmp(words, text_string(&masked)) == 0;
	text_release(&masked);
	return same;
}

const char *record_judge(const struct record *record, const struct exchange *exchange)
{
	if ((int)record->outcome < 0 || (int)record->outcome >= OUTCOME_COUNT)
		return "no outcome";
	if (record->outcome == OUTCOME_OK && exchange->http_status != 200)
		return "good with another status than 200";
	if (record->outcome == OUTCOME_OK && record->error != NULL)
		return "good with an error";
	if (exchange->http_status != 200 && record->event_count > 0)
		return "events of a reply that is no answer";
	if (!events_are_possible(record, exchange))
		return "impossible events";
	if (!figures_are_possible(record))
		return "impossible figures";
	if (record->outcome == OUTCOME_OK && !metrics_are_possible(record))
		return "impossible metrics";
	if (!is_shown_safely(record->error) || !is_shown_safely(record->done_reason))
		return "words that drive a terminal";
	if (record->text != NULL && strlen(record->text) > RECORD_TEXT_MAX)
		return "too much text";
	return NULL;
}
