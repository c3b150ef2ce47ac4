#include "queue.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "follow.h"

struct timed {
	int64_t due_ns;
	size_t index;
};

/* By time; equal times in the order of the requests. */
static int compare_timed(const void *left, const void *right)
{
	const struct timed *a = left, *b = right;

	if (a->due_ns != b->due_ns)
		return a->due_ns < b->due_ns ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

bool queue_is_untimed(const struct request *request)
{
	return request->due_ns == TIME_UNKNOWN && request->after == 0;
}

void queue_open(struct queue *queue, const struct request *requests, size_t count)
{
	struct timed *timed = memory_new(count, sizeof *timed);
	size_t timed_count = 0, others;

	*queue = (struct queue){.requests = requests,
	                        .order = memory_new(count, sizeof *queue->order),
	                        .follow = follow_open(requests, count)};
	for (size_t i = 0; i < count; i++)
		if (requests[i].due_ns != TIME_UNKNOWN && requests[i].after == 0)
			timed[timed_count++] = (struct timed){requests[i].due_ns, i};
	qsort(timed, timed_count, sizeof *timed, compare_timed);
	for (size_t i = 0; i < timed_count; i++)
		queue->order[i] = timed[i].index;
	free(timed);

	others = timed_count;
	for (size_t i = 0; i < count; i++)
		if (queue_is_untimed(&requests[i]))
			queue->order[others++] = i;
	queue->timed_end = queue->other_next = timed_count;
	queue->other_end = others;
}

void queue_release(struct queue *queue)
{
	free(queue->order);
	follow_release(queue->follow);
	*queue = (struct queue){0};
}

static int64_t timed_due_ns(const struct queue *queue)
{
	if (queue->timed_next == queue->timed_end)
		return INT64_MAX;
	return queue->start_ns + queue->requests[queue->order[queue->timed_next]].due_ns;
}

static int64_t follow_ns(const struct queue *queue)
{
	return queue->follow != NULL ? follow_due_ns(queue->follow) : INT64_MAX;
}

void queue_ended(struct queue *queue, size_t index, int64_t ended_ns)
{
	if (queue->follow != NULL)
		follow_ended(queue->follow, index, ended_ns);
}

bool queue_take(struct queue *queue, int64_t now_ns, int64_t free_since_ns, size_t *index, int64_t *due_ns)
{
	int64_t timed_ns = timed_due_ns(queue);

	if (follow_ns(queue) <= now_ns && follow_ns(queue) <= timed_ns) {
		*due_ns = follow_ns(queue);
		*index = follow_take(queue->follow);
		return true;
	}
	if (timed_ns <= now_ns) {
		*due_ns = timed_ns;
		*index = queue->order[queue->timed_next++];
		return true;
	}
	if (queue->other_next == queue->other_end)
		return false;
	*due_ns = free_since_ns;
	*index = queue->order[queue->other_next++];
	return true;
}

bool queue_take_cancelled(struct queue *queue, int64_t now_ns, size_t *index, int64_t *due_ns)
{
	if (queue_take(queue, now_ns, TIME_UNKNOWN, index, due_ns))
		return true;
	*due_ns = TIME_UNKNOWN;
	if (queue->timed_next < queue->timed_end)
		*index = queue->order[queue->timed_next++];
	else if (follow_ns(queue) != INT64_MAX)
		*index = follow_take(queue->follow);
	else
		return queue->follow != NULL && follow_take_waiting(queue->follow, index);
	return true;
}

int64_t queue_next_ns(const struct queue *queue)
{
	int64_t timed_ns = timed_due_ns(queue), after_ns = follow_ns(queue);

	if (queue->other_next < queue->other_end)
		return INT64_MIN;
	return after_ns < timed_ns ? after_ns : timed_ns;
}
