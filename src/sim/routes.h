/*
 * Which path and method does what; the answers that need no runner.
 */
#ifndef SIM_ROUTES_H
#define SIM_ROUTES_H

#include <event2/http.h>

#include "sim/sim.h"

/* evhttp's general callback; `context` is a struct sim. */
void routes_handle(struct evhttp_request *request, void *context);

#endif
