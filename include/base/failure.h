/*
 * What went wrong, for a person: a message and the exit status that it leads
 * to (design, Contract: commands). `= {0}` means that nothing failed.
 */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include "base/text.h"

enum status {
	STATUS_DONE = 0,
	STATUS_CELLS_FAILED = 1,   /* done, but cells failed or a gate tripped */
	STATUS_USER_MISTAKE = 2,   /* nothing was measured */
	STATUS_CANNOT_GO_ON = 3,   /* server, disk, interrupted; what was measured is kept */
	STATUS_CANNOT_TELL = 4,    /* compare: too noisy, too few trials */
	STATUS_NOT_COMPARABLE = 5, /* compare: another machine, model digest, or settings */
};

struct failure {
	enum status status;
	char *message; /* owned; lower case, no "llmbench:" in front, no new line at the end */
};

/*
 * Records a failure unless one is recorded already (the first is the cause).
 * Always returns false, so that a function can `return failure_set(…)`.
 */
bool failure_set(struct failure *failure, enum status status, const char *format, ...) TEXT_PRINTF(3, 4);

bool failure_is_set(const struct failure *failure);
void failure_release(struct failure *failure);

#endif
