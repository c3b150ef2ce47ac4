/*
 * The answer to one request on its way out: tokens become events, events are
 * written as the kind of server writes them, or are collected for a reply that
 * is not streamed.
 */
#ifndef SIM_OPENAI_REPLY_H
#define SIM_OPENAI_REPLY_H

#include "sim/call.h"
#include "sim/openai.h"
#include "sim/openai_text.h"
#include "sim/truth.h"

struct openai_reply {
	const struct openai *openai;
	const struct openai_ask *ask;
	struct call *call;
	struct openai_head head;
	struct openai_counts counts; /* so far */
	bool opened;                 /* the chunk before the first text is written */

	struct text next; /* of tokens that make the next event */
	int next_tokens;
	bool next_is_thought;
	struct text half;            /* a token whose character is not whole */
	struct text whole, thoughts; /* not streamed: all of it */

	struct evbuffer *unsent;
	struct event *split_timer; /* for the second half of a write; NULL until one is needed */
	struct openai_dues {
		int64_t *ns;
		size_t count, capacity;
	} dues; /* of tokens that are not sent yet */
	struct truth truth;
};

void openai_reply_begin(struct openai_reply *reply, const struct openai *openai, const struct openai_ask *ask,
                        struct call *call, const char *id);
void openai_reply_release(struct openai_reply *reply);

/* Only the status and the headers. */
void openai_reply_send_headers(struct openai_reply *reply);

/* The chunk before the first text, if the kind has one and it is not written yet. */
void openai_reply_open(struct openai_reply *reply);

/* The next token; its event is written with the next flush at the latest. */
void openai_reply_token(struct openai_reply *reply, const char *word, bool is_thought, int64_t due_ns);

/* Everything so far goes out. */
void openai_reply_flush(struct openai_reply *reply);

/* A comment line goes out now. */
void openai_reply_comment(struct openai_reply *reply, int done, int total);

/* The end, with what the server says of the whole. The call is over afterwards, sooner or later. */
void openai_reply_end(struct openai_reply *reply, const char *reason);

/* An error in a stream, and its end. */
void openai_reply_fail(struct openai_reply *reply, const struct openai_error *error);

/* Ends a stream as HTTP wants it; `says_done`: with [DONE]. */
void openai_reply_stop(struct openai_reply *reply, bool says_done);

#endif
