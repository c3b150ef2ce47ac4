#include "sim/openai_text.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "sim/gotext.h"

#define GIGABYTE 1e9

/* Some characters are escaped that need not be: any parser reads them. */
static void add_string(struct text *text, const char *key, const char *value)
{
	text_addf(text, "\"%s\":", key);
	go_add_json_string(text, value);
}

static double milliseconds(int64_t ns)
{
	return (double)ns / NS_PER_MS;
}

static double per_second(double count, int64_t ns)
{
	return ns > 0 ? count * NS_PER_S / (double)ns : 0;
}

static void add_usage(struct text *text, const struct kind *kind, const struct openai_extras *extras)
{
	const struct openai_counts *usage = extras->usage;

	if (usage == NULL) {
		if (kind->nulls == NULLS_ALL)
			text_add(text, ",\"usage\":null");
		return;
	}
	text_addf(text, ",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d",
	          usage->prompt_tokens, usage->answer_tokens, usage->prompt_tokens + usage->answer_tokens);
	if (kind->cached == CACHED_SAID)
		text_addf(text, ",\"prompt_tokens_details\":{\"cached_tokens\":%d}", usage->cached_tokens);
	if (extras->in_usage != NULL)
		text_addf(text, ",\"timing_prompt_processing\":%.3f,\"timing_token_generation\":%.3f",
		          milliseconds(extras->in_usage->prompt_ns), milliseconds(extras->in_usage->answer_ns));
	text_add_char(text, '}');
}

/* Newer llama.cpp counts from the first token on, so one token less than there are; "old" divides all of them. */
static void add_timings(struct text *text, const struct kind *kind, const struct openai_counts *counts)
{
	int evaluated = counts->prompt_tokens - counts->cached_tokens;
	double timed = kind->timings == TIMINGS_OLD ? counts->answer_tokens : counts->answer_tokens - 1;
	double rate = timed > 0 ? per_second(timed, counts->answer_ns) : 0;

	text_addf(text, ",\"timings\":{\"cache_n\":%d,\"prompt_n\":%d,\"prompt_ms\":%.3f,\"prompt_per_token_ms\":%.6f",
	          counts->cached_tokens, evaluated, milliseconds(counts->prompt_ns),
	          milliseconds(counts->prompt_ns) / evaluated);
	text_addf(text, ",\"prompt_per_second\":%.6f,\"predicted_n\":%d,\"predicted_ms\":%.3f",
	          per_second(evaluated, counts->prompt_ns), counts->answer_tokens, milliseconds(counts->answer_ns));
	text_addf(text, ",\"predicted_per_token_ms\":%.6f,\"predicted_per_second\":%.6f",
	          timed > 0 ? milliseconds(counts->answer_ns) / timed : 0, rate);
	if (kind->timings == TIMINGS_EACH)
		text_addf(text, ",\"peak_memory\":%.3f", (double)counts->peak_bytes / GIGABYTE);
	text_add_char(text, '}');
}

static void add_metrics(struct text *text, const struct openai_counts *counts)
{
	int gaps = counts->answer_tokens - 1;

	text_addf(text, ",\"metrics\":{\"time_to_first_token_ms\":%.3f,\"generation_time_ms\":%.3f",
	          milliseconds(counts->queue_ns + counts->prompt_ns), milliseconds(counts->answer_ns));
	text_addf(text, ",\"queue_time_ms\":%.3f,\"mean_itl_ms\":%.3f,\"tokens_per_second\":%.6f}",
	          milliseconds(counts->queue_ns), gaps > 0 ? milliseconds(counts->answer_ns) / gaps : 0,
	          per_second(counts->answer_tokens, counts->prompt_ns + counts->answer_ns));
}

static void add_extras(struct text *text, const struct kind *kind, const struct openai_extras *extras)
{
	add_usage(text, kind, extras);
	if (extras->timings != NULL)
		add_timings(text, kind, extras->timings);
	if (extras->rate_alone != NULL)
		text_addf(text, ",\"timings\":{\"predicted_per_second\":%.6f}",
		          per_second(extras->rate_alone->answer_tokens, extras->rate_alone->answer_ns));
	if (extras->metrics != NULL)
		add_metrics(text, extras->metrics);
}

