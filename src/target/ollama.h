/*
 * What the files of the Ollama adapter share. They speak Ollama's own
 * interface under /api, of versions 0.1.38 (the first with /api/ps) and newer.
 */
#ifndef TARGET_OLLAMA_H
#define TARGET_OLLAMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "target/target.h"

extern const struct target ollama_target;

/* Since 0.2.6; an empty input makes the server load the model. */
#define OLLAMA_EMBED_PATH "/api/embed"

/* ollama.c: a request with `body`, which it frees; NULL: no body. */
void ollama_request(struct request *request, const char *method, const char *base_url, const char *path,
                    struct json *body);

/*
 * Options that belong to the loaded model: a request that differs in one of
 * them makes the server load the model anew, so all requests of a cell have
 * this same object first in their options.
 */
struct json *ollama_runner_options(const struct cell *cell);

/* A number (seconds) when it is a plain integer, else the text, which the server reads as a duration. */
void ollama_set_keep_alive(struct json *body, const char *keep_alive);

/* ollama_decode.c: a reply of /api/generate or /api/chat, or of /api/embed */
void ollama_decode(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
                   struct record *record);

/* ollama_facts.c: struct target's ask and answer */
bool ollama_ask(enum target_question question, const struct cell *cell, const struct endpoint *endpoint,
                struct request *request);
bool ollama_answer(enum target_question question, const struct cell *cell, const struct exchange *exchange,
                   struct server_facts *server, struct model_facts *model, struct text *problem);

/*
 * ollama_block.c: what `ollama show` of that version prints for the answer of
 * /api/show, without the empty line at the end. NULL or an odd version: the
 * newest layout. The caller frees it.
 */
char *ollama_block(const struct json *show, const char *version);

/* "3.2B", "494.03M", "12K"; decimals only where the number is not whole. NULL: below 0. The caller frees it. */
char *ollama_count_words(int64_t count);

/* The other way round: "3.2B" is 3200000000; JSON_UNKNOWN for what is none of the above. */
int64_t ollama_words_count(const char *words);

/* ollama_telling.c: struct target's telling */
char *ollama_telling(const char *words, const char *log);

/* ollama_proof.c: struct target's proof */
void ollama_proof(const char *log, struct proof *proof);

#endif
