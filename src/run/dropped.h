/*
 * The cells whose measurements --resume drops, for people.
 */
#ifndef RUN_DROPPED_H
#define RUN_DROPPED_H

#include "run/session.h"

/* `= {0}` begins. */
struct dropped {
	char **ids; /* owned */
	size_t count, capacity;
	size_t last; /* the one of the line before: lines of a cell are neighbours, or go in rounds */
	struct text names;
};

/* A line of the journal. Its cell, which may have a line for each trial and one for itself, is counted once. */
void dropped_add(struct dropped *dropped, const struct plan *plan, const struct json *line);

/* A warning, unless there are none. why: what follows "cells". */
void dropped_say(const struct dropped *dropped, const struct session *session, const char *why);
void dropped_release(struct dropped *dropped);

#endif
