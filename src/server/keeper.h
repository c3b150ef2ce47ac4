/*
 * The keeper: a small process between llmbench and a managed server. It
 * starts the server, tells how it ends, and ends it with its whole family when
 * it is told to or when llmbench is gone, however that ended. Of a server that
 * ends by itself it ends at once what that leaves behind.
 *
 * It hangs on a leash, a pipe that only llmbench can write to: four bytes on
 * it say "stop", four more "now", and its end says that llmbench is dead. Being the parent of
 * the server (and on Linux of all orphans below), the keeper misses none.
 */
#ifndef SERVER_KEEPER_H
#define SERVER_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"

struct keeper {
	pid_t pid;
	pid_t server;
	int leash;   /* written by us */
	int reports; /* read by us, without waiting */
	bool ended;  /* the server has ended */
	bool killed; /* ended by signal `code`, else with exit status `code` */
	bool lost;   /* somebody ended the keeper, so the end of the server will not be known */
	int code;
};

/* All of it borrowed; lists end with NULL. */
struct keeper_order {
	const char *program; /* path */
	char *const *arguments;
	char *const *environment;
	int log; /* descriptor: the server's stdout and stderr */
};

/* False: nothing runs. A program that cannot be executed is status 2, all else 3. */
bool keeper_start(struct keeper *keeper, const struct keeper_order *order, struct failure *failure);

/* Reads what the keeper has reported since; does not wait. */
void keeper_look(struct keeper *keeper);

/* Ends the server and its family, then the keeper. */
void keeper_stop(struct keeper *keeper, int grace_ms);

/* For a handler of signals that interrupts keeper_stop(): the grace is over. */
void keeper_hurry(int leash);

#endif
