/* The mirror of record_json(). */
#include <limits.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/record.h"

static int64_t stamp_of(const struct json *json, const char *key, int64_t origin_ns)
{
	int64_t since_ns = json_get_integer(json, key);

	return since_ns == JSON_UNKNOWN ? TIME_UNKNOWN : origin_ns + since_ns;
}

/* A count that is 0 where it is not told. */
static int64_t count_of(const struct json *json, const char *key)
{
	int64_t count = json_get_integer(json, key);

	return count == JSON_UNKNOWN ? 0 : count;
}

static bool parse_outcome(const char *name, enum outcome *outcome)
{
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (text_equal(name, outcome_name((enum outcome)i))) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

/* False: they do not ascend, so that they are no stamps. */
static bool parse_events(const struct json *list, int64_t origin_ns, struct record *record)
{
	int64_t before_ns = JSON_UNKNOWN;

	record->event_ns = memory_new(json_count(list), sizeof(*record->event_ns));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t since_ns = json_as_integer(item);

		if (since_ns == JSON_UNKNOWN || since_ns < before_ns)
			return false;
		record->event_ns[record->event_count++] = origin_ns + since_ns;
		before_ns = since_ns;
	}
	return true;
}

static void parse_counts(const struct json *json, struct record *record)
{
	record->turn = count_of(json, "turn");
	record->asked_input_tokens = count_of(json, "asked_input_tokens");
	record->asked_output_tokens = count_of(json, "asked_output_tokens");
	record->prompt_tokens = json_get_integer(json, "prompt_tokens");
	record->cached_tokens = json_get_integer(json, "cached_tokens");
	record->output_tokens = json_get_integer(json, "output_tokens");
	record->server_total_ns = json_get_integer(json, "server_total_ns");
	record->server_load_ns = json_get_integer(json, "server_load_ns");
	record->server_queue_ns = json_get_integer(json, "server_queue_ns");
	record->server_prefill_ns = json_get_integer(json, "server_prefill_ns");
	record->server_decode_ns = json_get_integer(json, "server_decode_ns");
	record->server_peak_bytes = json_get_integer(json, "server_peak_bytes");
	record->audio_ns = json_get_integer(json, "audio_ns");
	record->heard_ns = json_get_integer(json, "heard_ns");
	record->dimensions = json_get_integer(json, "dimensions");
}

bool record_parse(const struct json *json, int64_t origin_ns, struct record *record)
{
	int64_t request = json_get_integer(json, "request"), trial = json_get_integer(json, "trial");

	*record = (struct record){0};
	if (!text_equal(json_get_string(json, "schema"), "llmbench.record/1") || request < 0 || trial < 1 ||
	    trial > INT_MAX || !parse_outcome(json_get_string(json, "outcome"), &record->outcome))
		return false;
	if (!parse_events(json_get(json, "event_ns"), origin_ns, record)) {
		record_release(record);
		return false;
	}
	record->request = (size_t)request;
	record->trial = (int)trial;
	record->http_status = (int)count_of(json, "http_status");
	record->retries = (int)count_of(json, "retries");
	record->due_ns = stamp_of(json, "due_ns", origin_ns);
	record->sent_ns = stamp_of(json, "sent_ns", origin_ns);
	record->header_ns = stamp_of(json, "header_ns", origin_ns);
	record->done_ns = stamp_of(json, "done_ns", origin_ns);
	record->stamp_lag_ns = json_get_integer(json, "stamp_lag_ns");
	parse_counts(json, record);
	record->done_reason = memory_string(json_get_string(json, "done_reason"));
	record->error = memory_string(json_get_string(json, "error"));
	record->text = memory_string(json_get_string(json, "text"));
	return true;
}
