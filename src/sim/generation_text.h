/*
 * The JSON lines of an answer, key by key in Ollama's order. Pure.
 */
#ifndef SIM_GENERATION_TEXT_H
#define SIM_GENERATION_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct reply_head {
	bool chat;
	bool has_thinking; /* thoughts stand apart */
	const char *model; /* as the request names it */
	int64_t wall_ns;
};

/* {"model":…,"created_at":…,"response":…,"done":false} and a new line. */
void reply_add_token(struct text *text, const struct reply_head *head, const char *word, bool is_thought);

/* The end of an answer without a runner's work: "load", "unload". */
void reply_add_notice(struct text *text, const struct reply_head *head, const char *reason);

struct reply_end {
	const char *reason;              /* "length", "stop" */
	const char *response, *thoughts; /* everything when not streamed, else "" */
	bool has_context;
	int prompt_tokens, answer_tokens;
	int counted_prompt_tokens; /* 0: left out */
	int64_t total_ns, load_ns, prompt_ns, answer_ns;
};

void reply_add_end(struct text *text, const struct reply_head *head, const struct reply_end *end);

#endif
