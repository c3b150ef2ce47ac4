/*
 * What the samples of a cell come to, in its summary.
 */
#include <math.h>

#include "base/clock.h"
#include "core/machine_summary.h"
#include "core/summary.h"

static double ratio(int64_t part, double whole)
{
	return part != JSON_UNKNOWN && whole > 0 ? (double)part / whole : NAN;
}

static double peak_c(const struct machine_summary *machine, enum sample_figure figure)
{
	return ratio(machine->phases[PHASE_MEASURING].peak[figure], 1000);
}

static void set_cpu(const struct machine_summary *machine, struct cell_summary *cell)
{
	int64_t busy = machine->grown[SAMPLE_cpu_busy_ns], idle = machine->grown[SAMPLE_cpu_idle_ns];
	double wall_ns = (double)machine->measured_ns;

	if (busy != JSON_UNKNOWN && idle != JSON_UNKNOWN)
		cell_summary_set(cell, "cpu_pct", 100 * ratio(busy, (double)busy + (double)idle));
	cell_summary_set(cell, "server_cpu_pct", 100 * ratio(machine->grown[SAMPLE_server_cpu_ns], wall_ns));
	cell_summary_set(cell, "client_cpu_pct", 100 * ratio(machine->grown[SAMPLE_client_cpu_ns], wall_ns));
	cell_summary_set(cell, "cpu_temperature_c", peak_c(machine, SAMPLE_cpu_temperature_mc));
}

/* Microjoules over nanoseconds are kilowatts. */
static double watts_of_counter(const struct machine_summary *machine, enum sample_figure figure)
{
	int64_t grown = machine->grown[figure];

	return grown > 0 ? 1000 * ratio(grown, (double)machine->measured_ns) : NAN;
}

static void set_gpu(const struct machine_summary *machine, struct cell_summary *cell)
{
	double watts = watts_of_counter(machine, SAMPLE_gpu_energy_uj);

	if (isnan(watts))
		watts = machine->mean[SAMPLE_gpu_power_mw] / 1000;
	cell_summary_set(cell, "gpu_busy_pct", machine->mean[SAMPLE_gpu_busy_pct]);
	cell_summary_set(cell, "server_gpu_pct",
	                 100 * ratio(machine->grown[SAMPLE_server_gpu_ns], (double)machine->measured_ns));
	cell_summary_set(cell, "gpu_power_w", watts);
	cell_summary_set(cell, "gpu_temperature_c", peak_c(machine, SAMPLE_gpu_temperature_mc));
	cell_summary_set(cell, "gpu_throttled_pct", 100 * machine->mean[SAMPLE_gpu_throttled]);
}

static void set_energy(const struct machine_summary *machine, int64_t output_tokens, bool whole,
                       struct cell_summary *cell)
{
	const char *source;
	double joules = machine_energy_j(machine, &source);

	cell_summary_set(cell, "cpu_power_w", watts_of_counter(machine, SAMPLE_cpu_energy_uj));
	cell_summary_set(cell, "system_power_w", machine->mean[SAMPLE_system_power_mw] / 1000);
	cell_summary_set(cell, "energy_j", whole ? joules : NAN);
	if (whole && output_tokens > 0 && joules > 0)
		cell_summary_set(cell, "tokens_per_j", (double)output_tokens / joules);
	json_set_string(cell->machine, "energy_source", source);
}

/* Beside the phases, of which they are parts. */
static void set_stages(const struct stages *stages, const struct sample *samples, size_t count, struct json *phases)
{
	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		struct stage_figures figures;
		struct json *json;

		stage_figures_of(stages, samples, count, (enum stage)stage, &figures);
		json = stage_figures_json(&figures);
		if (json != NULL)
			json_set(phases, stage_name((enum stage)stage), json);
	}
}

void cell_summary_add_samples(struct cell_summary *cell, const struct sample *samples, size_t count,
                              const struct stages *stages, int64_t output_tokens, bool whole)
{
	struct machine_summary machine;
	struct json *phases;

	cell->memory = memory_summary_of(samples, count);
	if (count == 0)
		return;
	machine_summary_of(samples, count, &machine);
	cell->machine = json_new_object();
	set_cpu(&machine, cell);
	set_gpu(&machine, cell);
	set_energy(&machine, output_tokens, whole, cell);
	json_set_number(cell->machine, "measured_s", (double)machine.measured_ns / (double)NS_PER_S);
	phases = machine_phases_json(&machine);
	set_stages(stages, samples, count, phases);
	json_set(cell->machine, "phases", phases);
}
