/*
 * Whether what a server said means that it ran out of memory: for a model and
 * its settings a fact of the machine, which larger settings share. One table
 * for all servers, since most of them are the same libraries below.
 */
#ifndef TARGET_OUT_OF_MEMORY_H
#define TARGET_OUT_OF_MEMORY_H

#include <stdbool.h>

/* words: of an answer, of a log, or a reason made of them; NULL: none. Case does not matter. */
bool words_tell_out_of_memory(const char *words);

/* That a process of the server was killed by signal 9, as the kernel does when the machine has no memory left. */
bool words_tell_a_kill(const char *words);

#endif
