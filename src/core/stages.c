#include "core/stages.h"

#include <stdlib.h>

#include "base/memory.h"

/* What a request does for a time. */
enum activity {
	WAITS,
	PREFILLS,
	WAITS_OR_PREFILLS,
	DECODES,
	UNCLEAR,
};
enum { ACTIVITY_COUNT = UNCLEAR + 1, ACTIVITIES_MAX = 3 /* of one request */ };

struct edge {
	int64_t at_ns;
	enum activity activity;
	int step; /* +1 it begins, -1 it ends */
};

struct edges {
	struct edge *edges;
	size_t count;
};

const char *stage_name(enum stage stage)
{
	static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
	    STAGES(X)
#undef X
	};

	return names[stage];
}

static void add(struct edges *edges, enum activity activity, int64_t from_ns, int64_t to_ns)
{
	if (to_ns <= from_ns)
		return;
	edges->edges[edges->count++] = (struct edge){from_ns, activity, 1};
	edges->edges[edges->count++] = (struct edge){to_ns, activity, -1};
}

/* Whether the first text event tells when the prompt was computed: text that comes as a whole comes after the decode.
 */
static bool begins_with_first_event(const struct record *record)
{
	return record->outcome == OUTCOME_OK && record->event_count > 0 &&
	       (record->event_count > 1 || record->output_tokens == 1);
}

static void add_request(struct edges *edges, const struct record *record)
{
	int64_t first_ns, begin_ns;

	if (record->sent_ns == TIME_UNKNOWN)
		return;
	if (!begins_with_first_event(record)) {
		add(edges, UNCLEAR, record->sent_ns, record->done_ns);
		return;
	}
	first_ns = record->event_ns[0];
	add(edges, DECODES, first_ns, record->event_ns[record->event_count - 1]);
	if (record->server_prefill_ns == TIME_UNKNOWN) {
		add(edges, WAITS_OR_PREFILLS, record->sent_ns, first_ns);
		return;
	}
	begin_ns = first_ns - record->server_prefill_ns;
	if (begin_ns < record->sent_ns)
		begin_ns = record->sent_ns;
	add(edges, WAITS, record->sent_ns, begin_ns);
	add(edges, PREFILLS, begin_ns, first_ns);
}

static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;

	return (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
}

/* levels: how many requests do each. */
static enum stage stage_of(const size_t levels[ACTIVITY_COUNT])
{
	size_t prefilling = levels[PREFILLS];

	if (levels[UNCLEAR] > 0)
		return STAGE_OTHER;
	if (levels[WAITS_OR_PREFILLS] == 1 && levels[WAITS] + levels[PREFILLS] + levels[DECODES] == 0)
		return STAGE_PREFILL;
	if (levels[WAITS_OR_PREFILLS] > 0 || (prefilling > 0) == (levels[DECODES] > 0))
		return STAGE_OTHER;
	return prefilling > 0 ? STAGE_PREFILL : STAGE_DECODE;
}

struct stages stages_of(const struct record *records, size_t count)
{
	struct edges edges = {.edges = memory_new(2 * ACTIVITIES_MAX * count, sizeof(*edges.edges))};
	struct stages stages = {.steps = memory_new(2 * ACTIVITIES_MAX * count, sizeof(*stages.steps))};
	size_t levels[ACTIVITY_COUNT] = {0};
	enum stage before = STAGE_OTHER;

	for (size_t i = 0; i < count; i++)
		add_request(&edges, &records[i]);
	qsort(edges.edges, edges.count, sizeof(*edges.edges), compare_edges);
	for (size_t i = 0; i < edges.count;) {
		int64_t at_ns = edges.edges[i].at_ns;
		enum stage stage;

		/* All that happens at one instant is one step. */
		for (; i < edges.count && edges.edges[i].at_ns == at_ns; i++)
			levels[edges.edges[i].activity] += (size_t)edges.edges[i].step;
		stage = stage_of(levels);
		if (stage != before)
			stages.steps[stages.count++] = (struct stage_step){at_ns, stage};
		before = stage;
	}
	free(edges.edges);
	return stages;
}

void stages_release(struct stages *stages)
{
	free(stages->steps);
	*stages = (struct stages){0};
}

enum stage stages_between(const struct stages *stages, int64_t from_ns, int64_t to_ns)
{
	size_t low = 0, high = stages->count;

	while (low < high) { /* steps[low] is the first that begins after from_ns */
		size_t middle = low + (high - low) / 2;

		if (stages->steps[middle].at_ns <= from_ns)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || (low < stages->count && stages->steps[low].at_ns <= to_ns))
		return STAGE_OTHER;
	return stages->steps[low - 1].stage;
}
