#include "core/record.h"

#include <stdlib.h>

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
#define X(symbol, name, meaning) [symbol] = (name),
	    OUTCOMES(X)
#undef X
	};

	return names[outcome];
}

const char *outcome_meaning(enum outcome outcome)
{
	static const char *const meanings[] = {
#define X(symbol, name, meaning) [symbol] = (meaning),
	    OUTCOMES(X)
#undef X
	};

	return meanings[outcome];
}

void record_strip(struct record *record)
{
	free(record->event_ns);
	free(record->done_reason);
	free(record->error);
	free(record->text);
	record->event_ns = NULL;
	record->done_reason = record->error = record->text = NULL;
}

void record_release(struct record *record)
{
	record_strip(record);
	*record = (struct record){0};
}

int64_t record_queue_wait_ns(const struct record *record)
{
	int64_t rest_ns;

	if (record->server_queue_ns != TIME_UNKNOWN)
		return record->server_queue_ns;
	if (record->server_total_ns == TIME_UNKNOWN || record->server_load_ns == TIME_UNKNOWN ||
	    record->server_prefill_ns == TIME_UNKNOWN || record->server_decode_ns == TIME_UNKNOWN)
		return TIME_UNKNOWN;
	rest_ns =
	    record->server_total_ns - record->server_load_ns - record->server_prefill_ns - record->server_decode_ns;
	return rest_ns > 0 ? rest_ns : 0;
}

static int64_t since(int64_t origin_ns, int64_t stamp_ns)
{
	return stamp_ns == TIME_UNKNOWN ? JSON_UNKNOWN : stamp_ns - origin_ns;
}

static int64_t if_any(int64_t count)
{
	return count > 0 ? count : JSON_UNKNOWN;
}

struct json *record_json(const struct record *record, const char *cell_id, int64_t origin_ns)
{
	struct json *json = json_new_object(), *events = json_new_list();

	for (size_t i = 0; i < record->event_count; i++)
		json_append_integer(events, since(origin_ns, record->event_ns[i]));
	json_set_string(json, "schema", "llmbench.record/1");
	json_set_string(json, "cell", cell_id);
	json_set_integer(json, "trial", record->trial);
	json_set_integer(json, "request", (int64_t)record->request);
	json_set_string(json, "outcome", outcome_name(record->outcome));
	json_set_integer(json, "http_status", record->http_status == 0 ? JSON_UNKNOWN : record->http_status);
	json_set_integer(json, "retries", record->retries);
	json_set_integer(json, "due_ns", since(origin_ns, record->due_ns));
	json_set_integer(json, "sent_ns", since(origin_ns, record->sent_ns));
	json_set_integer(json, "header_ns", since(origin_ns, record->header_ns));
	json_set_integer(json, "done_ns", since(origin_ns, record->done_ns));
	json_set_integer(json, "stamp_lag_ns", record->stamp_lag_ns);
	json_set(json, "event_ns", events);
	json_set_integer(json, "turn", if_any(record->turn));
	json_set_integer(json, "asked_input_tokens", if_any(record->asked_input_tokens));
	json_set_integer(json, "asked_output_tokens", if_any(record->asked_output_tokens));
	json_set_integer(json, "prompt_tokens", record->prompt_tokens);
	json_set_integer(json, "cached_tokens", record->cached_tokens);
	json_set_integer(json, "output_tokens", record->output_tokens);
	json_set_integer(json, "server_total_ns", record->server_total_ns);
	json_set_integer(json, "server_load_ns", record->server_load_ns);
	json_set_integer(json, "server_queue_ns", record->server_queue_ns);
	json_set_integer(json, "server_prefill_ns", record->server_prefill_ns);
	json_set_integer(json, "server_decode_ns", record->server_decode_ns);
	json_set_integer(json, "server_peak_bytes", record->server_peak_bytes);
	json_set_integer(json, "audio_ns", record->audio_ns);
	json_set_integer(json, "heard_ns", record->heard_ns);
	json_set_integer(json, "dimensions", record->dimensions);
	json_set_string(json, "done_reason", record->done_reason);
	json_set_string(json, "error", record->error);
	json_set_string(json, "text", record->text);
	return json;
}
