/*
 * Keeps the machine from going to sleep by itself while something is measured.
 * The user can still send it to sleep, and a laptop may when its lid is closed:
 * see clock_slept_ns().
 */
#ifndef MACHINE_AWAKE_H
#define MACHINE_AWAKE_H

#include "base/text.h"

struct awake;

/*
 * macOS: a power assertion of IOKit (PreventUserIdleSystemSleep). Linux: an
 * inhibitor lock of logind (idle, sleep), which systemd-inhibit(1) holds as a
 * child of ours. Either ends with this process, however that ends. NULL: sleep is
 * not prevented, and `why` gets a few words that say so, masked. At most 3 s.
 * SIGPIPE has to be ignored: the child may be gone before it is written to.
 */
struct awake *awake_hold(struct text *why);

/* NULL is allowed. */
void awake_release(struct awake *awake);

#endif
