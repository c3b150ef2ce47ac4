/*
 * Answers that break off: the faults of --api openai and whisper, what a broken
 * server does in the middle of an answer. Pure. (Those of a simulated Ollama
 * are in sim/fault.h.)
 */
#ifndef SIM_BREAKAGE_H
#define SIM_BREAKAGE_H

#include <stdbool.h>

#include "base/text.h"

/* X(enumerator, name, what happens after the token) */
#define BREAKAGES(X)                                                                             \
	X(BREAK_STALL, "stall", "nothing more comes, and the connection stays")                  \
	X(BREAK_PING, "ping", "the same, but comment lines go on")                               \
	X(BREAK_RESET, "reset", "the connection is reset")                                       \
	X(BREAK_CUT, "cut", "the connection is closed: a chunked reply lacks its last chunk")    \
	X(BREAK_END, "end", "the reply ends as HTTP wants it, without finish_reason and [DONE]") \
	X(BREAK_DONE, "done", "the same, but with [DONE]")                                       \
	X(BREAK_ERROR, "error", "an error in the stream, then its end")

enum breakage_what {
	BREAK_NONE,
#define X(symbol, name, text) symbol,
	BREAKAGES(X)
#undef X
};

struct breakage {
	enum breakage_what what;
	int token;   /* after so many tokens; 0: before the first */
	int request; /* only this one, counted from 1; 0: every */
};

#define BREAKAGES_MAX 8

struct breakages {
	struct breakage breakages[BREAKAGES_MAX];
	int count;
};

/* Adds "reset" (after the first token), "cut=3", "stall=3,request=2". False: `error` gets what is allowed. */
bool breakages_add(struct breakages *breakages, const char *word, struct text *error);

/* What meets the request of this number; `what` is BREAK_NONE when nothing does. */
struct breakage breakages_of(const struct breakages *breakages, int request);

void breakages_add_list(struct text *text);

#endif
