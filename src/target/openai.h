/*
 * What the files of the OpenAI adapter share. It speaks /v1/completions,
 * /v1/chat/completions and /v1/embeddings; where servers differ see
 * openai_kinds.h.
 *
 * What its figures rest on. Tokens are those of the reply's `usage` (or
 * llama.cpp's `timings`), never counted from events: where a server sends
 * none, they are unknown. Prefill and decode are known where the reply has
 * durations: prompt_ms and predicted_ms of llama.cpp's timings, LocalAI's
 * timing_*, LM Studio's generation_time. llama.cpp's decode begins when the
 * prompt was computed, which makes the first of n tokens, so n tokens over
 * that time are n/(n-1) times the rate of its steps, as with Ollama; the
 * rates that servers compute themselves are not read, because their
 * definitions changed. prompt_ms is of the tokens that were not cached.
 */
#ifndef TARGET_OPENAI_H
#define TARGET_OPENAI_H

#include <stdbool.h>

#include "base/json.h"
#include "target/openai_kinds.h"
#include "target/target.h"

extern const struct target openai_target;

/* openai.c: a request with `body`, which it frees; NULL: no body. The path stands after the URL's target_url_size(). */
void openai_request(struct request *request, const char *method, const char *base_url, const char *path,
                    struct json *body);

/* A request of the cell's task for one token (or one vector) of that model. */
void openai_request_one(const struct cell *cell, const struct endpoint *endpoint, const char *model,
                        struct request *request);

/* Whether the input is asked of /v1/chat/completions. */
bool openai_is_chat(const struct openai_kind *kind, const struct cell *cell, const struct input *input);

/* openai_count.c: struct target's ask_tokens and read_tokens */
bool openai_ask_tokens(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                       struct request *request);
int64_t openai_read_tokens(const struct exchange *exchange);

/* openai_decode.c */
void openai_decode(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
                   struct record *record);

/* openai_facts.c: struct target's ask and answer */
bool openai_ask(enum target_question question, const struct cell *cell, const struct endpoint *endpoint,
                struct request *request);
bool openai_answer(enum target_question question, const struct cell *cell, const struct exchange *exchange,
                   struct server_facts *server, struct model_facts *model, struct text *problem);

/*
 * openai_block.c: what is known of a model, laid out like `ollama show`.
 * `sources` are objects in which its figures are looked for, the first that
 * has one counts; `capabilities` a list of names. NULL: nothing is known. The
 * caller frees it.
 */
enum { OPENAI_SOURCES = 3 };
char *openai_block(const struct json *const sources[OPENAI_SOURCES], const struct json *capabilities);

/* What the same sources tell of the model's shape, into the facts; none of these servers tells its layers. */
void openai_read_shape(const struct json *const sources[OPENAI_SOURCES], struct model_facts *model);

/* openai_telling.c: struct target's telling */
char *openai_telling(const char *words, const char *log);

/* openai_proof.c: struct target's proof; llama-server's log is known. */
void openai_proof(const char *log, struct proof *proof);

#endif
