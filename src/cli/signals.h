/*
 * Signals. The stop flag is the only mutable global of the program.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>

/*
 * Until the program ends: INT, TERM and HUP set the stop flag, so that the
 * sweep ends and writes what it has; a second one ends the program at once
 * with status 3. A crash of ours ends the managed server first. PIPE is
 * ignored.
 */
void signals_install(void);

const volatile sig_atomic_t *signals_stop(void);

#endif
