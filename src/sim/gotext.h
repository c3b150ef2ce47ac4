/*
 * Numbers and times as Go's libraries read and print them, because Ollama does.
 */
#ifndef SIM_GOTEXT_H
#define SIM_GOTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* "90s", "1h30m", "-1.5ms", "0"; a unit is needed but for 0. */
bool go_read_duration(const char *string, int64_t *ns);

/* "5m0s", "1.234567s", "34.166608ms", "143.594µs". */
void go_add_duration(struct text *text, int64_t ns);

/* RFC 3339 with as many digits of the second as it has: "2026-11-21T06:51:13.2487Z". */
void go_add_time(struct text *text, int64_t wall_ns);

/* A JSON string with Go's escapes: also < > & as \u003c and so on. */
void go_add_json_string(struct text *text, const char *string);

/* %q */
void go_add_quoted(struct text *text, const char *string);

/* "10.7 GiB" */
void go_add_gib(struct text *text, int64_t bytes);

#endif
