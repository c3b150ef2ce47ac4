#include <pthread.h>
#include <sys/resource.h>

#include "base/json.h"
#include "machine/sampler_thread.h"

void sampler_thread_prepare(void)
{
	pthread_setname_np(pthread_self(), "sampler");
}

int64_t sampler_thread_preemptions(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : JSON_UNKNOWN;
}
