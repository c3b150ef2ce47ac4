/*
 * Where the memory of a loaded model went: why a file of 4.7 GB takes 6.7.
 * Pure.
 */
#ifndef CORE_MEMORY_ACCOUNT_H
#define CORE_MEMORY_ACCOUNT_H

#include "core/summary.h"

/* Bytes; JSON_UNKNOWN where something that it needs is not known. */
struct memory_account {
	int64_t file_bytes; /* on disk, as `ollama list` says */
	int64_t
	    loaded_bytes; /* loaded, as the server says (`ollama ps`): estimated before loading by Ollama until 0.24 */
	int64_t
	    used_bytes; /* the largest that was measured: of the GPU, of the server's processes, growth of the system */
	const char *used_what; /* which of them: "the GPU's memory", …; NULL: none */
	/* what it consists of, predicted from the model's shape */
	int64_t weights_bytes, kv_bytes, compute_bytes;
	int64_t unexplained_bytes; /* loaded less these three: reserves and projectors; may be negative */
	int64_t rest_bytes;        /* used less these three: the server itself, the desktop; may be negative */
};

/*
 * Of the system's memory: what was used before the model was loaded, and how much more at the peak. Bytes, the growth
 * may be negative; JSON_UNKNOWN also where no load was timed: the model may have been there before the first sample.
 */
int64_t memory_idle_bytes(const struct cell_summary *cell);
int64_t memory_growth_bytes(const struct cell_summary *cell);

/*
 * What the cell needs of a machine: the highest used memory of the system, with mapped weights where it leaves them
 * out. Bytes; JSON_UNKNOWN. A GPU's own memory is not in it.
 */
int64_t memory_need_bytes(const struct cell_summary *cell);

/* model: the cell's; NULL not known. */
struct memory_account memory_account_of(const struct cell_summary *cell, const struct model_facts *model);

/*
 * "2.0GB on disk, 3.301Gi loaded: weights 1.873Gi, KV cache 0.875Gi, compute
 * buffers 0.414Gi, 0.139Gi that the server adds; used 3.477Gi (the GPU's
 * memory)". What is unknown is left out; nothing when the parts are not known.
 */
void memory_account_add(const struct memory_account *account, struct text *into);

#endif
