#include "core/waiting.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

struct edge {
	int64_t at_ns;
	int step; /* +1 sent, -1 the header came */
};

static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;

	return (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
}

static int64_t wait_end(const struct record *record)
{
	return record->header_ns != TIME_UNKNOWN ? record->header_ns : record->done_ns;
}

struct waiting waiting_of(const struct record *records, size_t count)
{
	struct edge *edges = memory_new(2 * count, sizeof(*edges));
	struct waiting waiting = {.steps = memory_new(2 * count, sizeof(*waiting.steps))};
	size_t used = 0, level = 0;

	for (size_t i = 0; i < count; i++) {
		if (records[i].sent_ns == TIME_UNKNOWN || wait_end(&records[i]) <= records[i].sent_ns)
			continue;
		edges[used++] = (struct edge){records[i].sent_ns, 1};
		edges[used++] = (struct edge){wait_end(&records[i]), -1};
	}
	qsort(edges, used, sizeof(*edges), compare_edges);
	for (size_t i = 0; i < used;) {
		int64_t at_ns = edges[i].at_ns;

		/* All that happens at one instant is one step. */
		for (; i < used && edges[i].at_ns == at_ns; i++)
			level += (size_t)edges[i].step;
		waiting.steps[waiting.count++] = (struct waiting_step){at_ns, level};
		if (level > waiting.most)
			waiting.most = level;
	}
	free(edges);
	return waiting;
}

void waiting_release(struct waiting *waiting)
{
	free(waiting->steps);
	*waiting = (struct waiting){0};
}

/* How many steps begin at or before that time. */
static size_t steps_until(const struct waiting *waiting, int64_t at_ns)
{
	size_t low = 0, high = waiting->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (waiting->steps[middle].at_ns <= at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void waiting_between(const struct waiting *waiting, int64_t from_ns, int64_t to_ns, size_t *least, size_t *most)
{
	size_t next = steps_until(waiting, from_ns);

	*least = *most = next > 0 ? waiting->steps[next - 1].level : 0;
	for (; next < waiting->count && waiting->steps[next].at_ns <= to_ns; next++) {
		size_t level = waiting->steps[next].level;

		*least = level < *least ? level : *least;
		*most = level > *most ? level : *most;
	}
}

double waiting_mean(const struct waiting *waiting, int64_t from_ns, int64_t to_ns)
{
	size_t next = steps_until(waiting, from_ns);
	size_t level = next > 0 ? waiting->steps[next - 1].level : 0;
	double area = 0;
	int64_t at_ns = from_ns;

	if (to_ns <= from_ns)
		return NAN;
	for (; next < waiting->count && waiting->steps[next].at_ns < to_ns; next++) {
		area += (double)level * (double)(waiting->steps[next].at_ns - at_ns);
		at_ns = waiting->steps[next].at_ns;
		level = waiting->steps[next].level;
	}
	area += (double)level * (double)(to_ns - at_ns);
	return area / (double)(to_ns - from_ns);
}
