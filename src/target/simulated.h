/*
 * A simulated server says so: Ollama's in the answer that names its version,
 * others in the header of each answer, X-Llmbench-Simulated; both as an object
 * {"device":"m4-16g","speed":100,"memory_file":"…"}.
 */
#ifndef TARGET_SIMULATED_H
#define TARGET_SIMULATED_H

#include "base/json.h"
#include "core/facts.h"

/* Replaces what the facts say of it; without an object it is a real server. */
void simulated_read(const struct json *simulated, struct server_facts *server);

/* The same from the lines of a header; NULL: there are none. */
void simulated_read_head(const char *head, struct server_facts *server);

#endif
