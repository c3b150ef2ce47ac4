/*
 * One process writes to a run directory: it has this lock, and the system takes
 * it away from a process that ended, however it did.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/failure.h"

enum { LOCK_NONE = -1 };

/*
 * Takes the lock of a folder; no program that is started inherits it. On a file
 * system that has no locks the folder is simply ours. LOCK_NONE: failure, status
 * 2: somebody else has it (the message names the process), or the folder cannot
 * be written.
 */
int lock_take(const char *folder, struct failure *failure);

/* LOCK_NONE is allowed. */
void lock_release(int lock, const char *folder);

#endif
