/*
 * Those who are compared. Each runs in a process of its own, pinned to the
 * client's core, and writes its stamps on the board.
 */
#ifndef BENCH_CLIENTS_H
#define BENCH_CLIENTS_H

#include <stdbool.h>

#include "board.h"

enum client { CLIENT_ENGINE, CLIENT_WAKING, CLIENT_FLOOR, CLIENT_AIOHTTP, CLIENT_CURL, CLIENT_WRK, CLIENT_COUNT };

/* "llmbench", "aiohttp": heads of columns. */
const char *client_name(enum client client);

/* NULL when it can run here; otherwise what is missing. */
const char *client_missing(enum client client);

/* Plays the client's part of a shape. Ends the process. */
_Noreturn void client_run(enum client client, int port, const struct shape *shape, struct board *board);

/* A bare epoll + recv client: stamps, decodes chunks, looks for ends of lines, counts. The scanning floor. */
void floor_run(int port, const struct shape *shape, struct board *board);

/* The load engine, with kernel stamps where there are any, or with waking stamps. */
void engine_client_run(int port, const struct shape *shape, struct board *board, bool kernel);

#endif
