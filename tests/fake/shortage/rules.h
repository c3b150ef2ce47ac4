/*
 * Which calls of the system fail, and how: the rules of the variable SHORTAGE,
 * separated by blanks:
 *
 *	CALL[@WHERE]:N[+][:WHAT]
 *
 * The N-th such call (from 1; 0: none) of the program SHORTAGE_OF (llmbench,
 * if it is not set) fails, with + all after it, too. WHAT is the error
 * (ENOSPC …), `half` for a write that takes only half of its bytes, or a number
 * for the calls that have one. WHERE is a part of the path that the call is
 * about; of an allocation, a part of the name of the library that asks for it,
 * or `own`: the program itself. Processes that it forks go on counting.
 *
 * SHORTAGE_LOG names a file that gets a line for each call that failed, and for
 * each rule how many calls there were, if the program comes to its end.
 */
#ifndef SHORTAGE_RULES_H
#define SHORTAGE_RULES_H

#include <stdbool.h>

/* X(symbol, name in a rule, error when a rule names none) */
#define CALLS(X)                                                                                \
	X(CALL_MALLOC, "malloc", ENOMEM) /* malloc, calloc, realloc, and mmap of the program */ \
	X(CALL_WRITE, "write", ENOSPC)   /* not those of stdio */                               \
	X(CALL_FSYNC, "fsync", EIO)      /* of a file or folder */                              \
	X(CALL_RENAME, "rename", ENOSPC) /* WHERE: of the new name */                           \
	X(CALL_MKDIR, "mkdir", ENOSPC)                                                          \
	X(CALL_OPEN, "open", EMFILE) /* open, fopen, opendir, mkstemp */                        \
	X(CALL_SOCKET, "socket", EMFILE)                                                        \
	X(CALL_PIPE, "pipe", EMFILE)                                                            \
	X(CALL_DESCRIPTOR, "descriptor", EMFILE) /* any of the three, or epoll_create1 */       \
	X(CALL_FORK, "fork", EAGAIN)                                                            \
	X(CALL_THREAD, "thread", EAGAIN)                                                        \
	X(CALL_FLOCK, "flock", ENOLCK)                                                          \
	X(CALL_CLOCK, "clock", 0) /* reading the wall clock, which is WHAT seconds off */       \
	X(CALL_SPACE, "space", 0) /* statvfs, which finds WHAT bytes free */

enum call {
#define X(symbol, name, error) symbol,
	CALLS(X)
#undef X
};

enum { SHORT_OF_NOTHING = -1, SHORT_BY_HALF = -2 };

/*
 * Counts a call. SHORT_OF_NOTHING: it is to be made; else its error, errno is
 * set to it, too, or SHORT_BY_HALF.
 */
long rules_count(enum call call, const char *where);
long rules_count_file(enum call call, int file);
long rules_count_allocation(const void *caller);

#endif
