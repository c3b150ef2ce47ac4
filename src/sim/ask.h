/*
 * The body of POST /api/generate and /api/chat: read, checked as Ollama checks
 * it, and turned into what is to be done.
 */
#ifndef SIM_ASK_H
#define SIM_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "sim/image.h"
#include "sim/job.h"
#include "sim/version.h"

enum ask_kind { ASK_GENERATE, ASK_CHAT };

enum ask_think { THINK_UNSET, THINK_NO, THINK_YES };

struct ask {
	enum ask_kind kind;
	char *model_name; /* as the request says it */
	const struct model *model;
	char *prompt;        /* all text that the model reads */
	char *marked_prompt; /* with what stands for its images; compared by the prompt cache */
	int image_count;
	uint64_t images[IMAGES_MAX];
	int prompt_tokens; /* images included */
	bool stream, raw, truncate;
	bool only_loads, unloads;
	enum ask_think think;
	bool has_keep_alive;
	int64_t keep_alive_ns;
	struct runner_settings settings;
	int64_t answer_limit; /* num_predict; <= 0: none */
	int64_t seed;
	char *runner_error; /* what the runner will say to this; NULL: nothing */

	/* when it is refused */
	int status;
	struct text error;
};

/* False: refused, with status and error. Release it in either case. */
bool ask_read(struct ask *ask, enum ask_kind kind, const char *bytes, size_t size, const struct version_rules *rules,
              int default_context_size);
void ask_release(struct ask *ask);

/* ask_images.c: of the request or its messages. The model and the prompt are read already. */
void ask_read_images(struct ask *ask, const struct json *body);

/* Words of a text times 1.3, rounded up; at least 1. */
int ask_count_tokens(const char *text);

#endif
