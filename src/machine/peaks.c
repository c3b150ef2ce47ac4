#include "machine/peaks.h"

int64_t process_peaks_add(struct process_peaks *peaks, const struct process_ticks *process, int64_t peak_bytes,
                          int64_t now_bytes)
{
	size_t i = 0;

	while (i < peaks->count &&
	       (peaks->before[i].pid != process->pid || peaks->before[i].started != process->started))
		i++;
	if (i == peaks->count && !peaks->begun && i < SERVER_FAMILY_MAX) {
		peaks->before[i].pid = process->pid;
		peaks->before[i].started = process->started;
		peaks->before[i].bytes = peak_bytes;
		peaks->count++;
	}
	return i == peaks->count || peak_bytes > peaks->before[i].bytes ? peak_bytes : now_bytes;
}
