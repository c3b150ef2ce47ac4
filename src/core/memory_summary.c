#include <math.h>

#include "core/summary.h"

static bool is_good(const struct sample *sample)
{
	return !sample->stale && sample->used_bytes != JSON_UNKNOWN;
}

/* From loading to the last reply: where the cell's own memory is in use. */
static bool is_in_use(enum phase phase)
{
	return phase == PHASE_LOADING || phase == PHASE_LOADED || phase == PHASE_MEASURING;
}

static int64_t peak_in_use(const struct sample *samples, size_t count, enum sample_figure figure)
{
	int64_t peak = JSON_UNKNOWN; /* the least integer */

	for (size_t i = 0; i < count; i++) {
		int64_t value = sample_figure(&samples[i], figure);

		if (is_in_use(samples[i].phase) && value > peak)
			peak = value;
	}
	return peak;
}

static int64_t server_peak(const struct sample *samples, size_t count)
{
	int64_t peak = peak_in_use(samples, count, SAMPLE_server_peak_bytes);

	if (peak == JSON_UNKNOWN)
		peak = peak_in_use(samples, count, SAMPLE_server_footprint_bytes);
	return peak != JSON_UNKNOWN ? peak : peak_in_use(samples, count, SAMPLE_server_resident_bytes);
}

/*
 * Mean over time of the line through the good samples of PHASE_MEASURING; of
 * samples at one instant, their plain mean.
 */
static int64_t mean_while_measuring(const struct sample *samples, size_t count)
{
	const struct sample *last = NULL;
	double area = 0, span = 0, sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct sample *sample = &samples[i];

		if (sample->phase != PHASE_MEASURING)
			last = NULL; /* between two visits to an interleaved cell */
		if (sample->phase != PHASE_MEASURING || !is_good(sample))
			continue;
		if (last != NULL) {
			double step = (double)(sample->at_ns - last->at_ns);

			area += step * ((double)last->used_bytes + (double)sample->used_bytes) / 2;
			span += step;
		}
		sum += (double)sample->used_bytes;
		n++;
		last = sample;
	}
	if (n == 0)
		return JSON_UNKNOWN;
	return llround(span > 0 ? area / span : sum / (double)n);
}

struct memory_summary memory_summary_of(const struct sample *samples, size_t count)
{
	struct memory_summary memory = {
	    .total_bytes = JSON_UNKNOWN,
	    .baseline_bytes = JSON_UNKNOWN,
	    .system_peak_bytes = JSON_UNKNOWN,
	    .system_mean_bytes = mean_while_measuring(samples, count),
	    .system_with_files_bytes = JSON_UNKNOWN,
	    .server_peak_bytes = server_peak(samples, count),
	    .gpu_peak_bytes = peak_in_use(samples, count, SAMPLE_gpu_used_bytes),
	    .samples = count,
	};

	for (size_t i = 0; i < count; i++) {
		const struct sample *sample = &samples[i];

		memory.stale_samples += sample->stale;
		if (sample->total_bytes != JSON_UNKNOWN)
			memory.total_bytes = sample->total_bytes;
		if (!is_good(sample))
			continue;
		if (sample->phase == PHASE_IDLE)
			memory.baseline_bytes = sample->used_bytes;
		/* JSON_UNKNOWN is the least integer. */
		if (is_in_use(sample->phase) && sample->used_bytes > memory.system_peak_bytes)
			memory.system_peak_bytes = sample->used_bytes;
	}
	return memory;
}
