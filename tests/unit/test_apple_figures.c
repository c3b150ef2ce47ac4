/* What Apple's drivers and controllers say, as figures: recorded answers. */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "machine/apple_figures.h"
#include "machine/vm_counts.h"
#include "tap.h"

/* Dictionaries of four Macs: an M1 Pro with a model of 17 GB, an M4, an M3 Air, a big one. */
static void test_gpu(void)
{
	static const struct {
		int64_t allocated, busy, want_used, want_busy;
	} cases[] = {
	    {21343043584, 22, 21343043584, 22},
	    {2679144448, 23, 2679144448, 23},
	    {6093651968, 34, 6093651968, 34},
	    {52967440384, 16, 52967440384, 16},
	    {0, 0, 0, 0},
	    {JSON_UNKNOWN, 5, JSON_UNKNOWN, 5},
	    {1 << 20, JSON_UNKNOWN, 1 << 20, JSON_UNKNOWN},
	    {-1, 101, JSON_UNKNOWN, JSON_UNKNOWN},
	};
	struct sample sample;
	struct text text = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sample_reset(&sample);
		apple_gpu_add(&(struct apple_gpu){cases[i].allocated, cases[i].busy}, INT64_C(32) << 30, &sample);
		is_int(sample.gpu_used_bytes, cases[i].want_used, "allocated");
		is_int(sample.gpu_busy_pct, cases[i].want_busy, "  busy");
		is_int(sample.gpu_total_bytes, cases[i].want_used < 0 ? JSON_UNKNOWN : INT64_C(32) << 30,
		       "  of the computer's memory, where something is known of it");
	}
	sample_reset(&sample);
	apple_gpu_add(&(struct apple_gpu){21343043584, 22}, INT64_C(32) << 30, &sample);
	units_add_gi(&text, sample.gpu_used_bytes);
	text_add_char(&text, '/');
	units_add_gi(&text, sample.gpu_total_bytes);
	is_text(text_string(&text), "19.877Gi/32.000Gi", "as nvtop prints it");
	apple_gpu_add(&(struct apple_gpu){1000, 7}, INT64_C(32) << 30, &sample);
	is_int(sample.gpu_used_bytes, 21343044584, "two GPUs: the sum");
	is_int(sample.gpu_busy_pct, 22, "two GPUs: the busiest");
	text_release(&text);
}

static void test_clients(void)
{
	static const struct {
		const char *creator;
		int64_t pid;
	} cases[] = {
	    {"pid 512, ollama", 512},       {"pid 1, ", 1},          {"pid 70112, llama-server, x", 70112},
	    {"pid , ollama", JSON_UNKNOWN}, {"pid 5", JSON_UNKNOWN}, {"pid -5, a", JSON_UNKNOWN},
	    {"PID 5, a", JSON_UNKNOWN},     {"", JSON_UNKNOWN},      {"pid 5x, a", JSON_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(apple_client_pid(cases[i].creator), cases[i].pid, cases[i].creator);
}

static void test_energy(void)
{
	static const struct {
		const char *channel;
		enum apple_energy want;
	} channels[] = {
	    {"CPU Energy", APPLE_ENERGY_CPU},
	    {"DIE_1_CPU Energy", APPLE_ENERGY_CPU},
	    {"GPU Energy", APPLE_ENERGY_GPU},
	    {"GPU SRAM", APPLE_ENERGY_OTHER},
	    {"DRAM", APPLE_ENERGY_DRAM},
	    {"DRAM0", APPLE_ENERGY_DRAM},
	    {"ANE", APPLE_ENERGY_OTHER},
	    {"PCPU0", APPLE_ENERGY_OTHER},
	    {"GPU Energy 2", APPLE_ENERGY_OTHER},
	    {"Energy", APPLE_ENERGY_OTHER},
	    {"", APPLE_ENERGY_OTHER},
	};
	static const struct {
		int64_t value;
		const char *label;
		int64_t want_nj;
	} units[] = {
	    {4711, "mJ", 4711000000},     {4711, "uJ", 4711000},           {4711, "nJ", 4711},
	    {12, "mJ   ", 12000000},      {12, "J", JSON_UNKNOWN},         {12, "mJx", JSON_UNKNOWN},
	    {12, "", JSON_UNKNOWN},       {-1, "mJ", JSON_UNKNOWN},        {0, "uJ", 0},
	    {INT64_MAX, "nJ", INT64_MAX}, {INT64_MAX, "mJ", JSON_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		is_int(apple_energy_of(channels[i].channel), channels[i].want, channels[i].channel);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		is_int(apple_energy_nj(units[i].value, units[i].label), units[i].want_nj, units[i].label);
}

static void test_controller(void)
{
	const struct smc_info real = {.size = 4, .type = 0x666c7420}, word = {.size = 4, .type = 0x75693332},
			      wide = {.size = 8, .type = 0x666c7420};
	struct smc_message answer = {.bytes = {0x00, 0x00, 0x2a, 0x42}};

	is_int(sizeof(answer), 80, "the size of a message");
	is_int(smc_key("flt "), 0x666c7420, "four characters");
	is_real(smc_real(&real, &answer), 42.5, 0, "a real number");
	ok(isnan(smc_real(&word, &answer)) && isnan(smc_real(&wide, &answer)), "another type or size is none");
	answer = (struct smc_message){.bytes = {0x00, 0x00, 0x0b, 0xd1}};
	is_int(smc_integer(&answer), 3025, "the number of keys");
	is_int(smc_heat_of(smc_key("Tp09")), SMC_HEAT_CPU, "a fast core");
	is_int(smc_heat_of(smc_key("Te05")), SMC_HEAT_CPU, "a slow core");
	is_int(smc_heat_of(smc_key("Ts1P")), SMC_HEAT_CPU, "another core");
	is_int(smc_heat_of(smc_key("Tg0f")), SMC_HEAT_GPU, "the GPU");
	is_int(smc_heat_of(smc_key("TB0T")), SMC_HEAT_OTHER, "the battery");
	is_int(smc_heat_of(smc_key("PSTR")), SMC_HEAT_OTHER, "no temperature");
	is_int(smc_temperature_mc(61.25), 61250, "a temperature");
	is_int(smc_temperature_mc(150), 150000, "the highest");
	is_int(smc_temperature_mc(0), JSON_UNKNOWN, "0 °C is a sensor that sleeps");
	is_int(smc_temperature_mc(150.5), JSON_UNKNOWN, "too hot to be true");
	is_int(smc_temperature_mc(NAN), JSON_UNKNOWN, "not told");
	is_int(smc_power_mw(12.3456), 12346, "power");
	is_int(smc_power_mw(0), JSON_UNKNOWN, "never 0 W");
	is_int(smc_power_mw(NAN), JSON_UNKNOWN, "not told");
	is_int(smc_power_mw(INFINITY), JSON_UNKNOWN, "nonsense");
}

/* Of the 16-GiB Mac whose other counts test_fake_mach.c has. */
static void test_compressor(void)
{
	int32_t counts[VM_POSITIONS] = {[VM_COMPRESSOR] = 454496};

	is_int(vm_compressed_bytes(counts, 16384), 7446462464, "the compressor occupies 6.935 GiB");
	counts[VM_COMPRESSOR] = -1;
	is_int(vm_compressed_bytes(counts, 4096), INT64_C(4294967295) * 4096, "counts have no sign");
}

int main(void)
{
	test_gpu();
	test_clients();
	test_energy();
	test_controller();
	test_compressor();
	return tap_done();
}
