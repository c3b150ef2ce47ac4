/* What samples come to: phases, growth over visits, energy, weights in mapped files. */
#include <math.h>

#include "base/clock.h"
#include "core/machine_summary.h"
#include "core/summary.h"
#include "tap.h"

#define GIB (INT64_C(1) << 30)

static struct sample at(int64_t seconds, enum phase phase)
{
	struct sample sample;

	sample_reset(&sample);
	sample.at_ns = seconds * NS_PER_S;
	sample.phase = phase;
	return sample;
}

static void test_phases(void)
{
	struct sample samples[] = {at(0, PHASE_IDLE),     at(1, PHASE_IDLE),   at(1, PHASE_LOADING),
	                           at(5, PHASE_LOADED),   at(6, PHASE_LOADED), at(6, PHASE_MEASURING),
	                           at(9, PHASE_MEASURING)};
	struct machine_summary machine;
	struct json *json;

	for (int i = 0; i < 7; i++)
		samples[i].used_bytes = (i + 1) * GIB;
	samples[1].used_bytes = JSON_UNKNOWN;
	samples[4].used_bytes = 99 * GIB;
	samples[4].stale = true;
	samples[3].gpu_used_bytes = 7;
	machine_summary_of(samples, 7, &machine);
	is_int(machine.phases[PHASE_IDLE].samples, 2, "samples of a phase");
	is_int(machine.phases[PHASE_IDLE].last[SAMPLE_used_bytes], GIB, "the last that is known");
	is_int(machine.phases[PHASE_LOADED].peak[SAMPLE_used_bytes], 4 * GIB, "an old answer is none");
	is_int(machine.phases[PHASE_LOADED].peak[SAMPLE_gpu_used_bytes], 7, "another figure");
	is_int(machine.phases[PHASE_AFTER].samples, 0, "a phase without samples");
	is_int(machine.phases[PHASE_AFTER].peak[SAMPLE_used_bytes], JSON_UNKNOWN, "knows nothing");
	json = machine_phases_json(&machine);
	is_int(json_get_integer(json_get(json_get(json, "loaded"), "used_bytes"), "peak"), 4 * GIB, "as JSON");
	ok(json_get(json, "after") == NULL && json_get(json_get(json, "idle"), "gpu_used_bytes") == NULL,
	   "what is not known is left out");
	json_free(json);
}

/* Two visits of 10 s and 5 s; what happens in between is another cell's. */
static void test_growth(void)
{
	struct sample samples[] = {at(0, PHASE_MEASURING), at(4, PHASE_MEASURING),   at(10, PHASE_MEASURING),
	                           at(11, PHASE_IDLE),     at(100, PHASE_MEASURING), at(105, PHASE_MEASURING)};
	static const int64_t cpu_s[] = {1, 2, 6, 50, 60, 62}, power_mw[] = {10000, 10000, 40000, 0, 20000, 20000};
	struct machine_summary machine;
	const char *source;

	for (int i = 0; i < 6; i++) {
		samples[i].server_cpu_ns = cpu_s[i] * NS_PER_S;
		samples[i].gpu_power_mw = power_mw[i];
		samples[i].gpu_energy_uj = JSON_UNKNOWN;
		samples[i].cpu_energy_uj = 1000000 * i;
		samples[i].dram_energy_uj = 5;
	}
	samples[5].client_cpu_ns = 1;
	machine_summary_of(samples, 6, &machine);
	is_int(machine.measured_ns, 15 * NS_PER_S, "the visits alone");
	is_int(machine.grown[SAMPLE_server_cpu_ns], 7 * NS_PER_S, "a counter grows within visits");
	is_int(machine.grown[SAMPLE_client_cpu_ns], JSON_UNKNOWN, "one that is not known at both ends is unknown");
	/* (4 × 10 + 6 × 25 + 5 × 20) / 15 */
	is_real(machine.mean[SAMPLE_gpu_power_mw], 19333.333, 0.01, "a gauge is weighted by time");
	is_real(machine_energy_j(&machine, &source), 19.333333 * 15 + 3, 0.001,
	        "power over time, and the CPU's counter");
	is_text(source, "gpu and cpu", "which is said");
	for (int i = 0; i < 6; i++)
		samples[i].system_power_mw = 50000;
	machine_summary_of(samples, 6, &machine);
	is_real(machine_energy_j(&machine, &source), 750, 0.001, "the whole machine's power stands for all");
	is_text(source, "system", "which is said");
	for (int i = 0; i < 6; i++)
		samples[i].system_power_mw = 0;
	samples[4].cpu_energy_uj = samples[5].cpu_energy_uj = 9;
	samples[5].server_cpu_ns = 0;
	machine_summary_of(samples, 6, &machine);
	is_real(machine_energy_j(&machine, &source), 19.333333 * 15 + 2, 0.001, "0 W is no power but a dead sensor");
	is_int(machine.grown[SAMPLE_server_cpu_ns], JSON_UNKNOWN, "a counter that went back is unknown for all visits");
}

static double value_of(const struct cell_summary *cell, const char *metric)
{
	const struct metric_summary *values = &cell->metrics[metric_find(metric) - metrics];

	return values->values.n > 0 ? values->values.p50 : NAN;
}

