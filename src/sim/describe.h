/*
 * What the server says of itself and of its models, as JSON that the caller frees.
 */
#ifndef SIM_DESCRIBE_H
#define SIM_DESCRIBE_H

#include "base/json.h"
#include "sim/sim.h"

/* Ollama's {"version"}, and the member "simulated" that no real server has. */
struct json *describe_version(const struct sim *sim);
/* That member alone, as text that the caller frees: the header X-Llmbench-Simulated of the other interfaces. */
char *describe_simulated(const struct sim *sim);
/* Makes it the last member of an object; what is no object stays as it is. */
void describe_add_member(struct text *json, const char *simulated);
struct json *describe_installed(const struct sim *sim);                        /* /api/tags */
struct json *describe_loaded(const struct sim *sim);                           /* /api/ps */
struct json *describe_model(const struct sim *sim, const struct model *model); /* /api/show */

#endif
