/*
 * What reports say of a model, as servers told it: parameters, size,
 * quantization. What no server told is "–"; nothing is guessed from a name.
 */
#ifndef REPORT_MODELS_H
#define REPORT_MODELS_H

#include "base/text.h"
#include "core/summary.h"

/* The facts of the cell's model on the cell's server; NULL: the server never told any. Borrowed. */
const struct model_facts *models_of_cell(const struct summary *summary, const struct cell_summary *cell);

/* The facts of the cell's server; NULL: it was never asked. Borrowed. */
const struct server_facts *models_server(const struct summary *summary, const struct cell_summary *cell);

/*
 * The simulated device that the cell was measured on; NULL: a real machine. Of a server that could not be had it is
 * that of the run's others. Borrowed.
 */
const char *models_device(const struct summary *summary, const struct cell_summary *cell);
/* The machine's name, with the memory of hosts_memory(), or the simulated device without its speed. Masked. */
void models_add_machine(const struct summary *summary, const struct cell_summary *cell, int64_t memory_bytes,
                        struct text *into);

/* "70.6B", "3.2B", "494M", "12K": one decimal from 10^9 on. JSON_UNKNOWN: "–". */
void models_add_parameters(struct text *into, int64_t parameters);

/* "2.0GB", "446MB", decimal: one decimal from 10^9 on. JSON_UNKNOWN: "–". */
void models_add_size(struct text *into, int64_t bytes);

/* Of memory, which comes in powers of two: "16.0GiB", "208MiB". JSON_UNKNOWN: "–". */
void models_add_memory(struct text *into, int64_t bytes);

#endif
