/*
 * Connections that a server closes by itself, as llama.cpp's HTTP library
 * does: after so many requests, and when nothing comes for a while.
 */
#ifndef SIM_CONNECTIONS_H
#define SIM_CONNECTIONS_H

#include <stdbool.h>

#include <event2/http.h>

#define CONNECTION_REQUESTS 100
#define CONNECTION_IDLE_S   5

struct connections;

/* Watches the connections of a server from now on. */
struct connections *connections_new(struct evhttp *http);
void connections_free(struct connections *connections); /* NULL is allowed; after the server's end */

/* Counts one more request. True: it is the last one of its connection. */
bool connections_count(struct connections *connections, struct evhttp_connection *connection);

#endif
