/*
 * The server whose truth the clients are compared with: one process, epoll,
 * nothing shared with the engine but the clock. GET /N is stream N.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include "board.h"

/* PACING_EACH: from the request to the first token. */
#define PREFILL_NS (50 * NS_PER_MS)

/* Plays the shape, then waits to be killed. */
_Noreturn void serve(int listener, const struct shape *shape, struct board *board);

#endif
