/*
 * POST /v1/embeddings: the made-up vectors of the simulated Ollama. Each
 * request takes one step of the device for all its tokens, one after the other.
 */
#ifndef SIM_OPENAI_EMBED_H
#define SIM_OPENAI_EMBED_H

#include "sim/call.h"
#include "sim/openai.h"

void openai_embed(struct openai *openai, struct call *call);

#endif
