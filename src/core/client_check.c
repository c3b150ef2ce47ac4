#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/summary.h"

static const char *const bound_names[] = {
#define X(symbol, name, meaning) [symbol] = (name),
    CLIENT_BOUNDS(X)
#undef X
};

void client_check_reset(struct client_check *check)
{
	check->core_share = NAN;
	check->bounds = 0;
	error_floor_reset(&check->floor);
}

void client_check_set_json(struct json *cell, const struct client_check *check)
{
	struct json *bounds = json_new_list();

	for (int i = 0; i < CLIENT_BOUND_COUNT; i++)
		if (check->bounds & 1u << i)
			json_append_string(bounds, bound_names[i]);
	json_set_number(cell, "client_core_share", check->core_share);
	json_set(cell, "client_bound", bounds);
	json_set(cell, "error_floor", error_floor_json(&check->floor));
}

void client_check_parse(const struct json *cell, struct client_check *check)
{
	const struct json *bounds = json_get(cell, "client_bound");

	client_check_reset(check);
	check->core_share = json_get_number(cell, "client_core_share");
	for (const struct json *item = json_first(bounds); item != NULL; item = json_next(item))
		for (int i = 0; i < CLIENT_BOUND_COUNT; i++)
			if (text_equal(json_as_string(item), bound_names[i]))
				check->bounds |= 1u << i;
	error_floor_parse(json_get(cell, "error_floor"), &check->floor);
}

/* False when one of them is unknown: comparisons with NAN are. */
static bool is_near(double figure_ms, const struct error_quantiles *error)
{
	return error->n > 0 && figure_ms < CLIENT_FACTOR * error->p99;
}

void client_figures_reset(struct client_figures *figures)
{
	*figures = (struct client_figures){NAN, NAN, NAN, NAN, NAN, NAN};
}

unsigned client_bounds_of(const struct error_floor *floor, const struct client_figures *figures)
{
	bool busy = figures->core_share * 100 > CLIENT_CORE_PERCENT;
	bool late = figures->ttft_p50_ms < CLIENT_FACTOR * figures->send_lag_p99_ms;
	bool slow = figures->achieved_rps * 100 < CLIENT_RATE_PERCENT * figures->asked_rps;

	return (unsigned)is_near(figures->ttft_p50_ms, &floor->ttft_ms) << CLIENT_BOUND_TTFT |
	       (unsigned)is_near(figures->itl_p50_ms, &floor->itl_ms) << CLIENT_BOUND_ITL |
	       (unsigned)busy << CLIENT_BOUND_CPU | (unsigned)late << CLIENT_BOUND_SEND_LAG |
	       (unsigned)slow << CLIENT_BOUND_RATE;
}

static const struct distribution *values_of(const struct cell_summary *cell, const char *metric)
{
	return &cell->metrics[metric_find(metric) - metrics].values;
}

static bool only_client_held_back(const struct cell_summary *cell)
{
	bool open_loop = cell_summary_is_open_loop(cell);
	bool limited = json_get_integer(cell->settings, "concurrency") != JSON_UNKNOWN;

	return cell->retries == 0 && !(open_loop && limited);
}

struct client_figures cell_summary_client_figures(const struct cell_summary *cell)
{
	struct client_figures figures;

	client_figures_reset(&figures);
	figures.core_share = cell->client.core_share;
	figures.ttft_p50_ms = values_of(cell, "ttft_ms")->p50;
	figures.itl_p50_ms = values_of(cell, "itl_ms")->p50;
	if (!only_client_held_back(cell))
		return figures;
	figures.send_lag_p99_ms = values_of(cell, "send_lag_ms")->p99;
	figures.asked_rps = values_of(cell, "asked_rate_rps")->p50;
	figures.achieved_rps = values_of(cell, "achieved_rate_rps")->p50;
	return figures;
}

