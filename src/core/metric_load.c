#include "core/metric_load.h"

#include <math.h>

#include "core/slo.h"

static void add_ms(int64_t from_ns, int64_t to_ns, struct series *into)
{
	if (from_ns != TIME_UNKNOWN && to_ns != TIME_UNKNOWN)
		series_add(into, (double)(to_ns - from_ns) / (double)NS_PER_MS);
}

void load_ttft_from_sent(const struct record *record, struct series *into)
{
	if (record->event_count > 0)
		add_ms(record->sent_ns, record->event_ns[0], into);
}

void load_e2e_from_sent(const struct record *record, struct series *into)
{
	add_ms(record->sent_ns, record->done_ns, into);
}

static size_t count_met(const struct trial *trial)
{
	size_t met = 0;

	for (size_t i = 0; i < trial->count; i++)
		met += slo_is_met(trial->slo, &trial->records[i]);
	return met;
}

double load_goodput(const struct trial *trial)
{
	if (trial->slo == NULL || !(trial->wall_s > 0))
		return NAN;
	return (double)count_met(trial) / trial->wall_s;
}

double load_slo_met_pct(const struct trial *trial)
{
	if (trial->slo == NULL || trial->count == 0)
		return NAN;
	return 100 * (double)count_met(trial) / (double)trial->count;
}

/* A later turn of a conversation is due when the one before it has ended: by the server, and not by the schedule. */
static bool is_scheduled(const struct record *record)
{
	return record->turn <= 1;
}

/*
 * The mean rate of those stamps of scheduled requests that are known: a gap less than stamps, over the time between
 * first and last.
 */
static double rate_of(const struct trial *trial, int64_t (*stamp)(const struct record *record))
{
	int64_t first_ns = INT64_MAX, last_ns = TIME_UNKNOWN;
	size_t known = 0;

	for (size_t i = 0; i < trial->count; i++) {
		int64_t at_ns = stamp(&trial->records[i]);

		if (at_ns == TIME_UNKNOWN || !is_scheduled(&trial->records[i]))
			continue;
		known++;
		first_ns = at_ns < first_ns ? at_ns : first_ns;
		last_ns = at_ns > last_ns ? at_ns : last_ns;
	}
	if (!trial->open_loop || known < 2 || last_ns <= first_ns)
		return NAN;
	return (double)(known - 1) * (double)NS_PER_S / (double)(last_ns - first_ns);
}

static int64_t due(const struct record *record)
{
	return record->due_ns;
}

static int64_t sent(const struct record *record)
{
	return record->sent_ns;
}

double load_asked_rate(const struct trial *trial)
{
	return rate_of(trial, due);
}

double load_achieved_rate(const struct trial *trial)
{
	return rate_of(trial, sent);
}

double load_shared_stamps_pct(const struct trial *trial)
{
	size_t shared = 0, gaps = 0;

	for (size_t i = 0; i < trial->count; i++) {
		const struct record *record = &trial->records[i];

		if (record->outcome != OUTCOME_OK)
			continue;
		for (size_t event = 1; event < record->event_count; event++) {
			shared += record->event_ns[event] == record->event_ns[event - 1];
			gaps++;
		}
	}
	return gaps > 0 ? 100 * (double)shared / (double)gaps : NAN;
}
