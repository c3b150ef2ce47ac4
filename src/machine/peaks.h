/*
 * The highest memory of a server's processes since they were first read: the
 * kernel's peak of a process is that of its whole life. Pure.
 */
#ifndef MACHINE_PEAKS_H
#define MACHINE_PEAKS_H

#include "machine/cpu_time.h"
#include "machine/sensor.h"

/* `= {0}` is empty. */
struct process_peaks {
	struct {
		int64_t pid, started;
		int64_t bytes; /* the kernel's peak at the first reading */
	} before[SERVER_FAMILY_MAX];
	size_t count;
	bool begun; /* the caller sets it after its first reading: who is not in `before` by then is new */
};

/*
 * Bytes: the kernel's peak of a process where it is new or its peak has risen since the first reading, else what it has
 * now. A peak between two readings that is below an earlier one is missed.
 */
int64_t process_peaks_add(struct process_peaks *peaks, const struct process_ticks *process, int64_t peak_bytes,
                          int64_t now_bytes);

#endif
