/*
 * POST /v1/embeddings: the made-up vectors of the simulated Ollama. A request
 * has a slot for as long as the device reads all its texts.
 */
#ifndef SIM_OPENAI_EMBED_H
#define SIM_OPENAI_EMBED_H

#include "sim/call.h"
#include "sim/openai.h"

void openai_embed(struct openai *openai, struct call *call);

#endif
