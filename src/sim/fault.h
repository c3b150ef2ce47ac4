/*
 * What goes wrong on this server, as it goes wrong on real ones: one row for
 * each fault that `--fault NAME=N` chooses.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdint.h>

#include "base/failure.h"
#include "base/text.h"

/* X(member of struct faults, name, argument, least, most, what happens) */
#define FAULTS(X)                                                                                                    \
	X(repeat_after, "repeat", "N", 1, 1000000,                                                                   \
	  "a model repeats the Nth token of its answers for ever; 30 repeats later the stream ends without "         \
	  "its final line, as in Ollama up to 0.33")                                                                 \
	X(stop_after, "stop", "N", 1, 1000000, "a model ends each answer by itself after N tokens")                  \
	X(most_gpu_layers, "gpu-layers", "N", 0, 1000,                                                               \
	  "no more than N layers go to the GPU, whatever num_gpu asks: others hold the rest of its memory")          \
	X(flash_refused, "no-flash-attention", NULL, 1, 1, "the GPU does not support flash attention")               \
	X(heat_pct, "heat", "PCT", 1, 1000,                                                                          \
	  "each answer since the load makes all work PCT % of its cool time slower, as on a machine that throttles") \
	X(refuse_ms, "refuse", "MS", 1, 60000,                                                                       \
	  "after the first answer connections are refused for MS ms of real time, as macOS does when the "           \
	  "accept queue is full")

/* FAULT_NONE where the server is sound. */
struct faults {
#define X(member, name, argument, least, most, what) int64_t member;
	FAULTS(X)
#undef X
};

enum { FAULT_NONE = -1 };

void faults_reset(struct faults *faults);

/* "repeat=5". False: the user's mistake, in `failure`. */
bool faults_read(struct faults *faults, const char *string, struct failure *failure);

/* The repeats of a token (white space aside) that Ollama's guard lets pass; at one more it ends the answer. */
enum { FAULT_REPEATS = 30 };

void faults_add_list(struct text *text);

#endif
