/*
 * The rights and the processors of Mach for tests: two processors, of which one
 * counter has passed 2^31.
 */
#ifndef FAKE_PROCESSORS_H
#define FAKE_PROCESSORS_H

#include <stdbool.h>
#include <unistd.h>

#include "mach/mach.h"
#include "mach/mach_time.h"

static int fake_rights, fake_mappings; /* held */
static bool fake_no_processors;
static integer_t fake_ticks[] = {100, 20, 4000, 3, (integer_t)3000000000u, 0, 50, 0};

long fake_sysconf(int name); /* sysconf() of the sources that are tested */
long fake_sysconf(int name)
{
	return name == _SC_CLK_TCK ? 100 : -1;
}

mach_port_t mach_host_self(void)
{
	fake_rights++;
	return 77;
}

mach_port_t mach_task_self(void)
{
	return 1;
}

kern_return_t mach_port_deallocate(mach_port_t task, mach_port_t port)
{
	fake_rights -= task == 1 && port == 77;
	return KERN_SUCCESS;
}

kern_return_t host_processor_info(host_t host, int flavor, natural_t *count, processor_info_array_t *info,
                                  mach_msg_type_number_t *size)
{
	if (fake_no_processors || host != 77 || flavor != PROCESSOR_CPU_LOAD_INFO)
		return 4;
	*count = 2;
	*info = fake_ticks;
	*size = 8;
	fake_mappings++;
	return KERN_SUCCESS;
}

kern_return_t vm_deallocate(mach_port_t task, vm_address_t address, vm_size_t size)
{
	fake_mappings -= task == 1 && address == (vm_address_t)fake_ticks && size == sizeof(fake_ticks);
	return KERN_SUCCESS;
}

int mach_timebase_info(mach_timebase_info_data_t *info)
{
	*info = (mach_timebase_info_data_t){125, 3};
	return KERN_SUCCESS;
}

#endif
