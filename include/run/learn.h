/*
 * Asks a running server about a model without loading it: for `plan`.
 */
#ifndef RUN_LEARN_H
#define RUN_LEARN_H

#include <signal.h>

#include "core/cell.h"
#include "core/facts.h"

/*
 * Fills what the server at cell->server->url says of itself and of the cell's
 * model; both must be reset, and are the caller's. Each question takes at most
 * try_ns. False: it does not answer, is not recognized, or has not this model;
 * `problem` says which.
 */
bool learn_model(const struct cell *cell, int64_t try_ns, const volatile sig_atomic_t *stop,
                 struct server_facts *server, struct model_facts *model, struct text *problem);

#endif
