/* What sampling may cost, of a server of 20 processes; `make bench` tells what it does cost, about a fifth of that. */
#include "../support/family.h"
#include "base/clock.h"
#include "machine/sensor.h"
#include "tap.h"

enum { PROCESSES = 20, READINGS = 100 };

/* At one reading a second, 0.5 % of a core. */
#define ALLOWED_NS (5 * NS_PER_MS)

int main(void)
{
	const struct sensor_context context = {.server_pid = family_start(PROCESSES)};
	struct sensor_bank *bank = sensor_bank_open(&context);
	struct sample sample;
	int64_t begin_ns;
	int told = 0;

	ok(context.server_pid > 0, "a server of 20 processes");
	begin_ns = clock_thread_cpu_ns();
	for (int i = 0; i < READINGS; i++) {
		sample_reset(&sample);
		sensor_bank_read(bank, false, &sample);
		told += sample.server_resident_bytes >= PROCESSES * INT64_C(1048576) && sample.used_bytes > 0;
	}
	is_int(told, READINGS, "each reading has all of them, and the machine");
	ok(clock_thread_cpu_ns() - begin_ns < READINGS * ALLOWED_NS, "at 1 Hz they take under 0.5 % of a core");
	printf("# %.0f µs of CPU time each\n", (double)(clock_thread_cpu_ns() - begin_ns) / READINGS / 1e3);
	sensor_bank_close(bank);
	family_stop((pid_t)context.server_pid);
	return tap_done();
}
