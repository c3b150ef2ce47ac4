/*
 * Adapters: one per kind of server. Pure functions that make requests and read
 * replies; sockets and clocks are someone else's. A new adapter is one file
 * and one row of targets[].
 */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "core/cell.h"
#include "core/exchange.h"
#include "core/facts.h"
#include "core/input.h"
#include "core/proof.h"
#include "core/record.h"
#include "core/server_metrics.h"

enum target_question {
	TARGET_READY,  /* does it serve requests yet? fills server_facts (version …) */
	TARGET_MODELS, /* what is installed: digest and size of the cell's model */
	TARGET_MODEL,  /* the model's block and training context */
	TARGET_LOAD,   /* load the cell's model with the cell's runner options */
	TARGET_LOADED, /* what is loaded now: sizes and context of the cell's model */
	TARGET_UNLOAD, /* drop the cell's model */
};

/* The server that is spoken to. Everything is borrowed. */
struct endpoint {
	const char *base_url;
	const struct server_facts *facts; /* as far as they are known */
};

/* One of several models; the facts are the caller's. */
typedef void (*target_visitor)(void *context, const struct model_facts *model);

struct target {
	const char *name;

	/*
	 * Variables that bring a managed server into the cell's state. The
	 * user's own (of the server, then of the profile) must be there
	 * already: knobs replace them, mere defaults of the adapter do not.
	 */
	void (*environment)(const struct cell *cell, int port, struct environment *environment);

	/* Names of knobs that are set in this cell but that only a start of the server could obey; adds "a, b". */
	void (*unsettable)(const struct cell *cell, struct text *names);

	/* Whether such a task can be asked of it; NULL: any. */
	bool (*can)(enum cell_task task);

	/* A measured request. */
	void (*encode)(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
	               struct request *request);

	/*
	 * Fills everything but `request` and `trial`; the record must be `= {0}`.
	 * Any bytes are survived; every exchange has exactly one outcome. What
	 * the server said (a status, an error, that it is done) decides before
	 * how the transfer ended: a whole answer is OUTCOME_OK, done with its
	 * last byte, even when the connection broke after it.
	 */
	void (*decode)(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
	               struct record *record);

	/*
	 * Questions. `ask` makes the request; false: this kind of server cannot
	 * be asked this, and does well without it. `answer` reads the reply into
	 * the facts, or adds to `problem` and returns false.
	 */
	bool (*ask)(enum target_question question, const struct cell *cell, const struct endpoint *endpoint,
	            struct request *request);
	bool (*answer)(enum target_question question, const struct cell *cell, const struct exchange *exchange,
	               struct server_facts *server, struct model_facts *model, struct text *problem);

	/*
	 * Counts the tokens of an input's prompt, its template included, without
	 * computing them. `ask_tokens` is NULL, or false, where this kind of
	 * server cannot be asked; JSON_UNKNOWN: the answer does not tell.
	 */
	bool (*ask_tokens)(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
	                   struct request *request);
	int64_t (*read_tokens)(const struct exchange *exchange);

	/*
	 * Visits all models that an answer to TARGET_MODELS lists, with full name
	 * and, where they are told, size and quantization; any bytes are survived.
	 */
	void (*list)(const struct exchange *exchange, target_visitor visit, void *context);

	/*
	 * The telling part of the server's words about a failure: from its
	 * answer (may be NULL) and the end of its log (may be ""); one line.
	 * NULL when neither says anything. The caller frees it.
	 */
	char *(*telling)(const char *words, const char *log);

	/*
	 * What a managed server's log proves. Of several loads in the text the
	 * last one counts, so `log` has what the server wrote until it was
	 * ready, and then what it wrote since it was asked to load the model.
	 */
	void (*proof)(const char *log, struct proof *proof);

	/*
	 * The server's own metrics: what to GET while requests run, after the
	 * server's URL without a /v1; NULL: servers of this kind have none.
	 * Both are NULL where none of the adapter's kinds has. One that has them
	 * may not be told to show them: then the answer is no 200.
	 */
	const char *(*metrics_path)(const struct endpoint *endpoint);
	/* Everything is unknown that the answer does not tell; any bytes are survived. */
	void (*read_metrics)(const struct endpoint *endpoint, const char *bytes, size_t size,
	                     struct server_metrics *metrics);
};

extern const struct target *const targets[]; /* NULL-terminated */
const struct target *target_find(const char *name);

/* Bytes of a server's URL without "/v1" and slashes at its end, with which other clients want it. */
size_t target_url_size(const char *url);

#endif
