/*
 * Requests that come after another one: which they are, and, once that one has
 * ended, when they are due.
 */
#ifndef LOAD_FOLLOW_H
#define LOAD_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/exchange.h"

struct follow;

/* NULL when no request comes after another. */
struct follow *follow_open(const struct request *requests, size_t count);
void follow_release(struct follow *follow);

/* A request has ended: those after it become due at their time. */
void follow_ended(struct follow *follow, size_t index, int64_t ended_ns);

/* When the next of them is due; INT64_MAX: none is so far. */
int64_t follow_due_ns(const struct follow *follow);

/* Takes that one; of equal times the first of the load. */
size_t follow_take(struct follow *follow);

/* Takes one whose turn has not come; false: there is none left. */
bool follow_take_waiting(struct follow *follow, size_t *index);

#endif
