/*
 * llmbench-sim --api openai: one model behind OpenAI's interface, as one kind
 * of server speaks it, on the same devices as the simulated Ollama.
 *
 * Where it says that it is simulated: every reply, whatever its status, has
 * the header
 *     X-Llmbench-Simulated: {"device":"m4-16g","speed":100,"memory_file":"…"}
 * with the object that Ollama's /api/version has as "simulated"; and where the
 * server tells of itself (a GET that is answered with a JSON object: /health,
 * /props, /version, /v1/models …) that object has it as its last member, as
 * /api/version has. All else is as the real servers write it. --api whisper
 * does the same.
 */
#ifndef SIM_OPENAI_H
#define SIM_OPENAI_H

#include <event2/http.h>

#include "sim/breakage.h"
#include "sim/connections.h"
#include "sim/image.h"
#include "sim/meters.h"
#include "sim/openai_ask.h"
#include "sim/runner.h"
#include "sim/sim.h"

#define API_UNSET (-1)

/* As the command line says it. */
struct openai_settings {
	struct kind kind;                     /* with its quirks */
	const char *model_name;               /* borrowed */
	int parallel, queue_limit;            /* API_UNSET: the kind's */
	int context_size, image_tokens;       /* API_UNSET: 4096; the model's */
	int stream_interval, half_characters; /* tokens of an event; every how many tokens one is half a character */
	int64_t ready_after_ns, ping_ns;      /* API_UNSET: as long as the device loads; as often as the kind does */
	bool embeddings, metrics, no_prompt_cache;
	struct breakages breakages;
};

struct openai {
	struct sim *sim;
	struct openai_settings settings; /* nothing is unset any more */
	const struct kind *kind;         /* of the settings */
	const struct model *model;
	struct openai_rules rules;
	char *simulated; /* the header */
	bool loading, loaded;
	int64_t load_ns;
	struct memory_plan memory;
	int64_t resident_bytes;
	struct event *load_timer;
	struct runner *runner;
	struct job_list held; /* they wait for the model */
	int held_count;
	int requests; /* generations so far */
	struct image_cache images;
	struct connections *connections; /* NULL: they may last */
	struct meters meters;
};

/* The model must be installed. NULL: it does not fit, as the failure says. */
struct openai *openai_new(struct sim *sim, const struct openai_settings *settings, struct failure *failure);
void openai_free(struct openai *openai); /* NULL is allowed */

/* How long the port is closed before openai_loaded() is called; 0: the server listens while it loads. */
int64_t openai_closed_ns(const struct openai *openai);
void openai_loaded(struct openai *openai);

/* Answers everything that comes to this server. */
void openai_listen(struct openai *openai, struct evhttp *http);

/* Hands a job to the runner, or holds it until there is one. */
void openai_submit(struct openai *openai, struct job *job);
void openai_cancel(struct openai *openai, struct job *job);
int openai_busy(const struct openai *openai);    /* jobs with a slot */
int openai_waiting(const struct openai *openai); /* jobs without */

/* The whole answer to a request that is refused. */
struct call;
void openai_refuse(const struct openai *openai, struct call *call, int status, const char *type, const char *message);

#endif
