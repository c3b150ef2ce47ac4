#include "core/machine_summary.h"

#include <math.h>

#include "base/clock.h"

#define UJ_PER_J 1e6
#define MW_PER_W 1e3

static void reset(struct machine_summary *machine)
{
	*machine = (struct machine_summary){0};
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		machine->grown[i] = JSON_UNKNOWN;
		machine->mean[i] = NAN;
		for (int phase = 0; phase < PHASE_COUNT; phase++)
			machine->phases[phase].peak[i] = machine->phases[phase].last[i] = JSON_UNKNOWN;
	}
}

static void add_to_phase(const struct sample *sample, struct phase_figures *phase)
{
	phase->samples++;
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		int64_t value = sample_told(sample, (enum sample_figure)i);

		if (value == JSON_UNKNOWN || sample_figure_is_counter((enum sample_figure)i))
			continue;
		phase->last[i] = value;
		/* JSON_UNKNOWN is the least integer. */
		if (value > phase->peak[i])
			phase->peak[i] = value;
	}
}

/* The line through the samples of a gauge; of samples at one instant their plain mean. */
struct line {
	double area, span, sum;
	size_t n;
	const struct sample *last; /* that knew it, in this visit */
};

static void add_to_line(const struct sample *sample, enum sample_figure figure, struct line *line)
{
	int64_t value = sample_told(sample, figure);

	if (value == JSON_UNKNOWN)
		return;
	if (line->last != NULL) {
		double step = (double)(sample->at_ns - line->last->at_ns);

		line->area += step * ((double)sample_told(line->last, figure) + (double)value) / 2;
		line->span += step;
	}
	line->sum += (double)value;
	line->n++;
	line->last = sample;
}

static double mean_of(const struct line *line)
{
	if (line->n == 0)
		return NAN;
	return line->span > 0 ? line->area / line->span : line->sum / (double)line->n;
}

/* The samples [first, end) of one visit's PHASE_MEASURING. One visit without a counter leaves its sum unknown. */
static void add_growth(const struct sample *first, const struct sample *last, bool any_before,
                       struct machine_summary *machine)
{
	machine->measured_ns += last->at_ns - first->at_ns;
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		int64_t grown = sample_growth(first, last, (enum sample_figure)i);

		if (!sample_figure_is_counter((enum sample_figure)i))
			continue;
		if (grown == JSON_UNKNOWN || !any_before)
			machine->grown[i] = grown;
		else if (machine->grown[i] != JSON_UNKNOWN)
			machine->grown[i] += grown;
	}
}

static void measure(const struct sample *samples, size_t count, struct machine_summary *machine)
{
	struct line lines[SAMPLE_FIGURE_COUNT] = {0};
	size_t visits = 0;

	for (size_t i = 0; i < count;) {
		size_t end = i;

		while (end < count && samples[end].phase == PHASE_MEASURING)
			end++;
		if (end == i) {
			i++;
			continue;
		}
		for (int figure = 0; figure < SAMPLE_FIGURE_COUNT; figure++) {
			lines[figure].last = NULL;
			for (size_t at = i; at < end && !sample_figure_is_counter((enum sample_figure)figure); at++)
				add_to_line(&samples[at], (enum sample_figure)figure, &lines[figure]);
		}
		add_growth(&samples[i], &samples[end - 1], visits > 0, machine);
		visits++;
		i = end;
	}
	for (int figure = 0; figure < SAMPLE_FIGURE_COUNT; figure++)
		machine->mean[figure] = mean_of(&lines[figure]);
}

void machine_summary_of(const struct sample *samples, size_t count, struct machine_summary *machine)
{
	reset(machine);
	for (size_t i = 0; i < count; i++)
		add_to_phase(&samples[i], &machine->phases[samples[i].phase]);
	measure(samples, count, machine);
}

static double joules_of_counter(const struct machine_summary *machine, enum sample_figure figure)
{
	/* A counter that stands still while requests run does not work (reference: sampling.md §3.3). */
	return machine->grown[figure] > 0 ? (double)machine->grown[figure] / UJ_PER_J : NAN;
}

static double joules_of_power(const struct machine_summary *machine, enum sample_figure figure)
{
	double watts = machine->mean[figure] / MW_PER_W;

	return watts > 0 && machine->measured_ns > 0 ? watts * (double)machine->measured_ns / (double)NS_PER_S : NAN;
}

double machine_energy_j(const struct machine_summary *machine, const char **source)
{
	double whole = joules_of_power(machine, SAMPLE_system_power_mw);
	double gpu = joules_of_counter(machine, SAMPLE_gpu_energy_uj);
	double cpu = joules_of_counter(machine, SAMPLE_cpu_energy_uj);

	if (isnan(gpu))
		gpu = joules_of_power(machine, SAMPLE_gpu_power_mw);
	if (!isnan(whole))
		*source = "system";
	else if (!isnan(gpu) && !isnan(cpu))
		*source = "gpu and cpu";
	else
		*source = !isnan(gpu) ? "gpu" : !isnan(cpu) ? "cpu" : NULL;
	if (!isnan(whole))
		return whole;
	return isnan(gpu) ? cpu : isnan(cpu) ? gpu : gpu + cpu;
}

static bool is_measuring_at(const struct sample *samples, size_t count, int64_t at_ns)
{
	size_t low = 0, high = count;

	while (low < high) { /* samples[low] is the first after at_ns */
		size_t middle = low + (high - low) / 2;

		if (samples[middle].at_ns <= at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && low < count && samples[low - 1].phase == PHASE_MEASURING &&
	       samples[low].phase == PHASE_MEASURING;
}

bool machine_covers(const struct sample *samples, size_t count, const struct record *records, size_t record_count)
{
	for (size_t i = 0; i < record_count; i++)
		if (records[i].sent_ns != TIME_UNKNOWN && !is_measuring_at(samples, count, records[i].sent_ns))
			return false;
	return true;
}

bool machine_has_mapped_weights(const struct sample *samples, size_t count, int64_t *files_bytes, int64_t *with_bytes)
{
	*files_bytes = *with_bytes = JSON_UNKNOWN;
	for (size_t i = 0; i < count; i++) {
		const struct sample *sample = &samples[i];

		if (sample->server_pss_file_bytes == JSON_UNKNOWN ||
		    sample_told(sample, SAMPLE_used_bytes) == JSON_UNKNOWN ||
		    sample->server_file_bytes < sample->server_resident_bytes / 2)
			continue;
		if (sample->server_pss_file_bytes > *files_bytes)
			*files_bytes = sample->server_pss_file_bytes;
		if (sample->used_bytes + sample->server_pss_file_bytes > *with_bytes)
			*with_bytes = sample->used_bytes + sample->server_pss_file_bytes;
	}
	/* A server's own program and libraries are mapped too, and change no figure. */
	return *files_bytes > 0 && *files_bytes >= samples[0].total_bytes / 100;
}

struct json *machine_phases_json(const struct machine_summary *machine)
{
	struct json *json = json_new_object();

	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		const struct phase_figures *figures = &machine->phases[phase];
		struct json *item;

		if (figures->samples == 0)
			continue;
		item = json_new_object();
		json_set_integer(item, "samples", (int64_t)figures->samples);
		for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
			struct json *values;

			if (figures->peak[i] == JSON_UNKNOWN)
				continue;
			values = json_new_object();
			json_set_integer(values, "peak", figures->peak[i]);
			json_set_integer(values, "last", figures->last[i]);
			json_set(item, sample_figure_name((enum sample_figure)i), values);
		}
		json_set(json, phase_name((enum phase)phase), item);
	}
	return json;
}
