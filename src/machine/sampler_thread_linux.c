#include <pthread.h>

#include "machine/sampler_thread.h"

void sampler_thread_prepare(void)
{
	pthread_setname_np(pthread_self(), "sampler");
}
