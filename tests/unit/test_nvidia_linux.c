/* The sensor of NVIDIA GPUs, against a driver library of our own that answers by a script (tests/fake/nvml). */
#include <libgen.h>
#include <stdlib.h>

#include "machine/linux.h"
#include "machine/nvml.h"
#include "machine/sensors.h"
#include "machine/system.h"
#include "tap.h"

#define GIB (INT64_C(1) << 30)

_Static_assert(sizeof(struct nvml_utilization) == 8, "nvmlUtilization_t");
_Static_assert(sizeof(struct nvml_memory) == 24, "nvmlMemory_t");
_Static_assert(sizeof(struct nvml_memory_v2) == 40 && NVML_MEMORY_V2 == 0x02000028, "nvmlMemory_v2_t");
_Static_assert(sizeof(struct nvml_process) == 24, "nvmlProcessInfo_t");

static char *tree; /* whose /usr/lib has the library */
static struct server_family family = {2, {4712, 4713}};

static struct sample read_with(const char *script, int times)
{
	const struct sensor_context context = {.root = tree, .family = &family};
	struct text why = {0};
	struct sensor *sensor;
	struct sample sample;

	setenv("FAKE_NVML", script, 1);
	sensor = sensor_open_nvidia(&context, &why);
	ok(sensor != NULL, script[0] != '\0' ? script : "all is well");
	sample_reset(&sample);
	for (int i = 0; sensor != NULL && i < times; i++) {
		sample_reset(&sample);
		sensor->read(sensor, false, &sample);
	}
	if (sensor != NULL)
		sensor->close(sensor);
	text_release(&why);
	return sample;
}

static void test_good(void)
{
	struct sample sample = read_with("", 1);

	is_int(sample.gpu_used_bytes, 13 * GIB, "memory of both, without what the driver keeps");
	is_int(sample.gpu_total_bytes, 48 * GIB, "total");
	is_int(sample.gpu_busy_pct, 97, "the busiest");
	is_int(sample.gpu_power_mw, 325500, "power of both");
	is_int(sample.gpu_energy_uj, INT64_C(5070000000), "energy of both");
	is_int(sample.gpu_temperature_mc, 81000, "the hottest");
	is_int(sample.gpu_clock_mhz, 1740, "the fastest");
	is_int(sample.gpu_throttled, 1, "one of them is at its power cap, by the older name of the call");
	is_int(sample.server_gpu_bytes, 12 * GIB, "the server's, as far as it is told; not another's");
}

static void test_gaps(void)
{
	struct sample sample = read_with("memory_v2=25", 1);

	is_int(sample.gpu_used_bytes, 15 * GIB, "an older driver: the first version of the call");
	sample = read_with("memory_v2=3,memory=3,utilization=3,energy=3", 1);
	is_int(sample.gpu_used_bytes, JSON_UNKNOWN, "a board whose memory is the system's tells none");
	is_int(sample.gpu_busy_pct, JSON_UNKNOWN, "nor utilization");
	is_int(sample.gpu_energy_uj, JSON_UNKNOWN, "nor energy");
	is_int(sample.gpu_power_mw, 325500, "the rest is read all the same");
	sample = read_with("device0=15", 1);
	is_int(sample.gpu_busy_pct, 3, "a GPU that is lost does not hide the other");
	sample = read_with("reasons=999,processes=7", 5);
	is_int(sample.gpu_throttled, JSON_UNKNOWN, "unknown is not 0");
	is_int(sample.server_gpu_bytes, JSON_UNKNOWN, "too many processes: unknown");
	family.count = 0;
	sample = read_with("", 1);
	is_int(sample.server_gpu_bytes, JSON_UNKNOWN, "no server's process is known");
	family.count = 2;
}

static struct sample read_once(struct sensor *sensor, const char *script)
{
	struct sample sample;

	setenv("FAKE_NVML", script, 1);
	sample_reset(&sample);
	sensor->read(sensor, false, &sample);
	return sample;
}

