/*
 * One answer of a cell as an example of what the model says, for people who
 * read the report: no figure rests on it.
 */
#ifndef CORE_ANSWER_H
#define CORE_ANSWER_H

#include <stddef.h>

#include "base/json.h"

enum { ANSWER_PROMPT_MAX = 200, ANSWER_TEXT_MAX = 400 }; /* bytes */

/* `= {0}`: there is none. Texts are masked and cut between characters, with " …" where something is left out. */
struct answer {
	char *prompt;   /* owned; the message that was answered, without earlier ones; NULL: it had none */
	char *text;     /* owned; the answer's beginning; NULL: there is no answer */
	double seconds; /* from due to the last byte; NAN unknown */
};

/* Copies both (prompt: NULL is none) and replaces what was there. */
void answer_set(struct answer *answer, const char *prompt, const char *text, double seconds);

/* {"prompt", "text", "seconds"}; NULL: there is none. */
struct json *answer_json(const struct answer *answer);
struct answer answer_parse(const struct json *json);
void answer_release(struct answer *answer);

#endif
