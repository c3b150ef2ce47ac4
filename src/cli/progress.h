/*
 * What a person sees while a sweep runs: on a terminal one line that is
 * rewritten, elsewhere one plain line per cell. All of it goes to stderr.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "run/sweep.h"

struct progress {
	bool quiet;
	bool terminal;
	const struct plan *plan; /* whose axes tell cells apart */
	bool line_open;          /* the terminal's last line is ours and unfinished */
};

void progress_init(struct progress *progress, const struct plan *plan, bool quiet);

/* For sweep_options; the context is a struct progress. */
void progress_show(void *context, const struct sweep_progress *now);
void progress_warn(void *context, const char *message);

/* Clears an unfinished line. */
void progress_end(struct progress *progress);

#endif
