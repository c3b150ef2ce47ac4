/*
 * Which request is started next: those with a time of their own at that time,
 * in its order; the others in their own order, whenever a place is free. One
 * that comes after another has a time of its own once that one has ended.
 */
#ifndef LOAD_QUEUE_H
#define LOAD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/exchange.h"

struct queue {
	const struct request *requests; /* borrowed */
	size_t *order;                  /* the timed ones by due_ns, then the others */
	struct follow *follow;          /* follow.h; NULL: no request comes after another */
	size_t timed_next, timed_end;   /* positions in order */
	size_t other_next, other_end;
	int64_t start_ns;
};

/* Whether it is due whenever a place is free. */
bool queue_is_untimed(const struct request *request);

void queue_open(struct queue *queue, const struct request *requests, size_t count);
void queue_release(struct queue *queue);

/* A request has ended, at that time. */
void queue_ended(struct queue *queue, size_t index, int64_t ended_ns);

/*
 * Takes the next request, if one may start now. Its due stamp is its own time,
 * or else free_since_ns: when the place that it takes became free.
 */
bool queue_take(struct queue *queue, int64_t now_ns, int64_t free_since_ns, size_t *index, int64_t *due_ns);

/* Takes any request left; its due stamp is TIME_UNKNOWN if it never became due. */
bool queue_take_cancelled(struct queue *queue, int64_t now_ns, size_t *index, int64_t *due_ns);

/* When queue_take() has something; INT64_MIN: now, INT64_MAX: never again. */
int64_t queue_next_ns(const struct queue *queue);

#endif
