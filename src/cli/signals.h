/*
 * Signals. The stop flag is the only mutable global of the program.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>

/*
 * Until the program ends, PIPE is ignored: a reader that has seen enough is
 * told by write(), and must not cost what was measured.
 */
void signals_ignore_pipe(void);

/*
 * Until the program ends: INT and TERM raise the stop flag (base/stop.h), the
 * first one to STOP_SOON, the second to STOP_NOW, and either way the sweep
 * writes what it has; the third ends the program at once with status 3. HUP is
 * a first one and never more. What was ignored when the program started stays
 * so: `nohup`, and INT of a shell's background jobs. A crash of ours ends the
 * managed server first.
 */
void signals_install(void);

/* The terminal is gone: as HUP, unless that is ignored. */
void signals_hang_up(void);

const volatile sig_atomic_t *signals_stop(void);

#endif
