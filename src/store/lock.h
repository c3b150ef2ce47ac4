/*
 * One process writes to a run directory: it has this lock, and the system takes
 * it away from a process that ended, however it did.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/failure.h"

enum { LOCK_NONE = -1 };

/*
 * Takes the lock of a folder; no program that is started inherits it. `doubt`
 * gets why it may not keep others out: the file system has no locks, or the last
 * owner, who did not give it back, is on another machine, which may not see the
 * locks of this one. LOCK_NONE: failure: somebody else has it (status 2, and the
 * message names the process), or the folder cannot be written.
 */
int lock_take(const char *folder, struct text *doubt, struct failure *failure);

/* LOCK_NONE is allowed. */
void lock_release(int lock, const char *folder);

#endif
