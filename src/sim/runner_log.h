/*
 * What Ollama and its runner log while a model is loaded.
 */
#ifndef SIM_RUNNER_LOG_H
#define SIM_RUNNER_LOG_H

#include <stdint.h>

#include "sim/runner.h"
#include "sim/version.h"

void runner_log_start(const struct runner_plan *plan, const struct version_rules *rules);
/* The warning before the start: the architecture is forced to one slot. */
void runner_log_one_slot(const struct model *model);

/* The warnings before the start: the GPU has no flash attention, a KV cache other than f16 needs it. */
void runner_log_refusals(bool flash_attention, enum kv_type kv_type);

void runner_log_started(const struct runner_plan *plan, int64_t elapsed_ns);
/* `error` as the API gives it; the runner's own lines are those after the first ": ". */
void runner_log_failed(const char *error);

#endif