static const char *thoughts_key(const struct kind *kind)
{
	return kind->thoughts == THOUGHTS_REASONING ? "reasoning" : "reasoning_content";
}

static void add_delta(struct text *text, const struct kind *kind, const struct openai_chunk *chunk)
{
	const char *comma = "";

	text_add(text, "\"delta\":{");
	if (chunk->role) {
		text_add(text, "\"role\":\"assistant\"");
		comma = ",";
	}
	if (chunk->null_content || chunk->content != NULL)
		text_add(text, comma);
	if (chunk->content != NULL)
		add_string(text, "content", chunk->content);
	else if (chunk->null_content)
		text_add(text, "\"content\":null");
	if (chunk->content != NULL || chunk->null_content)
		comma = ",";
	if (chunk->thoughts != NULL) {
		text_add(text, comma);
		add_string(text, thoughts_key(kind), chunk->thoughts);
	}
	text_add_char(text, '}');
}

static void add_reason(struct text *text, const struct kind *kind, const char *reason)
{
	if (reason != NULL)
		text_addf(text, "\"finish_reason\":\"%s\"%s", reason, kind->finish != NULL ? kind->finish : "");
	else
		text_add(text, "\"finish_reason\":null");
}

static void add_choices(struct text *text, const struct openai_head *head, const struct openai_chunk *chunk)
{
	const struct kind *kind = head->kind;
	bool says_reason = chunk->reason != NULL || kind->nulls != NULLS_LEFT_OUT;

	text_add(text, "\"choices\":[");
	if (!chunk->is_empty && !head->chat) {
		text_add_char(text, '{');
		add_string(text, "text", chunk->content != NULL ? chunk->content : "");
		text_add(text, ",\"index\":0,\"logprobs\":null");
		text_add(text, says_reason ? "," : "");
		if (says_reason)
			add_reason(text, kind, chunk->reason);
		text_add_char(text, '}');
	} else if (!chunk->is_empty) {
		text_add(text, "{\"index\":0,");
		add_delta(text, kind, chunk);
		text_add(text, says_reason ? "," : "");
		if (says_reason)
			add_reason(text, kind, chunk->reason);
		text_add_char(text, '}');
	}
	text_add_char(text, ']');
}

static void add_head(struct text *text, const struct openai_head *head, const char *object)
{
	add_string(text, "id", head->id);
	text_addf(text, ",\"object\":\"%s\",\"created\":%" PRId64 ",", object, head->created_s);
	add_string(text, "model", head->model);
	if (head->kind->order == ORDER_CHOICES) /* llama-server's */
		text_add(text, ",\"system_fingerprint\":\"" KIND_LLAMA_BUILD "\"");
}

void openai_add_chunk(struct text *text, const struct openai_head *head, const struct openai_chunk *chunk)
{
	const char *object = head->chat ? "chat.completion.chunk" : "text_completion";
	bool choices_first = head->kind->order == ORDER_CHOICES;

	text_add_char(text, '{');
	if (choices_first) {
		add_choices(text, head, chunk);
		text_add_char(text, ',');
	}
	add_head(text, head, object);
	if (!choices_first) {
		text_add_char(text, ',');
		add_choices(text, head, chunk);
	}
	add_extras(text, head->kind, &chunk->extras);
	text_add_char(text, '}');
}

void openai_add_whole(struct text *text, const struct openai_head *head, const char *content, const char *thoughts,
                      const char *reason, const struct openai_extras *extras)
{
	text_add_char(text, '{');
	add_head(text, head, head->chat ? "chat.completion" : "text_completion");
	text_add(text, ",\"choices\":[{\"index\":0,");
	if (head->chat)
		text_add(text, "\"message\":{\"role\":\"assistant\",");
	add_string(text, head->chat ? "content" : "text", content);
	if (*thoughts != '\0') {
		text_add_char(text, ',');
		add_string(text, thoughts_key(head->kind), thoughts);
	}
	text_add(text, head->chat ? "}," : ",\"logprobs\":null,");
	add_reason(text, head->kind, reason);
	text_add(text, "}]");
	add_extras(text, head->kind, extras);
	text_add_char(text, '}');
}

