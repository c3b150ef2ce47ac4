#include <pthread.h>

#include "base/json.h"
#include "machine/sampler_thread.h"

void sampler_thread_prepare(void)
{
	pthread_setname_np("sampler");
	pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
}

int64_t sampler_thread_preemptions(void)
{
	return JSON_UNKNOWN;
}
