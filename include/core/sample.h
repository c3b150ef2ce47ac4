/*
 * The machine at one instant of a cell.
 */
#ifndef CORE_SAMPLE_H
#define CORE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

/* X(symbol, name) in the order in which a cell passes them. */
#define PHASES(X)                       \
	X(PHASE_IDLE, "idle")           \
	X(PHASE_LOADING, "loading")     \
	X(PHASE_LOADED, "loaded")       \
	X(PHASE_MEASURING, "measuring") \
	X(PHASE_AFTER, "after")

enum phase {
#define X(symbol, name) symbol,
	PHASES(X)
#undef X
};
enum { PHASE_COUNT = PHASE_AFTER + 1 };

const char *phase_name(enum phase phase);

/*
 * What a sample may hold: X(member and JSON key, kind, meaning), in the order
 * of JSON. The unit is in the name: _bytes; _ns; _pct of one device; _mw
 * milliwatts; _uj microjoules; _mc thousandths of a degree Celsius; _mhz. A
 * gauge is a state; a counter only grows, from a beginning of its own, and only
 * differences of it mean anything. "The server" is its process and all that
 * descend from it; where a figure is a sum over processes or devices, it is
 * unknown when none of them tells it. Several GPUs are added up, but the
 * hottest and the busiest stand for all.
 */
#define SAMPLE_FIGURES(X)                                                                                           \
	X(used_bytes, GAUGE, "used memory of the system, see machine/memory.h")                                     \
	X(total_bytes, GAUGE, "what used memory is compared with")                                                  \
	X(swap_used_bytes, GAUGE, "swap in use")                                                                    \
	X(compressed_bytes, GAUGE, "memory that the compressor occupies (macOS)")                                   \
	X(server_resident_bytes, GAUGE, "resident memory of the server: anonymous, shared and mapped files")        \
	X(server_file_bytes, GAUGE, "of that, pages of mapped files, as weights are")                               \
	X(server_swap_bytes, GAUGE, "of the server, swapped out")                                                   \
	X(server_footprint_bytes, GAUGE, "physical footprint of the server (macOS: what Activity Monitor shows)")   \
	X(server_peak_bytes, GAUGE, "peaks of resident memory or footprint since each visit began, over processes") \
	X(server_pss_bytes, GAUGE, "resident memory of the server, shared pages divided; only at edges of phases")  \
	X(server_pss_file_bytes, GAUGE, "of that, mapped files; only at edges of phases")                           \
	X(server_major_faults, COUNTER, "pages that the server had to wait for from disk")                          \
	X(server_cpu_ns, COUNTER, "CPU time of the server")                                                         \
	X(client_cpu_ns, COUNTER, "CPU time of llmbench itself")                                                    \
	X(cpu_busy_ns, COUNTER, "CPU time of the machine, over all processors")                                     \
	X(cpu_idle_ns, COUNTER, "idle time of the machine, over all processors")                                    \
	X(memory_stalled_ns, COUNTER, "some task waited for memory (Linux PSI)")                                    \
	X(gpu_used_bytes, GAUGE, "memory that the GPU's driver has allocated")                                      \
	X(gpu_total_bytes, GAUGE, "memory of the GPU; of unified memory, the system's")                             \
	X(gpu_busy_pct, GAUGE, "share of a short window in which the GPU did anything at all")                      \
	X(gpu_power_mw, GAUGE, "power of the GPU")                                                                  \
	X(gpu_energy_uj, COUNTER, "energy of the GPU")                                                              \
	X(gpu_temperature_mc, GAUGE, "temperature of the GPU")                                                      \
	X(gpu_clock_mhz, GAUGE, "clock of the GPU's compute units")                                                 \
	X(gpu_throttled, GAUGE, "1: the GPU runs slower than it could, for power or heat; 0: it does not")          \
	X(server_gpu_bytes, GAUGE, "memory that the server has allocated on the GPU")                               \
	X(server_gpu_ns, COUNTER, "time in which the server used the GPU, summed over engines and GPUs")            \
	X(cpu_energy_uj, COUNTER, "energy of the CPU package")                                                      \
	X(dram_energy_uj, COUNTER, "energy of the memory")                                                          \
	X(system_power_mw, GAUGE, "power of the whole machine")                                                     \
	X(cpu_temperature_mc, GAUGE, "temperature of the CPU's hottest sensor")

enum sample_figure {
#define X(member, kind, meaning) SAMPLE_##member,
	SAMPLE_FIGURES(X)
#undef X
};
enum { SAMPLE_FIGURE_COUNT = SAMPLE_cpu_temperature_mc + 1 };

/* One of each row of SAMPLE_FIGURES; JSON_UNKNOWN where the machine does not tell. */
struct sample {
	int64_t at_ns; /* monotonic */
	enum phase phase;
	bool stale; /* used_bytes repeats an old answer: kept, but in no statistic of used memory */
#define X(member, kind, meaning) int64_t member;
	SAMPLE_FIGURES(X)
#undef X
};

/* Everything unknown. */
void sample_reset(struct sample *sample);

/* Of a sample of which nothing is known yet but the sum of what was added so far; it stays at what int64_t holds. */
void sample_add(int64_t *figure, int64_t value);

/* Likewise, the highest of what was told so far. */
void sample_raise(int64_t *figure, int64_t value);

/* A figure by its place in the table, and what the table says of it. */
int64_t sample_figure(const struct sample *sample, enum sample_figure figure);

/* What a sample tells of a figure; used memory that is an old answer tells nothing. */
int64_t sample_told(const struct sample *sample, enum sample_figure figure);

/* How far a counter went from one sample to a later one; JSON_UNKNOWN where one does not know it, or it began anew. */
int64_t sample_growth(const struct sample *from, const struct sample *to, enum sample_figure figure);

const char *sample_figure_name(enum sample_figure figure);
const char *sample_figure_meaning(enum sample_figure figure);
bool sample_figure_is_counter(enum sample_figure figure);

/*
 * One line of samples.jsonl: the first three figures always, of the others
 * those that are known. The stamp becomes nanoseconds after `origin_ns`.
 */
struct json *sample_json(const struct sample *sample, const char *cell_id, int64_t origin_ns);

/* Reads such a line. False: it is none. */
bool sample_parse(const struct json *json, int64_t origin_ns, struct sample *sample);

#endif
