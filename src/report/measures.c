#include "report/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/memory_account.h"
#include "document/document.h"
#include "report/cells.h"
#include "report/figure.h"
#include "report/models.h"

static double load_s(const struct cell_summary *cell)
{
	return cells_median(cell, "model_load_s");
}

static double ttft_s(const struct cell_summary *cell)
{
	return cells_median(cell, "ttft_ms") / 1000;
}

static double latency_s(const struct cell_summary *cell)
{
	return cells_median(cell, "e2e_ms") / 1000;
}

static double output_rate(const struct cell_summary *cell)
{
	return cells_median(cell, "output_tokens_per_s");
}

/* Of tokens that come all at once there is none. */
static double stream_rate(const struct cell_summary *cell)
{
	double rate = 1000 / cells_median(cell, "tpot_ms");

	return isfinite(rate) ? rate : NAN;
}

static double rtf(const struct cell_summary *cell)
{
	return cells_median(cell, "rtf");
}

static double input_rate(const struct cell_summary *cell)
{
	return cells_median(cell, "inputs_per_s");
}

static double growth_bytes(const struct cell_summary *cell)
{
	int64_t need = memory_need_bytes(cell), idle = memory_idle_bytes(cell);

	return need == JSON_UNKNOWN || idle == JSON_UNKNOWN ? NAN : (double)(need - idle);
}

static double peak_bytes(const struct cell_summary *cell)
{
	int64_t need = memory_need_bytes(cell);

	return need == JSON_UNKNOWN ? NAN : (double)need;
}

static double server_bytes(const struct cell_summary *cell)
{
	return cell->memory.server_peak_bytes == JSON_UNKNOWN ? NAN : (double)cell->memory.server_peak_bytes;
}

/* Three digits, and every digit before the point. */
static int decimals_of(double value)
{
	int decimals = !isfinite(value) || value <= 0 ? 0 : 2 - (int)floor(log10(value));

	return decimals < 0 ? 0 : decimals > 4 ? 4 : decimals;
}

#define TALKS (GROUP_BIT(GROUP_TEXT) | GROUP_BIT(GROUP_VISION))

const struct measure measures[MEASURE_COUNT] = {
    [MEASURE_LOAD] =
	{
	    .title = "Load Time",
	    .best = "Fastest Load",
	    .groups = GROUPS_ALL,
	    .always = true,
	    .of = load_s,
	    .definition = "from the request that loads the model to its answer",
	    .unit = " s",
	},
    [MEASURE_TTFT] =
	{
	    .title = "First Token",
	    .best = "Fastest First Token",
	    .groups = TALKS,
	    .of = ttft_s,
	    .definition = "from when a request was due to its first text, median over requests",
	    .unit = " s",
	},
    [MEASURE_LATENCY] =
	{
	    .title = "Average Inference",
	    .best = "Fastest Inference",
	    .groups = GROUPS_ALL,
	    .always = true,
	    .of = latency_s,
	    .definition = "from when a request was due to its last byte, median over requests",
	    .unit = " s",
	},
    [MEASURE_MEMORY] =
	{
	    .title = "Memory",
	    .best = "Memory Efficient",
	    .groups = GROUPS_ALL,
	    .always = true,
	    .of = growth_bytes,
	    .definition =
		"the system's highest used memory while the model was loaded and measured, mapped weights "
		"included, less what was used before; unknown where the server loads its model when it starts",
	},
    [MEASURE_PEAK] =
	{
	    .title = "Peak Memory",
	    .groups = GROUPS_ALL,
	    .always = true,
	    .of = peak_bytes,
	    .definition = "the highest used memory of the whole system while the model was loaded and measured, mapped "
			  "weights included",
	},
    [MEASURE_SERVER] =
	{
	    .title = "Server Memory",
	    .groups = GROUPS_ALL,
	    .of = server_bytes,
	    .definition = "the highest resident memory of the server's processes, mapped weights included",
	},
    [MEASURE_THROUGHPUT] =
	{
	    .title = "Throughput",
	    .best = "Highest Throughput",
	    .groups = TALKS,
	    .always = true,
	    .higher_is_better = true,
	    .metric = "output_tokens_per_s",
	    .of = output_rate,
	    .definition = "output tokens of all requests, as the server counted, / wall time, median over trials",
	    .unit = " tokens/s",
	},
    [MEASURE_STREAM] =
	{
	    .title = "Speed of One Answer",
	    .groups = TALKS,
	    .higher_is_better = true,
	    .of = stream_rate,
	    .definition = "1 / median time per output token of a request",
	    .unit = " tokens/s",
	},
    [MEASURE_RTF] =
	{
	    .title = "Real-Time Factor",
	    .best = "Fastest Transcription",
	    .groups = GROUP_BIT(GROUP_SPEECH),
	    .always = true,
	    .of = rtf,
	    .definition = "seconds of work per second of sound, median over requests",
	    .unit = " RTF",
	},
    [MEASURE_INPUTS] =
	{
	    .title = "Inputs",
	    .best = "Most Inputs",
	    .groups = GROUP_BIT(GROUP_EMBEDDING),
	    .always = true,
	    .higher_is_better = true,
	    .metric = "inputs_per_s",
	    .of = input_rate,
	    .definition = "embeddings / wall time, median over trials",
	    .unit = " inputs/s",
	},
};

double measure_of(const struct measure *measure, const struct cell_summary *cell)
{
	double value = cell->status == CELL_DONE ? measure->of(cell) : NAN;

	return isfinite(value) && value > 0 ? value : NAN;
}

