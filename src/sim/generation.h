/*
 * POST /api/generate and /api/chat, from the accepted request to its last byte.
 */
#ifndef SIM_GENERATION_H
#define SIM_GENERATION_H

#include "sim/ask.h"
#include "sim/call.h"
#include "sim/sim.h"

/* Takes over the call and what is in `ask`. */
void generation_start(struct sim *sim, struct call *call, const struct ask *ask);

#endif
