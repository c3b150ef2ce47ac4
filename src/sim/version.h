/*
 * What differs between Ollama's versions, in one place. Pure.
 */
#ifndef SIM_VERSION_H
#define SIM_VERSION_H

#include <stdbool.h>

struct version_rules {
	int number;                 /* of 0.minor.patch: minor * 1000 + patch */
	int unset_parallel;         /* what OLLAMA_NUM_PARALLEL is when nobody sets it; 0: automatic */
	int auto_parallel;          /* automatic: tried first, 1 if the model does not fit whole */
	int default_context_size;   /* num_ctx unset; 0: by GPU memory */
	int slot_limit;             /* largest parallel that llama.cpp accepts; 0: none */
	bool clamps_context;        /* num_ctx is at most what the model was trained for */
	bool flash_attention;       /* on unless OLLAMA_FLASH_ATTENTION turns it off */
	bool warm_skips_queue;      /* a request for the loaded runner does not pass the queue */
	bool queues_while_planning; /* 503 only in the first part of a load */
	int held_while_loading;     /* requests beside the queue while a model loads, the loading one included */
	bool status_before_stream;  /* an error before the first line has a status; else a line in a 200 */
	bool has_truncate;          /* "truncate": false is obeyed */
	bool has_405;               /* wrong method: 405; else 404 */
	bool chat_names_plainly;    /* unknown model in /api/chat as in /api/generate; else "try pulling it first" */
	bool shows_capabilities;    /* in /api/show */
	bool tags_capabilities;     /* in /api/tags */
	bool ps_context;            /* context_length in /api/ps */
	bool ps_lists_loading;      /* a model that loads is in /api/ps */
	bool has_thinking;          /* "think", and thoughts apart from the text */
	bool thinks_by_default;
	bool counts_whole_prompt;   /* prompt_eval_count includes what the prompt cache held */
	bool plain_first_log_lines; /* the first lines of the log are not slog's */
	bool runner_has_settings;   /* on its command line */
	bool is_llama_server;       /* the runner is upstream's llama-server */
	const char *starting;       /* log message of a runner's start */
};

/* "0.6.3", "0.32.0-rc1", a leading v allowed. False when this is no version. */
bool version_rules_of(const char *version, struct version_rules *rules);

/* Whether models of this architecture get one slot, whatever OLLAMA_NUM_PARALLEL says. */
bool version_forces_one_slot(const struct version_rules *rules, const char *architecture);

#endif
