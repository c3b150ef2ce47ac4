/*
 * What libcurl asked for each socket, and what the kernel knows of it. Between
 * two requests of a kept connection libcurl takes its interest back and asks
 * for it again; the kernel is told only what is left of that when the engine
 * waits, which saves two system calls a request. Of a descriptor that libcurl
 * made for itself, as for a thread that looks up a name, nobody tells when it is
 * closed, so the kernel forgets it as soon as libcurl asks nothing of it.
 */
#ifndef LOAD_SOCKETS_H
#define LOAD_SOCKETS_H

#include "poller.h"

struct transfer;

struct sockets {
	struct poller *poller;   /* NULL: not open */
	struct watched *watched; /* indexed by descriptor */
	size_t capacity;
	int *changed; /* descriptors whose interest may differ from the kernel's */
	size_t changed_count, changed_capacity;
};

bool sockets_open(struct sockets *sockets, struct failure *failure);
void sockets_release(struct sockets *sockets); /* `= {0}` is allowed */

/* The descriptor is a new socket of ours: sockets_forget() will tell of its end. */
void sockets_adopt(struct sockets *sockets, int fd);

/* The owner is who waits for it; NULL: libcurl itself. */
void sockets_watch(struct sockets *sockets, int fd, unsigned interest, struct transfer *owner);

/* The descriptor is about to be closed, by which the kernel forgets it. */
void sockets_forget(struct sockets *sockets, int fd);

/* Whether anything is asked of it now; then *owner is who waits. */
bool sockets_is_watched(const struct sockets *sockets, int fd, struct transfer **owner);

/* Tells the kernel what has changed, then waits as poller_wait() does. *refused: the kernel watches no more sockets. */
size_t sockets_wait(struct sockets *sockets, int64_t timeout_ns, struct poller_event *events, size_t capacity,
                    bool *refused);

#endif
