/*
 * What src/machine and tests/fake take for granted of macOS, compared with
 * Apple's headers. scripts/cross-macos compiles this; nothing runs it.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Before OSThermalNotification.h, which asks it which system this is, and does not include it. */
#include <TargetConditionals.h>

#include <libkern/OSThermalNotification.h>
#include <libproc.h>
#include <mach/mach.h>
#include <sys/sysctl.h>

#include "machine/apple_figures.h"
#include "machine/frameworks_darwin.h"
#include "machine/vm_counts.h"

#define IS_AT(field, position)                                                                           \
	_Static_assert(offsetof(struct vm_statistics64, field) == (position) * sizeof(int32_t), #field); \
	_Static_assert(sizeof(((struct vm_statistics64 *)0)->field) == sizeof(int32_t), #field)

IS_AT(free_count, VM_FREE);
IS_AT(active_count, VM_ACTIVE);
IS_AT(inactive_count, VM_INACTIVE);
IS_AT(wire_count, VM_WIRED);
IS_AT(purgeable_count, VM_PURGEABLE);
IS_AT(speculative_count, VM_SPECULATIVE);
IS_AT(compressor_page_count, VM_COMPRESSOR);
IS_AT(external_page_count, VM_EXTERNAL);
IS_AT(internal_page_count, VM_INTERNAL);
_Static_assert(offsetof(struct vm_statistics64, total_uncompressed_pages_in_compressor) == 36 * sizeof(int32_t),
               "the last of the 38");
_Static_assert(HOST_VM_INFO64_COUNT >= VM_POSITIONS, "the answer only grows");

/* As in tests/fake/mach/mach.h. */
_Static_assert(KERN_SUCCESS == 0 && MIG_ARRAY_TOO_LARGE == -307, "results");
_Static_assert(HOST_VM_INFO64 == 4 && HOST_INFO_MAX == 1024, "flavour and size");
_Static_assert(sizeof(integer_t) == 4 && sizeof(mach_msg_type_number_t) == 4 && sizeof(host_t) == 4, "integers");

_Static_assert(PROCESSOR_CPU_LOAD_INFO == 2 && CPU_STATE_USER == 0 && CPU_STATE_SYSTEM == 1 && CPU_STATE_IDLE == 2 &&
                   CPU_STATE_NICE == 3 && CPU_STATE_MAX == 4,
               "processor times");

/* As in tests/fake/libproc.h. */
_Static_assert(PROC_PIDT_SHORTBSDINFO == 13 && RUSAGE_INFO_V4 == 4, "flavours");
_Static_assert(sizeof(struct proc_bsdshortinfo) == 64 && sizeof(struct rusage_info_v4) == 296, "sizes");
_Static_assert(sizeof(((struct proc_bsdshortinfo *)0)->pbsi_comm) == 16 && sizeof(pid_t) == 4, "processes");
_Static_assert(PROC_PIDLISTFDS == 1 && PROC_PIDFDSOCKETINFO == 3 && PROX_FDTYPE_SOCKET == 2 && SOCKINFO_TCP == 2 &&
                   TSI_S_LISTEN == 1,
               "descriptors");
_Static_assert(sizeof(struct proc_fdinfo) == 8 && offsetof(struct proc_fdinfo, proc_fdtype) == 4, "a descriptor");
_Static_assert(sizeof(((struct socket_fdinfo *)0)->psi.soi_proto.pri_tcp.tcpsi_ini.insi_lport) == sizeof(int),
               "a port");

/* As src/machine/frameworks_darwin.h has the types that cross to IOKit. */
_Static_assert(sizeof(io_object) == sizeof(mach_port_t) && sizeof(io_name) == 128, "objects of IOKit");
_Static_assert(sizeof(cf_index) == sizeof(void *) && sizeof(cf_type) == sizeof(void *), "CFIndex, CFTypeID");

/* The message of the system management controller, as its driver takes it. */
_Static_assert(sizeof(struct smc_message) == 80 && offsetof(struct smc_message, limits) == 12 &&
                   offsetof(struct smc_message, info) == 28 && offsetof(struct smc_message, result) == 40 &&
                   offsetof(struct smc_message, command) == 42 && offsetof(struct smc_message, index) == 44 &&
                   offsetof(struct smc_message, bytes) == 48,
               "SMC");

/* As src/machine/conditions_darwin.c has them. */
_Static_assert(kOSThermalPressureLevelNominal == 0 && kOSThermalPressureLevelModerate == 1 &&
                   kOSThermalPressureLevelHeavy == 2 && kOSThermalPressureLevelTrapping == 3 &&
                   kOSThermalPressureLevelSleeping == 4,
               "thermal pressure");

/* As in tests/fake/sys/sysctl.h. */
_Static_assert(sizeof(struct xsw_usage) == 32 && offsetof(struct xsw_usage, xsu_used) == 16, "swap");
