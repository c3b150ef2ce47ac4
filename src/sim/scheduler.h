/*
 * Ollama's scheduler: a queue of limited length before the loop that loads
 * models, one loaded model at a time (OLLAMA_MAX_LOADED_MODELS=1, whatever the
 * variable says), keep-alive, reload when a request's runner options differ.
 *
 * 503 comes only while the loop is busy with a load, a reload or a swap: with
 * the right model loaded a request passes the queue at once and waits, without
 * limit, for a slot of the runner.
 */
#ifndef SIM_SCHEDULER_H
#define SIM_SCHEDULER_H

#include <event2/event.h>

#include "sim/device.h"
#include "sim/environment.h"
#include "sim/fault.h"
#include "sim/job.h"
#include "sim/memory.h"
#include "sim/memory_file.h"
#include "sim/version.h"

struct scheduler;

/* All borrowed. */
struct scheduler_setup {
	struct event_base *base;
	const struct device *device;
	double speed;
	const struct version_rules *rules;
	const struct ollama_environment *environment;
	const struct memory_file *memory_file;
	const struct faults *faults;
};

struct scheduler *scheduler_new(const struct scheduler_setup *setup);
void scheduler_free(struct scheduler *scheduler); /* jobs are forgotten; NULL is allowed */

/* Takes the job, and tells it what happens; that can be before this returns. */
void scheduler_submit(struct scheduler *scheduler, struct job *job);

/* Forgets a job wherever it is. A load that is under way for it is aborted. */
void scheduler_cancel(struct scheduler *scheduler, struct job *job);

/* Unloads the model as soon as it is idle, at once if it is. Nothing if it is not loaded. */
void scheduler_unload(struct scheduler *scheduler, const struct model *model);

/* num_ctx when a request does not say. */
int scheduler_default_context(const struct scheduler *scheduler);

/* What is loaded, or is being loaded; `model` NULL: nothing. */
struct loaded_model {
	const struct model *model;
	struct memory_plan memory;
	int context_size;
	bool loading;
	int64_t expires_wall_ns;
};

struct loaded_model scheduler_loaded(const struct scheduler *scheduler);

#endif
