/*
 * The names of macOS' <sys/sysctl.h> that src/machine uses; see ../mach/mach.h.
 */
#ifndef FAKE_SYSCTL_H
#define FAKE_SYSCTL_H

#include <stddef.h>
#include <stdint.h>

struct xsw_usage {
	uint64_t xsu_total, xsu_avail, xsu_used;
	uint32_t xsu_pagesize, xsu_encrypted;
};

int sysctlbyname(const char *name, void *old, size_t *old_size, void *new, size_t new_size);

#endif
