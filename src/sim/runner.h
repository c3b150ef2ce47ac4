/*
 * A loaded model: slots, the jobs that wait for one (first come, first
 * served), and continuous batching on an absolute schedule: a step's end is
 * the beginning of the next one, whatever the lateness of the timer.
 */
#ifndef SIM_RUNNER_H
#define SIM_RUNNER_H

#include <event2/event.h>

#include "sim/device.h"
#include "sim/job.h"
#include "sim/memory.h"

struct runner;

struct runner_plan {
	const struct device *device;
	double speed; /* simulated times are divided by it */
	const struct model *model;
	struct runner_settings settings;
	int parallel;
	bool flash_attention;
	enum kv_type kv_type;
	bool no_cache; /* of prompts */
	/*
	 * A slot is chosen for its prompt when this share of it is the same, else
	 * the one that rested longest (llama-server's --slot-prompt-similarity).
	 * 0: for any common beginning, else the first one, as Ollama does.
	 */
	double similarity;
	struct memory_plan memory;
	double heat_pct;           /* each answer makes a step longer by this share of its time; 0: none */
	void (*idle)(void *owner); /* the last job is gone */
	void *owner;
};

struct runner *runner_new(struct event_base *base, const struct runner_plan *plan);
void runner_free(struct runner *runner); /* NULL is allowed; it must have no jobs, or they are forgotten */

const struct runner_plan *runner_plan_of(const struct runner *runner);

/* The job's scheduled_ns is set already. A job without answer tokens must not come here. */
void runner_add(struct runner *runner, struct job *job);
void runner_cancel(struct runner *runner, struct job *job);
/* Empties the prompt cache. */
void runner_forget_prompts(struct runner *runner);

int runner_in_flight(const struct runner *runner);
int runner_busy(const struct runner *runner); /* jobs that have a slot; the others in flight wait */

/* NULL: the slot is free. */
const struct job *runner_slot_job(const struct runner *runner, int slot);

#endif
