/*
 * The names of Apple's <mach/mach.h> that the macOS sources of src/machine use, so that
 * they compile and run on any system. The test defines the functions.
 * tests/cross/layout.c compares the numbers with Apple's.
 */
#ifndef FAKE_MACH_H
#define FAKE_MACH_H

typedef int kern_return_t;
typedef int integer_t;
typedef integer_t *host_info64_t;
typedef unsigned int mach_port_t, host_t, mach_msg_type_number_t;
typedef unsigned long vm_size_t, vm_address_t;
typedef unsigned int natural_t;
typedef integer_t *processor_info_array_t;

#define KERN_SUCCESS        0
#define MIG_ARRAY_TOO_LARGE (-307)
#define HOST_VM_INFO64      4
#define HOST_INFO_MAX       1024

#define PROCESSOR_CPU_LOAD_INFO 2
#define CPU_STATE_USER          0
#define CPU_STATE_SYSTEM        1
#define CPU_STATE_IDLE          2
#define CPU_STATE_NICE          3
#define CPU_STATE_MAX           4

mach_port_t mach_host_self(void);
mach_port_t mach_task_self(void);
kern_return_t mach_port_deallocate(mach_port_t task, mach_port_t port);
kern_return_t host_page_size(host_t host, vm_size_t *bytes);
kern_return_t host_processor_info(host_t host, int flavor, natural_t *count, processor_info_array_t *info,
                                  mach_msg_type_number_t *size);
kern_return_t vm_deallocate(mach_port_t task, vm_address_t address, vm_size_t size);
kern_return_t host_statistics64(host_t host, int flavor, host_info64_t info, mach_msg_type_number_t *count);

#endif
