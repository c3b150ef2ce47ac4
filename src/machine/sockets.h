/*
 * Linux' tables of TCP sockets, /proc/net/tcp and tcp6.
 */
#ifndef MACHINE_SOCKETS_H
#define MACHINE_SOCKETS_H

#include <stddef.h>

/* Numbers (inodes) of the sockets that listen on this port, at most `limit`; returns how many. */
size_t sockets_listening(const char *table, int port, unsigned long *sockets, size_t limit);

#endif
