/*
 * Models whose shape is known without a file or a server: those of
 * configs/m4.conf, and so what `plan` can predict anywhere.
 */
#ifndef PLAN_KNOWN_MODELS_H
#define PLAN_KNOWN_MODELS_H

#include "core/model_shape.h"

/* By any name that Ollama takes ("llama3.2", "library/llama3.2:latest"); NULL: it is none of them. */
const struct model_shape *known_model(const char *name);

#endif
