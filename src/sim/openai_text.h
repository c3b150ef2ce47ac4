/*
 * The JSON and the events of OpenAI's interface, as each kind of server writes
 * them. Pure.
 */
#ifndef SIM_OPENAI_TEXT_H
#define SIM_OPENAI_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "sim/kind.h"

struct openai_head {
	const struct kind *kind;
	bool chat;
	const char *id, *model;
	int64_t created_s;
};

/* What the server counts and times. */
struct openai_counts {
	int prompt_tokens; /* all of them */
	int cached_tokens;
	int answer_tokens;
	int64_t queue_ns, prompt_ns, answer_ns;
	int64_t peak_bytes;
};

/* What a chunk or a whole reply says beside its text; NULL: nothing. */
struct openai_extras {
	const struct openai_counts *usage;
	const struct openai_counts *timings;    /* llama-server's object, by the kind's definition */
	const struct openai_counts *metrics;    /* vLLM's */
	const struct openai_counts *in_usage;   /* LocalAI's milliseconds, within usage */
	const struct openai_counts *rate_alone; /* mlx-vlm's running rate */
};

struct openai_chunk {
	bool is_empty; /* choices [] */
	bool role, null_content;
	const char *content, *thoughts; /* NULL: absent; the text of /v1/completions is `content` */
	const char *reason;             /* finish_reason; NULL: not the last */
	struct openai_extras extras;
};

void openai_add_chunk(struct text *text, const struct openai_head *head, const struct openai_chunk *chunk);

/* A reply that is not streamed. */
void openai_add_whole(struct text *text, const struct openai_head *head, const char *content, const char *thoughts,
                      const char *reason, const struct openai_extras *extras);

/* "data: …" and an empty line. */
void openai_add_event(struct text *text, const struct kind *kind, const char *data);

/* ": keepalive 3/12" and an empty line; ":" when the kind has no comments. `wall_ns` is for those with a date. */
void openai_add_comment(struct text *text, const struct kind *kind, int done, int total, int64_t wall_ns);

struct openai_error {
	int status;
	const char *type;
	const char *message;
};

/* The body of a reply with that status. */
void openai_add_error(struct text *text, const struct kind *kind, const struct openai_error *error);

/* The same within a stream. */
void openai_add_stream_error(struct text *text, const struct kind *kind, const struct openai_error *error);

#endif
