/* The sampler, on the memory of a simulated device. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "machine/sampler.h"
#include "tap.h"

#define HOUR_NS (3600 * NS_PER_S)

static char folder[] = "/tmp/llmbench-sampler-XXXXXX";
static char device[64], spare[64];
static const struct sensor_context context = {.simulated_file = device};

/* As llmbench-sim does it: by rename. */
static void set_memory(const char *line)
{
	FILE *file = fopen(spare, "w");

	fputs(line, file);
	fclose(file);
	rename(spare, device);
}

static bool ascend(const struct sampler_result *result)
{
	for (size_t i = 1; i < result->count; i++)
		if (result->samples[i].at_ns < result->samples[i - 1].at_ns)
			return false;
	return true;
}

/* No tick falls into this test: every sample is a forced one. */
static void test_phases(void)
{
	static const struct {
		enum phase phase;
		int64_t used;
	} want[] = {
	    {PHASE_IDLE, 1},   {PHASE_IDLE, 2},   {PHASE_LOADING, 2},           {PHASE_LOADING, 3},
	    {PHASE_LOADED, 3}, {PHASE_LOADED, 4}, {PHASE_LOADED, JSON_UNKNOWN},
	};
	struct sampler *sampler;
	struct sampler_result result;

	set_memory("1 9\n");
	sampler = sampler_start(&context, HOUR_NS, NULL, 0);
	is_int(sampler_latest(sampler).used_bytes, 1, "the first sample is taken at once");
	set_memory("2 9\n");
	sampler_enter(sampler, PHASE_LOADING);
	is_int(sampler_latest(sampler).phase, PHASE_LOADING, "the newest sample is of the new phase");
	set_memory("3 9\n");
	sampler_enter(sampler, PHASE_LOADED);
	set_memory("4 9\n");
	sampler_enter(sampler, PHASE_LOADED);
	set_memory("nonsense\n");
	result = sampler_stop(sampler);
	is_int(result.count, sizeof want / sizeof want[0], "two samples for each edge, one at the end");
	for (size_t i = 0; i < result.count && i < sizeof want / sizeof want[0]; i++) {
		is_int(result.samples[i].phase, want[i].phase, "phase");
		is_int(result.samples[i].used_bytes, want[i].used, "used");
		is_int(result.samples[i].total_bytes, want[i].used == JSON_UNKNOWN ? JSON_UNKNOWN : 9, "total");
		ok(!result.samples[i].stale, "fresh");
	}
	is_int(result.samples[1].at_ns, result.samples[2].at_ns, "both sides of an edge are one instant");
	ok(ascend(&result), "stamps ascend");
	is_int(result.missed, 0, "no tick was due");
	ok(result.cpu_ns > 0, "the thread knows its CPU time");
	ok(strstr(result.definition, "simulated") != NULL, "definition");
	sampler_result_release(&result);
	sampler_result_release(&result);
	result = sampler_stop(NULL);
	ok(result.samples == NULL && result.count == 0 && result.cpu_ns == JSON_UNKNOWN, "no sampler: an empty result");
}

/* Ticks that were sampled or missed account for the whole time, at least up to the tick that was sampled at `seen_ns`.
 */
static void check_ticks(const struct sampler_result *result, size_t forced, int64_t interval_ns, int64_t seen_ns)
{
	int64_t start_ns = result->samples[0].at_ns, accounted = (int64_t)(result->count - forced + result->missed);

	ok(accounted >= (seen_ns - start_ns) / interval_ns, "no tick is lost");
	ok(accounted <= (clock_now_ns() - start_ns) / interval_ns, "no tick is made up");
}

static void test_ticks(void)
{
	int64_t interval_ns = 5 * NS_PER_MS, seen_ns, give_up_ns = clock_now_ns() + 20 * NS_PER_S;
	struct sampler *sampler;
	struct sampler_result result;
	int ticks = 0;

	set_memory("1 9\n");
	sampler = sampler_start(&context, interval_ns, NULL, 0);
	seen_ns = sampler_latest(sampler).at_ns;
	while (ticks < 10 && clock_now_ns() < give_up_ns) {
		struct sample latest = sampler_latest(sampler);

		ticks += latest.at_ns != seen_ns;
		seen_ns = latest.at_ns;
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
	result = sampler_stop(sampler);
	is_int(ticks, 10, "ticks arrive");
	ok(ascend(&result), "stamps ascend");
	for (size_t i = 1; i + 1 < result.count; i++)
		if (result.samples[i].at_ns < result.samples[0].at_ns + (int64_t)i * interval_ns)
			ok(false, "a tick came early");
	check_ticks(&result, 2, interval_ns, result.samples[result.count - 2].at_ns);
	ok(result.cpu_ns < result.samples[result.count - 1].at_ns - result.samples[0].at_ns, "CPU time is below time");
	sampler_result_release(&result);
}

/* The tick that read the pipe. */
static int64_t held_ns(const struct sampler_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->samples[i].used_bytes == 5)
			return result->samples[i].at_ns;
	ok(false, "the pipe was read");
	return 0;
}

