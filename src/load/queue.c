#include "queue.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

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

void queue_open(struct queue *queue, const struct request *requests, size_t count)
{
	struct timed *timed = memory_new(count, sizeof *timed);
	size_t timed_count = 0, others;

	*queue = (struct queue){.requests = requests, .order = memory_new(count, sizeof *queue->order)};
	for (size_t i = 0; i < count; i++)
		if (requests[i].due_ns != TIME_UNKNOWN)
			timed[timed_count++] = (struct timed){requests[i].due_ns, i};
	qsort(timed, timed_count, sizeof *timed, compare_timed);
	for (size_t i = 0; i < timed_count; i++)
		queue->order[i] = timed[i].index;
	free(timed);

	others = timed_count;
	for (size_t i = 0; i < count; i++)
		if (requests[i].due_ns == TIME_UNKNOWN)
			queue->order[others++] = i;
	queue->timed_end = queue->other_next = timed_count;
	queue->other_end = count;
}

void queue_release(struct queue *queue)
{
	free(queue->order);
	*queue = (struct queue){0};
}

static int64_t timed_due_ns(const struct queue *queue)
{
	if (queue->timed_next == queue->timed_end)
		return INT64_MAX;
	return queue->start_ns + queue->requests[queue->order[queue->timed_next]].due_ns;
}

bool queue_take(struct queue *queue, int64_t now_ns, int64_t free_since_ns, size_t *index, int64_t *due_ns)
{
	if (timed_due_ns(queue) <= now_ns) {
		*due_ns = timed_due_ns(queue);
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
	if (queue->timed_next == queue->timed_end)
		return false;
	*due_ns = TIME_UNKNOWN;
	*index = queue->order[queue->timed_next++];
	return true;
}

int64_t queue_next_ns(const struct queue *queue)
{
	return queue->other_next < queue->other_end ? INT64_MIN : timed_due_ns(queue);
}
