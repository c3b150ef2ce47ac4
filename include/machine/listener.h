/*
 * Which process serves a port of this machine.
 */
#ifndef MACHINE_LISTENER_H
#define MACHINE_LISTENER_H

#include <stdint.h>

/*
 * The process that listens on this TCP port, on whatever address; of several
 * that share the socket, as workers do, the one that the others descend from.
 * 0: none is visible, which is so when it is another user's or in a container;
 * or it is not clear which one; or it only forwards to a server elsewhere, as
 * Docker and ssh do. Asks every process: milliseconds, not while requests run.
 */
int64_t machine_listener_pid(int port);

#endif
