/*
 * What differs between servers of the OpenAI interface: one row each. What a
 * row does not say is the portable request that all of them take, {model,
 * messages or prompt, stream, stream_options.include_usage, max_tokens,
 * temperature}, and routes below /v1.
 */
#ifndef TARGET_OPENAI_KINDS_H
#define TARGET_OPENAI_KINDS_H

#include <stdbool.h>

#include "core/cell.h"
#include "core/facts.h"

/* How a request is made to have all its output tokens (knob ignore_eos). */
enum openai_length {
	OPENAI_LENGTH_MODEL,      /* it cannot: the model decides */
	OPENAI_LENGTH_IGNORE_EOS, /* ignore_eos: true */
	OPENAI_LENGTH_GENERATION, /* a generation_config, as JSON in a string */
};

/* How thinking is asked for and switched off (knob think; chat only). */
enum openai_thinking {
	OPENAI_THINKING_MODEL,    /* it cannot: the model's template decides */
	OPENAI_THINKING_TEMPLATE, /* chat_template_kwargs: {enable_thinking, reasoning_effort} */
	OPENAI_THINKING_EFFORT,   /* reasoning_effort, which may be "none" */
};

/*
 * A route that counts the tokens of a prompt without computing them. What it
 * says need not be what the model gets (run/fit.c compares once).
 */
struct openai_count {
	const char *path;  /* POST; NULL: there is none */
	const char *text;  /* the key of the prompt, beside the model's name; NULL: the body is that of the request */
	const char *with;  /* a switch that is true, so that what the server adds is counted; NULL: none is needed */
	const char *parse; /* likewise, so that control tokens in the text are such; NULL: none */
};

enum { OPENAI_PROGRAMS = 4 };

struct openai_kind {
	const char *name;
	/* Words of a command line that mean it, without folders; a first '.' means the end of such a word. NULL: no
	 * more. */
	const char *programs[OPENAI_PROGRAMS];

	/* requests */
	bool only_chat;     /* no /v1/completions: plain generation is asked of chat */
	bool takes_seed;    /* else it is refused, not known to be obeyed, or serves such requests one by one */
	bool usage_unasked; /* counts come always, and stream_options is not known */
	enum openai_length length;
	enum openai_thinking thinking;
	const char *cache_switch; /* a field that is false for prompts that must not be cached; NULL: none */

	/* questions; NULL: it cannot be asked */
	const char *ready_path;  /* 200 when it serves requests; NULL: only a request for one token tells */
	const char *own_model;   /* the name of the model that it was started with, for that request */
	const char *models_path; /* a list of models that has every model it can be asked for */
	bool list_may_fail;      /* for want of a folder, while requests are served */
	bool any_name;           /* has one model whatever it is asked for, which may be listed by its file */
	const char *model_path;  /* describes the model */
	const char *loaded_path; /* tells the context that a request has */
	bool loads_late;         /* the first request for a model loads it */
	struct openai_count count_prompt, count_chat;

	/* replies */
	bool queue_ends_with_header; /* a stream's header is sent when a slot begins with the request */
	bool finish_repeats;         /* each chunk of some versions has a finish_reason: only [DONE] tells the end */
};

/* The last row is "openai", the kind of a server that is not recognized. */
extern const struct openai_kind openai_kinds[];
extern const size_t openai_kind_count;

/* Of the server, as the facts (may be NULL), else the matrix, else nobody tell. */
const struct openai_kind *openai_kind_of(const struct cell *cell, const struct server_facts *server);

#endif
