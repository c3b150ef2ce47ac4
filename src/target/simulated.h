/*
 * A simulated server says so in the answer that names its version:
 * {"version":"0.6.3","simulated":{"device":"m4-16g","speed":100,"memory_file":"…"}}
 */
#ifndef TARGET_SIMULATED_H
#define TARGET_SIMULATED_H

#include "base/json.h"
#include "core/facts.h"

/* Replaces what the facts say of it; an answer without it is that of a real server. */
void simulated_read(const struct json *answer, struct server_facts *server);

#endif
