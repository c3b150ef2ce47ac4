/*
 * Reads the server's own metrics while a cell's requests are measured: once
 * before the first and once after the last one, for the counters, and at the
 * cell's interval between them, by a thread of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "machine/ticker.h"
#include "run/session.h"

static const int64_t edge_ns = 5 * NS_PER_S;    /* nothing is measured then */
static const int64_t reading_ns = 1 * NS_PER_S; /* servers answer between two steps of the model */
static const int64_t default_interval_ns = NS_PER_S;

struct scraper {
	const struct target *target;
	const volatile sig_atomic_t *stop;
	struct server_facts facts; /* borrowed texts; the thread has its own, as the summary's may move */
	struct endpoint endpoint;
	struct access access;
	char *url;
	struct server_metrics before;
	struct server_polls *into; /* the thread's until it has ended */
	size_t first;              /* of its samples that is this visit's */
	struct ticker *ticker;
};

static bool take(const struct scraper *scraper, int64_t timeout_ns, struct server_sample *sample)
{
	const struct request request = {.method = "GET", .url = scraper->url, .due_ns = TIME_UNKNOWN};
	struct exchange exchange = {0};

	server_metrics_reset(&sample->metrics);
	load_one(&request, &scraper->access, timeout_ns, scraper->stop, &exchange);
	if (exchange.transport == TRANSPORT_COMPLETE && exchange.http_status == 200)
		scraper->target->read_metrics(&scraper->endpoint, exchange.body, exchange.body_size, &sample->metrics);
	sample->asked_ns = exchange.sent_ns;
	sample->told_ns = exchange.done_ns;
	exchange_release(&exchange);
	return server_metrics_any(&sample->metrics);
}

static bool tick(void *context)
{
	struct scraper *scraper = context;
	struct server_sample sample;

	if (take(scraper, reading_ns, &sample))
		server_polls_add(scraper->into, &sample);
	else
		scraper->into->failed++;
	return true;
}

/* NULL: this server has none. */
static char *metrics_url(const struct target *target, const struct endpoint *endpoint)
{
	const char *path = target->metrics_path != NULL ? target->metrics_path(endpoint) : NULL;
	size_t size = strlen(endpoint->base_url);

	if (path == NULL)
		return NULL;
	if (size > 3 && strcmp(endpoint->base_url + size - 3, "/v1") == 0)
		size -= 3;
	return text_format("%.*s%s", (int)size, endpoint->base_url, path);
}

static void scraper_free(struct scraper *scraper)
{
	free(scraper->url);
	free(scraper);
}

static int64_t interval_ns(const struct cell *cell)
{
	return cell->metrics_interval_ns != CELL_UNSET ? cell->metrics_interval_ns : default_interval_ns;
}

struct scraper *scrape_begin(struct session *session, struct cell_work *work)
{
	struct scraper *scraper = memory_new(1, sizeof(*scraper));
	struct server_sample sample;

	scraper->target = session->backend.target;
	scraper->stop = session->options->stop;
	scraper->facts = *session_server(session, work->cell);
	scraper->endpoint = (struct endpoint){session->backend.base_url, &scraper->facts};
	scraper->access = server_access(work->cell->server, session->backend.base_url);
	scraper->url = session->options->sample ? metrics_url(scraper->target, &scraper->endpoint) : NULL;
	if (scraper->url == NULL || !take(scraper, edge_ns, &sample)) {
		scraper_free(scraper);
		return NULL;
	}
	scraper->before = sample.metrics;
	scraper->into = &work->polls;
	scraper->first = work->polls.count;
	work->polls.interval_ns = interval_ns(work->cell);
	scraper->ticker = ticker_start(work->polls.interval_ns, tick, scraper);
	return scraper;
}

bool scrape_end(struct session *session, struct cell_work *work, struct scraper *scraper)
{
	struct server_sample after;
	struct ticker_result ticked;
	bool stored = true;

	if (scraper == NULL)
		return true;
	ticked = ticker_stop(scraper->ticker);
	work->polls.missed += ticked.missed;
	work->polls.cpu_ns += ticked.cpu_ns;
	take(scraper, edge_ns, &after);
	server_polls_add_visit(&work->polls, &scraper->before, &after.metrics);
	for (size_t i = scraper->first; i < work->polls.count && stored; i++)
		stored = store_add_sample(
		    session->store, server_sample_json(&work->polls.samples[i], work->into->id, session->origin_ns),
		    session->failure);
	scraper_free(scraper);
	return stored;
}

void scrape_take_up(struct cell_work *work)
{
	struct server_metrics unknown;

	/* The journal has no counters; where the visit was killed, not even its readings. */
	server_polls_lose(&work->polls);
	if (work->polls.count == 0)
		return;
	server_metrics_reset(&unknown);
	work->polls.interval_ns = interval_ns(work->cell);
	server_polls_add_visit(&work->polls, &unknown, &unknown);
}

void scrape_conclude(struct cell_work *work)
{
	const struct trial_records *records = &work->records;
	struct waiting_check check = server_polls_check(&work->polls, records->records, records->count);

	work->into->queue = queue_json(records->records, records->count);
	work->into->server_metrics = server_polls_json(&work->polls, records->records, records->count);
	if (waiting_check_differs(&check))
		cell_summary_add_flag(
		    work->into,
		    "the server counts %.1f requests waiting, llmbench %.1f, on average of %zu readings "
		    "that all differ",
		    check.theirs, check.ours, check.compared);
}
