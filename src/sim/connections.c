#include "sim/connections.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <event2/bufferevent.h>

#include "base/memory.h"

#define BUCKETS 1024

/*
 * By the address of its bufferevent. A new connection may get the address of
 * one that was closed: it then begins anew, because every bufferevent is made here.
 */
struct connection {
	const struct bufferevent *stream;
	int requests;
	SLIST_ENTRY(connection) next;
};

struct connections {
	SLIST_HEAD(, connection) buckets[BUCKETS];
};

static struct connection *find(struct connections *connections, const struct bufferevent *stream)
{
	size_t bucket = (size_t)((uintptr_t)stream >> 4) % BUCKETS;
	struct connection *connection;

	SLIST_FOREACH(connection, &connections->buckets[bucket], next)
	if (connection->stream == stream)
		return connection;
	connection = memory_new(1, sizeof(*connection));
	connection->stream = stream;
	SLIST_INSERT_HEAD(&connections->buckets[bucket], connection, next);
	return connection;
}

static struct bufferevent *on_new(struct event_base *base, void *context)
{
	struct bufferevent *stream = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);

	if (stream != NULL)
		find(context, stream)->requests = 0;
	return stream;
}

struct connections *connections_new(struct evhttp *http)
{
	struct connections *connections = memory_new(1, sizeof(*connections));

	evhttp_set_bevcb(http, on_new, connections);
	evhttp_set_timeout(http, CONNECTION_IDLE_S);
	return connections;
}

void connections_free(struct connections *connections)
{
	if (connections == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct connection *connection;

		while ((connection = SLIST_FIRST(&connections->buckets[i])) != NULL) {
			SLIST_REMOVE_HEAD(&connections->buckets[i], next);
			free(connection);
		}
	}
	free(connections);
}

bool connections_count(struct connections *connections, struct evhttp_connection *connection)
{
	return ++find(connections, evhttp_connection_get_bufferevent(connection))->requests >= CONNECTION_REQUESTS;
}
