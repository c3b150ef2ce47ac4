#include "machine/cpu_time_darwin.h"

#include <unistd.h>

#include <mach/mach.h>
#include <mach/mach_time.h>

#include "base/clock.h"
#include "base/json.h"

int64_t mach_units_ns(uint64_t units)
{
	mach_timebase_info_data_t base;

	if (mach_timebase_info(&base) != KERN_SUCCESS)
		return 0;
	return (int64_t)((double)units * base.numer / base.denom);
}

void processor_times(uint32_t host, int64_t *busy_ns, int64_t *idle_ns)
{
	processor_info_array_t info = NULL;
	mach_msg_type_number_t size = 0;
	natural_t count = 0;
	uint64_t busy = 0, idle = 0;
	int64_t tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);

	*busy_ns = *idle_ns = JSON_UNKNOWN;
	if (host_processor_info(host, PROCESSOR_CPU_LOAD_INFO, &count, &info, &size) != KERN_SUCCESS)
		return;
	for (natural_t i = 0; i < count && (i + 1) * CPU_STATE_MAX <= size; i++) {
		const integer_t *ticks = &info[i * CPU_STATE_MAX];

		busy += (uint32_t)ticks[CPU_STATE_USER];
		busy += (uint32_t)ticks[CPU_STATE_SYSTEM];
		busy += (uint32_t)ticks[CPU_STATE_NICE];
		idle += (uint32_t)ticks[CPU_STATE_IDLE];
	}
	vm_deallocate(mach_task_self(), (vm_address_t)info, size * sizeof(*info));
	*busy_ns = (int64_t)busy * tick_ns;
	*idle_ns = (int64_t)idle * tick_ns;
}
