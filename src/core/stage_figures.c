#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "core/stages.h"

static void reset(struct stage_figures *figures)
{
	*figures = (struct stage_figures){0};
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		figures->peak[i] = figures->grown[i] = JSON_UNKNOWN;
		figures->mean[i] = NAN;
	}
}

static void add_growth(const struct sample *from, const struct sample *to, enum sample_figure figure,
                       struct stage_figures *figures)
{
	int64_t grown = sample_growth(from, to, figure);

	if (grown == JSON_UNKNOWN || to->at_ns <= from->at_ns)
		return;
	sample_add(&figures->grown[figure], grown);
	figures->over_ns[figure] += to->at_ns - from->at_ns;
}

/*
 * Of a sensor that tells what was over the time before it is read, a second at
 * most (power and utilization by NVML do), what was before the stage is no
 * part of it. Memory is what it is now.
 */
static bool is_of(const struct stages *stages, const struct sample *sample, enum sample_figure figure, enum stage stage)
{
	const char *name = sample_figure_name(figure), *unit = strrchr(name, '_');
	int64_t before_ns = text_equal(unit, "_bytes") ? 0 : NS_PER_S;

	return stages_between(stages, sample->at_ns - before_ns, sample->at_ns) == stage;
}

/* mean: the sum so far. */
static void add_gauges(const struct stages *stages, const struct sample *sample, enum stage stage,
                       struct stage_figures *figures, size_t known[SAMPLE_FIGURE_COUNT])
{
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		int64_t value = sample_told(sample, (enum sample_figure)i);

		if (value == JSON_UNKNOWN || sample_figure_is_counter((enum sample_figure)i) ||
		    !is_of(stages, sample, (enum sample_figure)i, stage))
			continue;
		figures->mean[i] = (known[i] > 0 ? figures->mean[i] : 0) + (double)value;
		figures->peak[i] = value > figures->peak[i] ? value : figures->peak[i];
		known[i]++;
	}
}

static void add_counters(const struct sample *from, const struct sample *to, struct stage_figures *figures)
{
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++)
		if (sample_figure_is_counter((enum sample_figure)i))
			add_growth(from, to, (enum sample_figure)i, figures);
}

void stage_figures_of(const struct stages *stages, const struct sample *samples, size_t count, enum stage stage,
                      struct stage_figures *figures)
{
	size_t known[SAMPLE_FIGURE_COUNT] = {0};

	reset(figures);
	for (size_t i = 0; i < count; i++) {
		if (stages_between(stages, samples[i].at_ns, samples[i].at_ns) != stage)
			continue;
		figures->samples++;
		add_gauges(stages, &samples[i], stage, figures, known);
		if (i > 0 && stages_between(stages, samples[i - 1].at_ns, samples[i].at_ns) == stage)
			add_counters(&samples[i - 1], &samples[i], figures);
	}
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++)
		if (known[i] > 0)
			figures->mean[i] /= (double)known[i];
}

struct json *stage_figures_json(const struct stage_figures *figures)
{
	struct json *json;

	if (figures->samples == 0)
		return NULL;
	json = json_new_object();
	json_set_integer(json, "samples", (int64_t)figures->samples);
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		struct json *values;

		if (figures->peak[i] == JSON_UNKNOWN && figures->grown[i] == JSON_UNKNOWN)
			continue;
		values = json_new_object();
		if (sample_figure_is_counter((enum sample_figure)i)) {
			json_set_integer(values, "grown", figures->grown[i]);
			json_set_number(values, "over_s", (double)figures->over_ns[i] / (double)NS_PER_S);
		} else {
			json_set_integer(values, "peak", figures->peak[i]);
			json_set_number(values, "mean", figures->mean[i]);
		}
		json_set(json, sample_figure_name((enum sample_figure)i), values);
	}
	return json;
}
