/*
 * Lists of models, which most servers have in one of two shapes.
 */
#ifndef TARGET_LISTING_H
#define TARGET_LISTING_H

#include "target/target.h"

/* `models` of Ollama, `data` of the OpenAI interface; the rest of a row is read where it is. See struct target's list.
 */
void listing_read(const struct exchange *exchange, target_visitor visit, void *context);

#endif
