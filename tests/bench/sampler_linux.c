/*
 * What sampling costs: CPU time, so that other programs on the machine do not
 * count. First each sensor by itself, its readings back to back, of a server
 * of 1 and of 20 processes; then the sampler's thread as a run has it, at 1 Hz
 * with its looks at the machine's conditions, where nothing is in the
 * processor's caches any more. BENCH_QUICK: 3 s of that instead of 20.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../support/family.h"
#include "base/clock.h"
#include "machine/sampler.h"

enum { READINGS = 300, EDGES = 20, SENSORS_MAX = 32, FAMILY = 20 };

/* Of a core, at one reading a second, with FAMILY processes. */
#define TARGET_PCT 0.5

/* CPU ns of one reading; negative: the sensor is not here. */
struct costs {
	double reading_ns[SENSORS_MAX], edge_ns[SENSORS_MAX];
	double sum_ns;
};

static void die(const char *what)
{
	fprintf(stderr, "sampler: %s\n", what);
	exit(3);
}

static double cost(struct sensor *sensor, bool edge, int readings)
{
	struct sample sample;
	int64_t begin_ns = clock_thread_cpu_ns();

	for (int i = 0; i < readings; i++) {
		sample_reset(&sample);
		sample.at_ns = clock_now_ns();
		sensor->read(sensor, edge, &sample);
	}
	return (double)(clock_thread_cpu_ns() - begin_ns) / readings;
}

static struct costs measure(int processes)
{
	struct server_family family = {0};
	struct sensor_context context = {.root = "", .server_pid = family_start(processes), .family = &family};
	struct costs costs = {0};

	if (context.server_pid < 0)
		die("the processes do not start");
	for (size_t i = 0; i < sensor_count(); i++) {
		struct text why = {0};
		struct sensor *sensor = sensor_kinds[i].open(&context, &why);

		text_release(&why);
		costs.reading_ns[i] = costs.edge_ns[i] = -1;
		if (sensor == NULL)
			continue;
		costs.edge_ns[i] = cost(sensor, true, EDGES);
		costs.reading_ns[i] = cost(sensor, false, READINGS);
		costs.sum_ns += costs.reading_ns[i];
		sensor->close(sensor);
	}
	family_stop((pid_t)context.server_pid);
	return costs;
}

static void print_cell(double ns)
{
	if (ns < 0)
		printf(" – |");
	else
		printf(" %.0f |", ns / 1e3);
}

static double share_pct(double ns_each_second)
{
	return 100 * ns_each_second / (double)NS_PER_S;
}

static void print_costs(const struct costs *one, const struct costs *many)
{
	printf("| CPU time of a reading (µs) | 1 process | %d processes | of them, at an edge of phases |\n", FAMILY);
	printf("|----|---:|---:|---:|\n");
	for (size_t i = 0; i < sensor_count(); i++) {
		printf("| %s |", sensor_kinds[i].name);
		print_cell(one->reading_ns[i]);
		print_cell(many->reading_ns[i]);
		print_cell(many->edge_ns[i]);
		printf("\n");
	}
	printf("| all |");
	print_cell(one->sum_ns);
	print_cell(many->sum_ns);
	printf(" |\n| share of a core at 1 Hz (%%) | %.3f | %.3f | |\n\n", share_pct(one->sum_ns),
	       share_pct(many->sum_ns));
}

/* Percent of a core. */
static double run_sampler(int processes, int seconds)
{
	const struct sensor_context context = {.server_pid = family_start(processes)};
	struct watch *watch = watch_open("");
	struct sampler *sampler = sampler_start(&context, NS_PER_S, watch, WATCH_INTERVAL_NS);
	struct sampler_result result;
	double share;

	sampler_enter(sampler, PHASE_MEASURING);
	clock_sleep_until(clock_now_ns() + seconds * NS_PER_S + NS_PER_S / 2);
	result = sampler_stop(sampler);
	family_stop((pid_t)context.server_pid);
	watch_close(watch);
	/* The samples of edges are taken by another thread: the beginning, two of the phase, the end. */
	if (result.cpu_ns == JSON_UNKNOWN || result.count < 4 + (size_t)seconds / 2)
		die("the sampler did not come to sample");
	share = share_pct((double)result.cpu_ns / ((double)result.wall_ns / (double)NS_PER_S));
	printf("The sampler's thread, %d process%s, %d s at 1 Hz, %zu samples and %zu looks: %.3f %% of a core\n",
	       processes, processes > 1 ? "es" : "", seconds, result.count - 4, result.looks, share);
	sampler_result_release(&result);
	return share;
}

static int processes_of_machine(void)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;
	int count = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	if (folder != NULL)
		closedir(folder);
	return count;
}

int main(void)
{
	int seconds = getenv("BENCH_QUICK") != NULL ? 3 : 20;
	struct costs one, many;
	double share;

	if (sensor_count() > SENSORS_MAX)
		die("there are more sensors than the table has room for");
	one = measure(1);
	many = measure(FAMILY);
	print_costs(&one, &many);
	run_sampler(1, seconds);
	share = run_sampler(FAMILY, seconds);
	printf("Target: under %.1f %% of a core at 1 Hz with %d processes: %s (%d processes on the machine)\n",
	       TARGET_PCT, FAMILY, share < TARGET_PCT && share_pct(many.sum_ns) < TARGET_PCT ? "met" : "missed",
	       processes_of_machine());
	return 0;
}
