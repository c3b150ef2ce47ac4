/*
 * POST /v1/chat/completions and /v1/completions, from the request to its last
 * byte, with the faults that were asked for.
 */
#ifndef SIM_OPENAI_GENERATION_H
#define SIM_OPENAI_GENERATION_H

#include "sim/call.h"
#include "sim/openai.h"

void openai_generate(struct openai *openai, struct call *call, bool chat);

#endif