/* One GPU says nothing for a while: half a sum is no figure, and what it says afterwards is not its growth. */
static void test_silence(void)
{
	static const char all[] = "memory1=999,memory_v21=999,power1=999,energy1=999";
	const struct sensor_context context = {.root = tree, .family = &family};
	struct text why = {0};
	struct sensor *sensor;
	struct sample before, silent, after;

	setenv("FAKE_NVML", "", 1);
	sensor = sensor_open_nvidia(&context, &why);
	before = read_once(sensor, "energy1=999");
	silent = read_once(sensor, all);
	after = read_once(sensor, "");
	is_int(sample_growth(&before, &after, SAMPLE_gpu_energy_uj), JSON_UNKNOWN, "energy of one, then of both");
	is_int(silent.gpu_used_bytes, JSON_UNKNOWN, "memory of one of two");
	is_int(silent.gpu_total_bytes, JSON_UNKNOWN, "… and its total");
	is_int(silent.gpu_power_mw, JSON_UNKNOWN, "… and power");
	is_int(silent.gpu_busy_pct, 97, "the rest is told");
	is_int(after.gpu_used_bytes, 13 * GIB, "it speaks again");
	is_int(after.gpu_energy_uj, INT64_C(5070000000), "… of energy too");
	for (int i = 0; i < 4; i++)
		after = read_once(sensor, i < 3 ? all : "");
	is_int(after.gpu_used_bytes, JSON_UNKNOWN, "not asked again: never a part for the whole");
	sensor->close(sensor);

	setenv("FAKE_NVML", "energy1=999", 1);
	sensor = sensor_open_nvidia(&context, &why);
	before = read_once(sensor, "energy1=999");
	after = read_once(sensor, "");
	is_int(sample_growth(&before, &after, SAMPLE_gpu_energy_uj), 0,
	       "one that does not count at first never counts");
	sensor->close(sensor);
	text_release(&why);
}

static void identified(const char *script, const char *want, const char *want_driver, int64_t bandwidth)
{
	struct machine_identity identity;

	setenv("FAKE_NVML", script, 1);
	machine_identity_reset(&identity);
	gpu_identify_linux(tree, &identity);
	is_text(identity.gpu, want, script);
	is_text(identity.gpu_driver, want_driver, "  and its driver");
	is_int(identity.gpu_bandwidth_bytes_per_s, bandwidth, "  and how fast its memory is");
	machine_identity_release(&identity);
}

static void test_identity(void)
{
	identified("", "NVIDIA L4, NVIDIA T4", "NVIDIA 550.54.15", JSON_UNKNOWN);
	identified("twins=1", "2 × NVIDIA L4", "NVIDIA 550.54.15", INT64_C(300048000000));
	identified("device0=15", "NVIDIA T4", "NVIDIA 550.54.15", JSON_UNKNOWN);
	identified("twins=1,largest=3", "2 × NVIDIA L4", "NVIDIA 550.54.15", JSON_UNKNOWN);
	identified("twins=1,bus=3", "2 × NVIDIA L4", "NVIDIA 550.54.15", JSON_UNKNOWN);
	identified("twins=1,parts=1", "2 × NVIDIA L4", "NVIDIA 550.54.15", JSON_UNKNOWN);
	identified("name=999,driver=999", NULL, NULL, JSON_UNKNOWN);
	identified("init=9", NULL, NULL, JSON_UNKNOWN);
}

static void refused(const char *script, const char *want)
{
	const struct sensor_context context = {.root = tree, .family = &family};
	struct text why = {0};

	setenv("FAKE_NVML", script, 1);
	ok(sensor_open_nvidia(&context, &why) == NULL, script);
	is_text(text_string(&why), want, "  and why");
	text_release(&why);
}

static void test_refused(void)
{
	const struct sensor_context none = {.root = "/nonexistent", .family = &family};
	struct text why = {0};

	refused("init=9", "NVML: the driver is not loaded");
	refused("init=18", "NVML: the driver was updated: reboot");
	refused("init=999", "NVML: error 999");
	refused("count=999", "NVML knows no GPU");
	refused("device0=15,device1=15", "NVML knows no GPU");
	ok(sensor_open_nvidia(&none, &why) == NULL, "no library");
	is_text(text_string(&why), "no NVIDIA driver (libnvidia-ml.so.1)", "  and why");
	text_release(&why);
}

int main(int count, char **arguments)
{
	char *here = text_format("%s", count > 0 ? arguments[0] : "");

	tree = text_format("%s/../fake", dirname(here));
	test_good();
	test_gaps();
	test_silence();
	test_refused();
	test_identity();
	free(tree);
	free(here);
	return tap_done();
}
