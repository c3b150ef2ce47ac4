/*
 * POST /api/embed: made-up unit vectors, the same for the same text. Needs no
 * runner and takes no time; enough for a client to see the shape.
 */
#ifndef SIM_EMBED_H
#define SIM_EMBED_H

#include "sim/call.h"
#include "sim/sim.h"

#define EMBED_DIMENSIONS 16

void embed_vector(const char *input, double *values);

void handle_embed(struct sim *sim, struct call *call);

#endif
