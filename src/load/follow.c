#include "follow.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

#define NONE SIZE_MAX

struct ready {
	int64_t due_ns;
	size_t index;
};

struct follow {
	const struct request *requests;
	size_t count;
	size_t *first, *next; /* of each request: the first after it, and the next after the same one */
	bool *waits;          /* of each request: the one before it has not ended */
	size_t waiting_from;  /* no request before it waits, once some were taken while waiting */
	struct ready *heap;   /* the earliest is first */
	size_t ready_count;
};

struct follow *follow_open(const struct request *requests, size_t count)
{
	struct follow *follow = NULL;

	for (size_t i = 0; i < count && follow == NULL; i++)
		if (requests[i].after != 0)
			follow = memory_new(1, sizeof *follow);
	if (follow == NULL)
		return NULL;
	*follow = (struct follow){
	    .requests = requests,
	    .count = count,
	    .first = memory_new(count, sizeof *follow->first),
	    .next = memory_new(count, sizeof *follow->next),
	    .waits = memory_new(count, sizeof *follow->waits),
	    .heap = memory_new(count, sizeof *follow->heap),
	};
	for (size_t i = 0; i < count; i++)
		follow->first[i] = follow->next[i] = NONE;
	/* Downwards, so that the first after a request is the first of the load. */
	for (size_t i = count; i-- > 0;) {
		size_t before = requests[i].after - 1;

		if (requests[i].after == 0)
			continue;
		assert(before < i); /* so each has its turn */
		follow->waits[i] = true;
		follow->next[i] = follow->first[before];
		follow->first[before] = i;
	}
	return follow;
}

void follow_release(struct follow *follow)
{
	if (follow == NULL)
		return;
	free(follow->first);
	free(follow->next);
	free(follow->waits);
	free(follow->heap);
	free(follow);
}

static bool is_before(const struct ready *a, const struct ready *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->index < b->index;
}

static void swap(struct ready *a, struct ready *b)
{
	struct ready kept = *a;

	*a = *b;
	*b = kept;
}

static void push(struct follow *follow, struct ready ready)
{
	struct ready *heap = follow->heap;
	size_t at = follow->ready_count++;

	heap[at] = ready;
	for (; at > 0 && is_before(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&heap[at], &heap[(at - 1) / 2]);
}

void follow_ended(struct follow *follow, size_t index, int64_t ended_ns)
{
	for (size_t i = follow->first[index]; i != NONE; i = follow->next[i]) {
		int64_t pause_ns = follow->requests[i].due_ns;

		if (!follow->waits[i])
			continue; /* it was taken while it waited */
		follow->waits[i] = false;
		push(follow, (struct ready){ended_ns + (pause_ns == TIME_UNKNOWN ? 0 : pause_ns), i});
	}
}

int64_t follow_due_ns(const struct follow *follow)
{
	return follow->ready_count > 0 ? follow->heap[0].due_ns : INT64_MAX;
}

size_t follow_take(struct follow *follow)
{
	struct ready *heap = follow->heap;
	size_t taken = heap[0].index, at = 0;

	heap[0] = heap[--follow->ready_count];
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < follow->ready_count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (child >= follow->ready_count || !is_before(&heap[child], &heap[at]))
			return taken;
		swap(&heap[child], &heap[at]);
		at = child;
	}
}

bool follow_take_waiting(struct follow *follow, size_t *index)
{
	for (size_t i = follow->waiting_from; i < follow->count; i++) {
		if (!follow->waits[i])
			continue;
		follow->waits[i] = false;
		follow->waiting_from = i + 1;
		*index = i;
		return true;
	}
	return false;
}
