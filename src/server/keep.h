/*
 * The life of the keeper, between fork and _exit. Nothing of it allocates,
 * locks or prints: llmbench may have threads, and their locks came with the fork.
 */
#ifndef SERVER_KEEP_H
#define SERVER_KEEP_H

#include "server/keeper.h"

enum event { EVENT_STARTED, EVENT_CANNOT_FORK, EVENT_CANNOT_EXECUTE, EVENT_EXITED, EVENT_KILLED };

/* What the keeper tells llmbench: how the start went, then how the server ended. */
struct report {
	enum event event;
	int value; /* pid; errno; errno; exit status; signal */
};

/*
 * null: /dev/null for reading; leash: the end for reading; reports: the end
 * for writing. Called with all signals blocked.
 */
_Noreturn void keep(const struct keeper_order *order, int null, int leash, int reports);

#endif
