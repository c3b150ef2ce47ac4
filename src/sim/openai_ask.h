/*
 * The body of POST /v1/chat/completions and /v1/completions: read, checked as
 * the kind of server checks it, and turned into what is to be done. Pure.
 */
#ifndef SIM_OPENAI_ASK_H
#define SIM_OPENAI_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "sim/image.h"
#include "sim/kind.h"
#include "sim/model.h"

/* What the server would have to know to read a request. */
struct openai_rules {
	const struct kind *kind;
	const struct model *model;
	const char *model_name; /* that it is served under */
	int context_size;       /* per slot */
	int image_tokens;       /* of one image */
};

struct openai_ask {
	bool chat, stream;
	bool include_usage, usage_each, timings_each;
	bool is_fresh; /* without the prompt cache */
	bool ignores_eos;
	int64_t limit;   /* of tokens to answer; <= 0: none */
	int64_t least;   /* tokens before an end by itself; 0: none */
	int64_t seed;    /* -1: none */
	char *prompt;    /* the text that the model reads */
	char *cache_key; /* the same with marks for images, after the salt: what the prompt cache compares */
	size_t salt_size;
	int prompt_tokens; /* images included */
	int image_count;
	uint64_t images[IMAGES_MAX];

	/* when it is refused */
	int status;
	const char *type; /* static */
	struct text error;
};

/* False: refused, with status, type and error. Release it in either case. */
bool openai_ask_read(struct openai_ask *ask, bool chat, const char *bytes, size_t size,
                     const struct openai_rules *rules);
void openai_ask_release(struct openai_ask *ask);

/* Whether a request for this model is one for that which is served; NULL: the request names none. */
bool openai_serves(const struct openai_rules *rules, const char *name);

/* Refuses what is not served, as the kind does; true when all is well. */
bool openai_check_model(const struct openai_rules *rules, const char *name, int *status, const char **type,
                        struct text *error);

#endif
