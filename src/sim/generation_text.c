#include "sim/generation_text.h"

#include <inttypes.h>

#include "sim/gotext.h"

#define FIRST_TOKEN_ID 1000 /* of the made-up context array */

static void add_head(struct text *text, const struct reply_head *head)
{
	text_add(text, "{\"model\":");
	go_add_json_string(text, head->model);
	text_add(text, ",\"created_at\":\"");
	go_add_time(text, head->wall_ns);
	text_add(text, "\",");
}

static void add_message(struct text *text, const struct reply_head *head, const char *response, const char *thoughts)
{
	text_add(text, head->chat ? "\"message\":{\"role\":\"assistant\",\"content\":" : "\"response\":");
	go_add_json_string(text, response);
	if (*thoughts != '\0') {
		text_add(text, ",\"thinking\":");
		go_add_json_string(text, thoughts);
	}
	if (head->chat)
		text_add_char(text, '}');
}

void reply_add_token(struct text *text, const struct reply_head *head, const char *word, bool is_thought)
{
	bool apart = is_thought && head->has_thinking;

	add_head(text, head);
	add_message(text, head, apart ? "" : word, apart ? word : "");
	text_add(text, ",\"done\":false}\n");
}

static void add_done(struct text *text, const char *reason)
{
	text_addf(text, ",\"done\":true,\"done_reason\":\"%s\"", reason);
}

void reply_add_notice(struct text *text, const struct reply_head *head, const char *reason)
{
	add_head(text, head);
	add_message(text, head, "", "");
	add_done(text, reason);
	text_add_char(text, '}');
}

/* Go leaves zeros out. */
static void add_number(struct text *text, const char *key, int64_t value)
{
	if (value != 0)
		text_addf(text, ",\"%s\":%" PRId64, key, value);
}

static void add_context(struct text *text, int tokens)
{
	text_add(text, ",\"context\":[");
	for (int i = 0; i < tokens; i++)
		text_addf(text, i == 0 ? "%d" : ",%d", FIRST_TOKEN_ID + i);
	text_add_char(text, ']');
}

void reply_add_end(struct text *text, const struct reply_head *head, const struct reply_end *end)
{
	add_head(text, head);
	add_message(text, head, end->response, end->thoughts);
	add_done(text, end->reason);
	if (end->has_context)
		add_context(text, end->prompt_tokens + end->answer_tokens);
	add_number(text, "total_duration", end->total_ns);
	add_number(text, "load_duration", end->load_ns);
	add_number(text, "prompt_eval_count", end->counted_prompt_tokens);
	add_number(text, "prompt_eval_duration", end->prompt_ns);
	add_number(text, "eval_count", end->answer_tokens);
	add_number(text, "eval_duration", end->answer_ns);
	text_add_char(text, '}');
}
