/*
 * The socket that connections come in by, and a time in which there is none.
 */
#ifndef SIM_LISTENER_H
#define SIM_LISTENER_H

#include <stdint.h>

#include <event2/event.h>
#include <event2/http.h>

struct listener;

/* Listens; port 0: the system picks one. NULL: it cannot, and errno says why. */
struct listener *listener_open(struct event_base *base, struct evhttp *http, const char *host, int port);

/* Before the evhttp is freed, which closes the socket. NULL is allowed. */
void listener_free(struct listener *listener);

int listener_port(const struct listener *listener);

/*
 * Closes the socket, and opens it again after that time; connections meanwhile
 * are refused. Those that are open stay so; those that nobody has accepted yet
 * are reset. When the port cannot be had again, the loop ends.
 */
void listener_refuse(struct listener *listener, int64_t ms);

#endif