/* A pipe in the file's place holds the thread for as long as the test likes. */
static void test_missed(void)
{
	int64_t interval_ns = 5 * NS_PER_MS;
	struct sampler *sampler;
	struct sampler_result result;
	bool written;
	int end;

	set_memory("1 9\n");
	sampler = sampler_start(&context, interval_ns, NULL, 0);
	mkfifo(spare, 0600);
	rename(spare, device);
	end = open(device, O_WRONLY); /* returns when the thread reads */
	is_int(sampler_latest(sampler).used_bytes, 1, "the newest sample is told while a sensor takes its time");
	clock_sleep_until(clock_now_ns() + 20 * interval_ns);
	set_memory("2 9\n");
	written = write(end, "5 9\n", 4) == 4;
	close(end);
	sampler_enter(sampler,
	              PHASE_AFTER); /* the lock is free: the held tick is over, its successor is due by the plan */
	result = sampler_stop(sampler);
	ok(written, "the held reading went on");
	ok(result.missed >= 19, "missed ticks are counted");
	ok(ascend(&result), "stamps ascend");
	ok(!result.sensors[0].only_edges, "one slow reading is forgiven");
	check_ticks(&result, 4, interval_ns, held_ns(&result));
	sampler_result_release(&result);
}

static bool is_followed(struct sampler *sampler, int64_t seen_ns)
{
	int64_t give_up_ns = clock_now_ns() + 3 * NS_PER_S;

	while (clock_now_ns() < give_up_ns) {
		if (sampler_latest(sampler).at_ns != seen_ns)
			return true;
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
	return false;
}

/* A hold in which the thread had to wait for a processor as well does not count, so a busy machine needs more of them.
 */
static void test_slow(void)
{
	struct sampler *sampler;
	struct sampler_result result;
	bool held_last;
	int64_t before_ns;
	int holds = 0;

	set_memory("1 9\n");
	sampler = sampler_start(&context, 5 * NS_PER_MS, NULL, 0);
	do {
		int end;

		mkfifo(spare, 0600);
		rename(spare, device);
		end = open(device, O_WRONLY);
		before_ns = sampler_latest(sampler).at_ns;
		clock_sleep_until(clock_now_ns() + 25 * NS_PER_MS);
		set_memory("2 9\n");
		if (write(end, "5 9\n", 4) != 4)
			break;
		close(end);
		holds++;
		held_last = is_followed(sampler, before_ns) && sampler_latest(sampler).used_bytes == 5;
	} while ((!held_last || is_followed(sampler, sampler_latest(sampler).at_ns)) && holds < 50);
	held_last = sampler_latest(sampler).used_bytes == 5;
	sampler_enter(sampler, PHASE_AFTER);
	result = sampler_stop(sampler);
	ok(holds >= 2, "one slow reading is forgiven");
	ok(held_last && result.sensors[0].only_edges, "after two the thread takes no more");
	is_int(result.samples[result.count - 1].phase, PHASE_AFTER, "the edges are sampled still");
	ok(result.cpu_ns > 0, "the thread ended in order");
	sampler_result_release(&result);
}

static void test_many(void)
{
	struct sampler *sampler;
	struct sampler_result result;
	size_t ticks;

	set_memory("1 9\n");
	sampler = sampler_start(&context, NS_PER_MS, NULL, 0);
	for (int i = 0; i < 1500; i++)
		sampler_enter(sampler, i % 2 == 0 ? PHASE_MEASURING : PHASE_AFTER);
	result = sampler_stop(sampler);
	ticks = result.count - 3002;
	ok(result.count >= 3002 && ticks <= 100000, "every edge has its two samples");
	ok(ascend(&result), "stamps ascend while two threads sample");
	sampler_result_release(&result);
}

int main(void)
{
	alarm(60); /* rather than wait for ever on a thread that does not come */
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(device, sizeof device, "%s/memory", folder);
	snprintf(spare, sizeof spare, "%s/memory.new", folder);
	test_phases();
	test_ticks();
	test_missed();
	test_slow();
	test_many();
	unlink(device);
	rmdir(folder);
	return tap_done();
}