static void test_cell(void)
{
	struct sample samples[] = {at(0, PHASE_MEASURING), at(2, PHASE_MEASURING)};
	struct cell_summary cell;

	cell_summary_init(&cell);
	samples[0].cpu_busy_ns = samples[0].cpu_idle_ns = samples[0].server_cpu_ns = samples[0].client_cpu_ns = 0;
	samples[1].cpu_busy_ns = 3 * NS_PER_S;
	samples[1].cpu_idle_ns = NS_PER_S;
	samples[1].server_cpu_ns = 2500 * NS_PER_MS;
	samples[1].client_cpu_ns = 20 * NS_PER_MS;
	samples[0].server_gpu_ns = 5;
	samples[1].server_gpu_ns = 5 + 3 * NS_PER_S;
	samples[0].gpu_energy_uj = 1000000;
	samples[1].gpu_energy_uj = 501000000;
	samples[0].gpu_throttled = 1;
	samples[1].gpu_throttled = 0;
	samples[1].gpu_temperature_mc = 71500;
	samples[1].server_resident_bytes = 3 * GIB;
	cell_summary_add_samples(&cell, samples, 2, &(struct stages){0}, 1000, true);
	is_real(value_of(&cell, "cpu_pct"), 75, 1e-9, "CPU of the machine");
	is_real(value_of(&cell, "server_cpu_pct"), 125, 1e-9, "of the server, of one processor");
	is_real(value_of(&cell, "client_cpu_pct"), 1, 1e-9, "of llmbench");
	is_real(value_of(&cell, "server_gpu_pct"), 150, 1e-9, "of the server on two GPUs");
	is_real(value_of(&cell, "gpu_power_w"), 250, 1e-9, "power by the counter of energy");
	is_real(value_of(&cell, "gpu_throttled_pct"), 50, 1e-9, "half of the time");
	is_real(value_of(&cell, "gpu_temperature_c"), 71.5, 1e-9, "the hottest");
	is_real(value_of(&cell, "energy_j"), 500, 1e-9, "energy");
	is_real(value_of(&cell, "tokens_per_j"), 2, 1e-9, "tokens for it");
	ok(isnan(value_of(&cell, "system_power_w")) && isnan(value_of(&cell, "cpu_power_w")), "unknown is not 0");
	is_text(json_get_string(cell.machine, "energy_source"), "gpu", "whose energy");
	is_int(cell.memory.server_peak_bytes, 3 * GIB, "the server's peak, by samples where the kernel has none");
	cell_summary_release(&cell);
	cell_summary_init(&cell);
	cell_summary_add_samples(&cell, samples, 0, &(struct stages){0}, 1000, true);
	ok(cell.machine == NULL && isnan(value_of(&cell, "energy_j")), "nothing was sampled: nothing is known");
	cell_summary_release(&cell);
}

static struct record sent_at(int64_t ms)
{
	return (struct record){.sent_ns = ms == 0 ? TIME_UNKNOWN : ms * NS_PER_MS};
}

/* A visit of 10 s, then one whose samples were lost, then one of 5 s. */
static void test_covers(void)
{
	const struct sample samples[] = {at(1, PHASE_LOADED), at(1, PHASE_MEASURING),   at(11, PHASE_MEASURING),
	                                 at(90, PHASE_IDLE),  at(100, PHASE_MEASURING), at(105, PHASE_MEASURING)};
	const struct record all[] = {sent_at(1000), sent_at(10500), sent_at(0), sent_at(104000)};
	const struct record lost = sent_at(50000), late = sent_at(106000);

	ok(machine_covers(samples, 6, all, 4), "requests that were sent while samples were taken, or never");
	ok(!machine_covers(samples, 6, &lost, 1), "one between two visits is of none that is known");
	ok(!machine_covers(samples, 6, &late, 1), "nor is one after the last sample");
	ok(!machine_covers(samples, 0, all, 1), "without samples nothing is known");
	ok(machine_covers(samples, 0, all, 0), "and nothing is missed where nothing was sent");
}

static void test_mapped(void)
{
	struct sample samples[] = {at(0, PHASE_LOADED), at(1, PHASE_MEASURING)};
	int64_t files, with;

	samples[0].total_bytes = 100 * GIB;
	samples[0].used_bytes = samples[1].used_bytes = 2 * GIB;
	samples[0].server_resident_bytes = samples[1].server_resident_bytes = 10 * GIB;
	samples[0].server_file_bytes = samples[1].server_file_bytes = 8 * GIB;
	ok(!machine_has_mapped_weights(samples, 2, &files, &with), "without proportional sizes nothing is known");
	samples[0].server_pss_file_bytes = 7 * GIB;
	ok(machine_has_mapped_weights(samples, 2, &files, &with), "weights in mapped files");
	is_int(files, 7 * GIB, "what they come to");
	is_int(with, 9 * GIB, "the sum");
	samples[0].server_file_bytes = 4 * GIB;
	ok(!machine_has_mapped_weights(samples, 2, &files, &with), "less than half of it: none");
	samples[0].server_file_bytes = 8 * GIB;
	samples[0].server_pss_file_bytes = GIB / 2;
	ok(!machine_has_mapped_weights(samples, 2, &files, &with), "libraries are no weights");
}

int main(void)
{
	test_phases();
	test_growth();
	test_cell();
	test_covers();
	test_mapped();
	return tap_done();
}
