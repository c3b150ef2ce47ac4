/*
 * What a person sees while a sweep runs: on a terminal one line that is
 * rewritten, elsewhere one plain line per cell. All of it goes to stderr.
 * When nobody is there any more, because the terminal or the reader of stderr
 * is gone, the sweep is told to end (signals_hang_up()).
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "run/sweep.h"

struct progress {
	bool quiet;
	bool terminal;
	bool terminal_in;        /* stdin is a terminal, which may be closed */
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
