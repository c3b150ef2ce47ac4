/*
 * Which server is it? By what it answers to a few GETs, one after the other
 * until one tells; or, for a server that is started, by its program's name.
 */
#ifndef TARGET_IDENTIFY_H
#define TARGET_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/exchange.h"
#include "target/target.h"

struct identity {
	const struct target *target;
	const char
	    *kind; /* static; "llama-server", "vllm" …; NULL: the adapter has one kind only, or it is not known */
};

/* The path to GET at this step, from 0; NULL: there are no more steps. */
const char *identify_path(size_t step);

/* Whether the answer to that step tells what the server is; any bytes are survived. */
bool identify_answer(size_t step, const struct exchange *exchange, struct identity *identity);

/*
 * By the first word of a command line that is a program's name with a meaning:
 * "ollama serve", "python3 -m mlx_lm.server …", "/opt/llama-server -m x". False:
 * it has none, so that the server must be asked.
 */
bool identify_command(const char *command, struct identity *identity);

/* By the name of a kind, as `server.kind` has it; false: there is no such kind. */
bool identify_kind(const char *kind, struct identity *identity);

/* The name of a kind, from 0; NULL: there are no more. Static. */
const char *identify_kind_name(size_t index);

/* The names of all kinds, for messages and help: "ollama, llama-server, …". */
void identify_add_kinds(struct text *text);

#endif