struct interval measure_interval(const struct measure *measure, const struct cell_summary *cell)
{
	return measure->metric != NULL ? cells_interval(cell, measure->metric) : interval_of(NULL, 0);
}

void measure_add(const struct measure *measure, double value, const struct interval *interval, struct text *into)
{
	if (isnan(value) || measure->unit != NULL)
		figure_add(into, value, interval, decimals_of(value));
	else
		models_add_memory(into, (int64_t)value);
	if (!isnan(value) && measure->unit != NULL)
		text_add(into, measure->unit);
}

void measure_add_times(double times, struct text *into)
{
	text_addf(into, "%.*f times", decimals_of(times), times);
}

void measure_add_of(const struct measure *measure, const struct cell_summary *cell, struct text *into)
{
	const struct interval interval = measure_interval(measure, cell);

	measure_add(measure, measure_of(measure, cell), &interval, into);
}

struct range measure_range(const struct measure *measure, const struct subject *subject)
{
	struct range range = {NAN, NAN, 0};

	for (size_t i = 0; i < subject->cell_count; i++) {
		double value = measure_of(measure, subject->cells[i]);

		range.low = fmin(range.low, value);
		range.high = fmax(range.high, value);
		range.count += !isnan(value);
	}
	return range;
}

bool measure_is_known(const struct measure *measure, const struct subjects *subjects)
{
	for (size_t i = 0; i < subjects->count; i++)
		if ((measure->groups & GROUP_BIT(subject_group(&subjects->items[i]))) &&
		    measure_range(measure, &subjects->items[i]).count > 0)
			return true;
	return false;
}

bool measure_is_shown(const struct measure *measure, const struct subjects *subjects, enum group group)
{
	return (measure->groups & GROUP_BIT(group)) && (measure->always || measure_is_known(measure, subjects));
}

static const struct cell_summary *first_measured(const struct measure *measure, const struct subject *subject)
{
	for (size_t i = 0; i < subject->cell_count; i++)
		if (!isnan(measure_of(measure, subject->cells[i])))
			return subject->cells[i];
	return subject->cells[0];
}

/* "17.0–20.0 tokens/s": the unit stands once. */
void measure_add_range(const struct measure *measure, const struct subject *subject, struct text *into)
{
	const struct range range = measure_range(measure, subject);
	const struct interval none = interval_of(NULL, 0);
	struct text low = {0}, high = {0};

	if (range.count < 2) {
		measure_add_of(measure, first_measured(measure, subject), into);
		return;
	}
	measure_add(measure, range.low, &none, &low);
	measure_add(measure, range.high, &none, &high);
	if (!text_equal(text_string(&low), text_string(&high))) {
		size_t unit = measure->unit != NULL ? strlen(measure->unit) : 0;

		text_add_bytes(into, text_string(&low), low.size - unit);
		text_add(into, " to ");
	}
	text_add(into, text_string(&high));
	text_release(&low);
	text_release(&high);
}

int64_t measure_free_bytes(const struct subject *subject)
{
	int64_t least = JSON_UNKNOWN;

	for (size_t i = 0; i < subject->cell_count; i++) {
		int64_t total = subject->cells[i]->memory.total_bytes, idle = memory_idle_bytes(subject->cells[i]);

		if (total == JSON_UNKNOWN || idle == JSON_UNKNOWN)
			continue;
		if (least == JSON_UNKNOWN || total - idle < least)
			least = total - idle;
	}
	return least;
}

static bool is_better(const struct measure *measure, double a, double b)
{
	return measure->higher_is_better ? a > b : a < b;
}

struct place measure_best(const struct measure *measure, const struct subject *subject)
{
	struct place best = {.subject = subject, .value = NAN, .interval = interval_of(NULL, 0)};

	for (size_t i = 0; i < subject->cell_count; i++) {
		const struct cell_summary *cell = subject->cells[i];
		double value = measure_of(measure, cell);

		if (isnan(value) || cell->failed > 0 || (best.cell != NULL && !is_better(measure, value, best.value)))
			continue;
		best.cell = cell;
		best.value = value;
		best.interval = measure_interval(measure, cell);
	}
	return best;
}

struct place *measure_rank(const struct measure *measure, const struct subjects *subjects, enum group group,
                           size_t *count)
{
	struct place *places = memory_new(subjects->count, sizeof(*places));

	*count = 0;
	for (const struct subject *subject = subjects_next(subjects, group, NULL); subject != NULL;
	     subject = subjects_next(subjects, group, subject)) {
		struct place place = measure_best(measure, subject);
		size_t at = *count;

		if (place.cell == NULL)
			continue;
		for (; at > 0 && is_better(measure, place.value, places[at - 1].value); at--)
			places[at] = places[at - 1];
		places[at] = place;
		(*count)++;
	}
	return places;
}

static bool is_printed_alike(const struct measure *measure, double a, double b)
{
	const struct interval none = interval_of(NULL, 0);
	struct text left = {0}, right = {0};
	bool same;

	measure_add(measure, a, &none, &left);
	measure_add(measure, b, &none, &right);
	same = text_equal(text_string(&left), text_string(&right));
	text_release(&left);
	text_release(&right);
	return same;
}

bool measure_is_tie(const struct measure *measure, const struct place *a, const struct place *b)
{
	if (isnan(interval_half(&a->interval)) || isnan(interval_half(&b->interval)))
		return is_printed_alike(measure, a->value, b->value);
	return a->interval.low <= b->interval.high && b->interval.low <= a->interval.high;
}

size_t measure_ties(const struct measure *measure, const struct place *places, size_t count)
{
	size_t ties = count > 0;

	while (ties < count && measure_is_tie(measure, &places[0], &places[ties]))
		ties++;
	return ties;
}
