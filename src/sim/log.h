/*
 * Ollama's log on stderr (slog's text format) and gin's access log on stdout.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include <stdint.h>

#include "base/text.h"

/* `rest` is printf's format of what follows msg: ` key=value …` with a blank in front, or "". */
void log_line(const char *level, const char *source, const char *message, const char *rest, ...) TEXT_PRINTF(4, 5);

/* A line of the first lines before 0.7.0: `2025/03/05 06:59:46 routes.go:1215: INFO server config …`. */
void log_plain_line(const char *level, const char *source, const char *message, const char *rest);

/* A line that the runner wrote. */
void log_raw(const char *format, ...) TEXT_PRINTF(1, 2);

void log_access(int status, int64_t elapsed_ns, const char *address, const char *method, const char *path);

#endif