/* What bounds a cell is known with its bounds, unless a damaged summary has them alone. */
static void add_known(const char *before, double value, const char *after, struct text *into)
{
	text_add(into, before);
	if (isnan(value))
		text_add(into, "–");
	else
		text_addf(into, "%.3g", value);
	text_add(into, after);
}

static void add_near(const char *title, double figure_ms, double error_ms, struct text *into)
{
	text_addf(into, "; %s p50 ", title);
	add_known("", figure_ms, " ms", into);
	add_known(", llmbench's own error up to ", error_ms, " ms", into);
}

/* A run of an earlier version may have a bound that rests on what this one holds for unknown: it has no figures then.
 */
static void add_sending(const struct client_check *check, const struct client_figures *figures, struct text *into)
{
	bool known = !isnan(figures->send_lag_p99_ms);

	if (check->bounds & 1u << CLIENT_BOUND_SEND_LAG && known) {
		add_known("; TTFT p50 ", figures->ttft_p50_ms, " ms", into);
		add_known(", sent up to ", figures->send_lag_p99_ms, " ms late", into);
	}
	if (check->bounds & 1u << CLIENT_BOUND_RATE && known)
		add_known("; sent at ", 100 * figures->achieved_rps / figures->asked_rps, " % of the asked rate", into);
	if (check->bounds & (1u << CLIENT_BOUND_SEND_LAG | 1u << CLIENT_BOUND_RATE) && !known)
		text_add(into, "; sent late");
}

void client_check_add_words(const struct client_check *check, const struct client_figures *figures, struct text *into)
{
	struct text words = {0};

	if (check->bounds & 1u << CLIENT_BOUND_TTFT)
		add_near("TTFT", figures->ttft_p50_ms, check->floor.ttft_ms.p99, &words);
	if (check->bounds & 1u << CLIENT_BOUND_ITL)
		add_near("ITL", figures->itl_p50_ms, check->floor.itl_ms.p99, &words);
	if (check->bounds & 1u << CLIENT_BOUND_CPU)
		add_known("; client's thread ", round(100 * figures->core_share), " % of a core", &words);
	add_sending(check, figures, &words);
	text_add(into, words.size > 0 ? text_string(&words) + strlen("; ") : "");
	text_release(&words);
}

static int compare_ns(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* Both sorted. A reply that begins when another one ends is beside it. */
static size_t most_at_once(const int64_t *begin_ns, const int64_t *end_ns, size_t count)
{
	size_t ended = 0, most = 0;

	for (size_t begun = 0; begun < count; begun++) {
		while (end_ns[ended] < begin_ns[begun])
			ended++;
		most = begun + 1 - ended > most ? begun + 1 - ended : most;
	}
	return most;
}

struct decode_load decode_load_of(const struct record *records, size_t count)
{
	int64_t *begin_ns = memory_new(count, sizeof(*begin_ns)), *end_ns = memory_new(count, sizeof(*end_ns));
	struct decode_load load = {.texts_per_s = NAN};
	double gaps = 0, gaps_ns = 0;
	size_t streamed = 0;

	for (size_t i = 0; i < count; i++) {
		const struct record *record = &records[i];

		if (record->event_count == 0)
			continue;
		begin_ns[streamed] = record->event_ns[0];
		end_ns[streamed] = record->event_ns[record->event_count - 1];
		gaps += (double)(record->event_count - 1);
		gaps_ns += (double)(end_ns[streamed] - begin_ns[streamed]);
		streamed++;
	}
	qsort(begin_ns, streamed, sizeof(*begin_ns), compare_ns);
	qsort(end_ns, streamed, sizeof(*end_ns), compare_ns);
	load.streams = most_at_once(begin_ns, end_ns, streamed);
	if (gaps > 0)
		load.texts_per_s = gaps_ns > 0 ? gaps * (double)NS_PER_S / gaps_ns : INFINITY;
	free(begin_ns);
	free(end_ns);
	return load;
}
