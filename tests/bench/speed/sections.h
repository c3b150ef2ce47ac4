/*
 * The parts of the comparison. Each prints its table and notes its targets.
 */
#ifndef BENCH_SECTIONS_H
#define BENCH_SECTIONS_H

#include "table.h"

void section_blast(struct bench *bench);
void section_rate(struct bench *bench);
void section_late(struct bench *bench);
void section_busy(struct bench *bench);
void section_start(struct bench *bench);
void section_requests(struct bench *bench);
void section_memory(struct bench *bench);

#endif
