/*
 * Work for a runner: one prompt and its answer. The asker owns it and is told
 * what happens; until it has ended, failed or been dropped, or the asker
 * cancels it, the scheduler keeps a pointer to it.
 */
#ifndef SIM_JOB_H
#define SIM_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "sim/model.h"

struct job;

struct job_events {
	/* A loaded runner was handed out. A job without tokens to answer is over then. */
	void (*scheduled)(struct job *job);
	/* It has a slot, as of job->slot_ns; its images are next, then its prompt. NULL: of no interest. */
	void (*started)(struct job *job);
	/* Token number job->produced (from 0) of the answer is due; several can come before one flush. */
	void (*token)(struct job *job, int64_t due_ns);
	/* The tokens so far are to be sent. */
	void (*flush)(struct job *job);
	/* All tokens were given. No flush follows. */
	void (*ended)(struct job *job);
	/* `error`: the text of the API's error. */
	void (*failed)(struct job *job, int status, const char *error);
	/* The server closes the connection without an answer. */
	void (*dropped)(struct job *job);
};

/* Runner options of Ollama's API: a change of any needs another runner. */
struct runner_settings {
	int context_size; /* num_ctx, per slot */
	int batch;        /* num_batch */
	int gpu_layers;   /* num_gpu; -1 automatic, which fits any runner */
	int threads;      /* num_thread; 0 automatic */
	int main_gpu;
	int mmap; /* use_mmap; -1 unset */
};

enum job_place { JOB_NOWHERE, JOB_QUEUED, JOB_HELD, JOB_LOADING, JOB_WAITING, JOB_ACTIVE };

struct job {
	/* the asker's */
	const struct model *model;
	struct runner_settings settings;
	bool has_keep_alive;
	int64_t keep_alive_ns;
	const char *prompt; /* for the prompt cache; lives as long as the job */
	bool is_fresh;      /* do not look into the prompt cache */
	double encode_s;    /* of the device's time for the prompt's images, before the prompt is read */
	int prompt_tokens;
	int answer_tokens; /* 0: only load */
	const struct job_events *events;
	void *owner;

	/* the scheduler's; times are TIME_UNKNOWN until they come */
	enum job_place place;
	int64_t scheduled_ns, slot_ns, prefill_end_ns, end_ns;
	int evaluated_tokens; /* of the prompt: not in the cache */
	int produced;         /* tokens given */
	bool touched;         /* has tokens that are not flushed */
	TAILQ_ENTRY(job) next;
};

TAILQ_HEAD(job_list, job);

#endif
