#include "progress.h"

#include "base/clock.h"

struct progress_times progress_begin(const struct load_options *options, int64_t start_ns)
{
	return (struct progress_times){
	    .start_ns = start_ns,
	    .start_cpu_ns = clock_thread_cpu_ns(),
	    .start_slept_ns = clock_slept_ns(),
	    .next_ns = start_ns + options->progress_interval_ns,
	};
}

void progress_tell(struct progress_times *times, const struct load_options *options, int64_t woke_ns,
                   struct load_progress *progress)
{
	if (options->on_progress == NULL || (progress->done < progress->count && woke_ns < times->next_ns))
		return;
	times->next_ns = woke_ns + options->progress_interval_ns;
	progress->elapsed_ns = clock_now_ns() - times->start_ns;
	progress->cpu_ns = clock_thread_cpu_ns() - times->start_cpu_ns;
	progress->slept_ns = clock_slept_ns() - times->start_slept_ns;
	options->on_progress(options->context, progress);
}

void progress_notice(struct load_progress *progress, int64_t passed_ns, int64_t asked_ns)
{
	int64_t lost_ns = passed_ns - asked_ns;

	if (asked_ns >= 0 && lost_ns >= LOAD_STANDSTILL_NS)
		progress->stood_still_ns += lost_ns;
}