static const char *line_end(const struct kind *kind)
{
	return kind->lines == LINES_CRLF ? "\r\n" : "\n";
}

void openai_add_event(struct text *text, const struct kind *kind, const char *data)
{
	text_addf(text, "data:%s%s%s%s", kind->data == DATA_BARE ? "" : " ", data, line_end(kind), line_end(kind));
}

void openai_add_comment(struct text *text, const struct kind *kind, int done, int total, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	char date[64];

	switch ((enum quirk_ping)kind->ping) {
	case PING_NONE:
	case PING_COLON:
		text_add(text, ":");
		break;
	case PING_PROGRESS:
		text_addf(text, ": keepalive %d/%d", done, total);
		break;
	case PING_HEARTBEAT:
		text_add(text, ": heartbeat");
		break;
	case PING_DATE:
		gmtime_r(&seconds, &tm);
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
		text_addf(text, ": ping - %s.000000+00:00", date);
		break;
	}
	text_addf(text, "%s%s", line_end(kind), line_end(kind));
}

static void add_error_object(struct text *text, const struct kind *kind, const struct openai_error *error)
{
	text_add(text, kind->errors == ERRORS_FLAT ? "{\"object\":\"error\"," : "{");
	if (kind->errors == ERRORS_LLAMA)
		text_addf(text, "\"code\":%d,", error->status);
	add_string(text, "message", error->message);
	text_add_char(text, ',');
	add_string(text, "type", error->type);
	if (kind->errors != ERRORS_LLAMA)
		text_addf(text, ",\"param\":null,\"code\":%d", error->status);
	text_add_char(text, '}');
}

/* {"detail":"…"}; KoboldCpp, when it is busy, has an object there. */
static void add_detail(struct text *text, const struct openai_error *error)
{
	text_add(text, "{\"detail\":");
	if (text_equal(error->type, "service_unavailable")) {
		text_add(text, "{");
		add_string(text, "msg", error->message);
		text_add(text, ",");
		add_string(text, "type", error->type);
		text_add(text, "}");
	} else {
		go_add_json_string(text, error->message);
	}
	text_add_char(text, '}');
}

void openai_add_error(struct text *text, const struct kind *kind, const struct openai_error *error)
{
	switch ((enum quirk_errors)kind->errors) {
	case ERRORS_LLAMA:
	case ERRORS_OPENAI:
		text_add(text, "{\"error\":");
		add_error_object(text, kind, error);
		text_add_char(text, '}');
		return;
	case ERRORS_FLAT:
		add_error_object(text, kind, error);
		return;
	case ERRORS_DETAIL:
		add_detail(text, error);
		return;
	case ERRORS_TEXT:
	case ERRORS_TGI:
		text_add_char(text, '{');
		add_string(text, "error", error->message);
		if (kind->errors == ERRORS_TGI) {
			text_add_char(text, ',');
			add_string(text, "error_type", error->type);
		}
		text_add_char(text, '}');
		return;
	}
}

void openai_add_stream_error(struct text *text, const struct kind *kind, const struct openai_error *error)
{
	text_add(text, "{\"error\":");
	switch ((enum quirk_errors)kind->errors) {
	case ERRORS_LLAMA:
	case ERRORS_OPENAI:
	case ERRORS_FLAT:
		add_error_object(text, kind, error);
		break;
	case ERRORS_TEXT:
	case ERRORS_DETAIL:
		go_add_json_string(text, error->message);
		break;
	case ERRORS_TGI: /* it says 422 whatever the matter is */
		text_add_char(text, '{');
		add_string(text, "message", error->message);
		text_add(text, ",\"http_status_code\":422}");
		break;
	}
	text_add_char(text, '}');
}
