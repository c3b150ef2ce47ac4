/*
 * Metrics of what the machine did while a cell was measured: METRIC_CELL, from
 * the samples of PHASE_MEASURING. Rows of metrics[]: X(name, title, unit,
 * better, definition). core/cell_machine.c computes them; the last two are of
 * core/roofline.h.
 */
#ifndef CORE_METRIC_MACHINE_H
#define CORE_METRIC_MACHINE_H

#include "core/metric.h"

#define MACHINE_METRICS(X)                                                                                          \
	X("cpu_pct", "CPU", "%", METRIC_NEUTRAL,                                                                    \
	  "While requests ran: busy time of all processors over their whole time; counted by the kernel, read by "  \
	  "llmbench.")                                                                                              \
	X("server_cpu_pct", "Server CPU", "%", METRIC_NEUTRAL,                                                      \
	  "While requests ran: CPU time of the server's processes over the time of one processor, so 200 % is two " \
	  "of them; counted by the kernel.")                                                                        \
	X("client_cpu_pct", "Client CPU", "%", METRIC_LOWER, "The same of llmbench itself, all of its threads.")    \
	X("gpu_busy_pct", "GPU busy", "%", METRIC_NEUTRAL,                                                          \
	  "While requests ran: mean of llmbench's samples of the busiest GPU's utilization: the share of time in "  \
	  "which anything at all ran on it, so 100 % does not mean that it is full.")                               \
	X("server_gpu_pct", "Server GPU", "%", METRIC_NEUTRAL,                                                      \
	  "While requests ran: time in which the server's processes used the GPU over that time, all kinds of "     \
	  "engines and all GPUs together, so it can be more than 100 %; counted by the GPU's driver.")              \
	X("gpu_power_w", "GPU power", "W", METRIC_LOWER,                                                            \
	  "While requests ran: energy of the GPUs over time by their own counters, or where they have none the "    \
	  "mean of llmbench's samples of their power.")                                                             \
	X("cpu_power_w", "CPU power", "W", METRIC_LOWER,                                                            \
	  "While requests ran: energy of the CPU package over time, by its own counter, read by llmbench.")         \
	X("system_power_w", "System power", "W", METRIC_LOWER,                                                      \
	  "While requests ran: mean of llmbench's samples of the power of the whole machine.")                      \
	X("gpu_temperature_c", "GPU temperature", "°C", METRIC_LOWER,                                               \
	  "While requests ran: highest of llmbench's samples of the hottest GPU.")                                  \
	X("cpu_temperature_c", "CPU temperature", "°C", METRIC_LOWER,                                               \
	  "While requests ran: highest of llmbench's samples of the CPU's hottest sensor.")                         \
	X("gpu_throttled_pct", "GPU throttled", "%", METRIC_LOWER,                                                  \
	  "While requests ran: share of llmbench's samples in which a GPU was slowed for power or heat.")           \
	X("energy_j", "Energy", "J", METRIC_LOWER,                                                                  \
	  "Used while requests ran, of all trials, read by llmbench: of the whole machine where it tells its "      \
	  "power, else of GPUs and CPU package together, else of the one that is known; `energy_source` says "      \
	  "which; unknown when a trial was left out, or the samples of one were lost.")                             \
	X("tokens_per_j", "Tokens per joule", "tokens/J", METRIC_HIGHER,                                            \
	  "Output tokens of all trials, as the server counted them, over that energy.")                             \
	X("sampler_cpu_pct", "Sampler CPU", "%", METRIC_LOWER,                                                      \
	  "CPU time of llmbench's sampling thread over the time of one processor, of the last visit to the cell.")  \
	X("mbu_pct", "MBU", "%", METRIC_HIGHER,                                                                     \
	  "Memory bandwidth utilization: bytes of weights and KV cache that a step of decoding reads, by the "      \
	  "model's shape, times the median decode rate of a request, by the server's own times, over the "          \
	  "bandwidth of the machine's memory; all slots that the load can fill count as busy.")                     \
	X("expected_decode_tokens_per_s", "Expected decode rate", "tokens/s", METRIC_NEUTRAL,                       \
	  "What the server's decode rate of a request would be if the memory's bandwidth were the only limit: "     \
	  "bandwidth / those bytes.")

#define METRIC_OF_CELL(metric_name, metric_title, metric_unit, which, words) \
	{.name = (metric_name),                                              \
	 .title = (metric_title),                                            \
	 .unit = (metric_unit),                                              \
	 .scope = METRIC_CELL,                                               \
	 .better = (which),                                                  \
	 .definition = (words)},

#endif
