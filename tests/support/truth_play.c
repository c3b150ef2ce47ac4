#include "truth_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "target/target.h"

struct cell truth_cell(int64_t api, int64_t stream)
{
	struct cell cell = {0};

	cell_reset(&cell);
	cell.model = "tiny";
	cell.api = api;
	cell.stream = stream;
	return cell;
}

void truth_play_add(struct truth_play *play, const struct truth_job *job)
{
	size_t i = play->count;

	play->jobs = memory_grow(play->jobs, &play->capacity, i, sizeof *play->jobs);
	play->replies = memory_grow(play->replies, &play->reply_capacity, i, sizeof *play->replies);
	play->jobs[i] = *job;
	play->replies[i] = (struct truth_reply){.bytes = job->stream->wire,
	                                        .pieces = job->pieces,
	                                        .piece_count = job->piece_count,
	                                        .closes = job->stream->closes,
	                                        .close_wait_ns = job->close_wait_ns};
	play->count++;
}

static void encode(struct truth_play *play, int port)
{
	char *url = text_format("http://127.0.0.1:%d", port);
	const struct server_facts facts = {0};
	const struct endpoint endpoint = {url, &facts};

	play->requests = memory_new(play->count, sizeof *play->requests);
	for (size_t i = 0; i < play->count; i++) {
		char *prompt = text_format("truth %zu \"\xe6\x97\xa5\"", i);

		const struct input input = {.prompt = prompt, .output_tokens = play->jobs[i].cell.output_tokens};

		target_find("ollama")->encode(&play->jobs[i].cell, &endpoint, &input, &play->requests[i]);
		play->requests[i].due_ns = play->jobs[i].due_ns;
		free(prompt);
	}
	free(url);
}

static void decode(struct truth_play *play)
{
	const struct server_facts facts = {0};

	play->records = memory_new(play->count, sizeof *play->records);
	play->asked = memory_new(play->count, sizeof *play->asked);
	for (size_t i = 0; i < play->count; i++) {
		const struct truth_job *job = &play->jobs[i];

		target_find("ollama")->decode(&job->cell, &facts, &play->exchanges[i], &play->records[i]);
		play->records[i].request = i;
		play->records[i].trial = 1;
		play->asked[i] = (struct truth_request){.stream = job->stream,
		                                        .reply = &play->replies[i],
		                                        .truth = &play->log.truths[i],
		                                        .told = job->told,
		                                        .outcome = job->outcome};
	}
}

bool truth_play_run(struct truth_play *play, const struct load_options *options)
{
	struct truth_server *server = truth_server_start(play->replies, play->count);
	struct failure failure = {0};
	bool ran;

	encode(play, truth_server_port(server));
	play->exchanges = memory_new(play->count, sizeof *play->exchanges);
	play->start_ns = clock_now_ns();
	ran = load_run(play->requests, play->count, options, play->exchanges, &failure);
	play->end_ns = clock_now_ns();
	play->log = truth_server_stop(server);
	failure_release(&failure);
	decode(play);
	return ran;
}

static bool add_bounds(const struct truth_play *play, const struct metric *metric, size_t begin, size_t end,
                       const int64_t *due_ns, struct bounds *bounds)
{
	bool known = true;

	switch (metric->scope) {
	case METRIC_REQUEST:
		for (size_t i = begin; i < end; i++)
			if (play->asked[i].outcome == OUTCOME_OK)
				known = truth_bounds(metric->name, &play->asked[i], due_ns[i - begin], bounds);
		return known;
	case METRIC_TRIAL:
		return truth_trial_bounds(metric->name, &play->asked[begin], due_ns, end - begin, bounds);
	case METRIC_CELL:
		break;
	}
	return true;
}

/* By the writes, or by the stamps. */
static size_t wrong_metrics(const struct truth_play *play, size_t begin, size_t end)
{
	int64_t *due_ns = memory_new(end - begin, sizeof *due_ns);
	struct cell_summary cell;
	size_t wrong = 0;

	for (size_t i = begin; i < end; i++)
		due_ns[i - begin] = play->records[i].due_ns;
	cell_summary_init(&cell);
	cell_summary_add_records(&cell, &play->records[begin], end - begin);
	for (size_t i = 0; i < metric_count; i++) {
		const struct distribution *values = &cell.metrics[i].values;
		struct bounds bounds = {0};

		/* How long bytes lay in this machine's kernel is in no reply: test_load_bytes looks at it. */
		if (strcmp(metrics[i].name, "stamp_lag_ms") == 0)
			continue;
		if (!add_bounds(play, &metrics[i], begin, end, due_ns, &bounds) || !bounds_hold(&bounds, values)) {
			wrong++;
			printf("#  %s: %zu values, truth has %zu; mean %g, from %g to %g\n", metrics[i].name, values->n,
			       bounds.count, values->mean, values->min, values->max);
		}
		bounds_release(&bounds);
	}
	cell_summary_release(&cell);
	free(due_ns);
	return wrong;
}

size_t truth_play_wrong_metrics(struct truth_play *play, size_t begin, size_t end)
{
	size_t wrong = wrong_metrics(play, begin, end);

	for (size_t i = begin; i < end; i++)
		play->asked[i].stamped = &play->records[i];
	wrong += wrong_metrics(play, begin, end);
	for (size_t i = begin; i < end; i++)
		play->asked[i].stamped = NULL;
	return wrong;
}

void truth_play_release(struct truth_play *play)
{
	truth_log_release(&play->log);
	for (size_t i = 0; i < play->count; i++) {
		request_release(&play->requests[i]);
		exchange_release(&play->exchanges[i]);
		record_release(&play->records[i]);
		free(play->jobs[i].pieces);
	}
	free(play->jobs);
	free(play->replies);
	free(play->requests);
	free(play->exchanges);
	free(play->records);
	free(play->asked);
	*play = (struct truth_play){0};
}
