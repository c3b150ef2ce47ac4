#include "machine/sampler.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/memory.h"
#include "machine/sampler_thread.h"
#include "machine/worker.h"

/* An edge of two phases is two samples. */
#define SAMPLES_AT_ONCE 2
#define FIRST_CAPACITY  1024

/* Looks that are so slow so often are the last ones. */
#define SLOW_NS      (20 * NS_PER_MS)
#define SLOW_ALLOWED 1

#define NEVER INT64_MAX

/* What only the thread touches until it has ended. */
struct looks {
	const struct watch *watch;
	int64_t interval_ns;
	struct machine_conditions worst;
	size_t count;
	int slow;
	bool given_up;
};

struct sampler {
	int64_t interval_ns, start_ns;
	struct looks looks;
	struct worker worker;
	bool running;   /* without a thread only forced samples are taken */
	int64_t cpu_ns; /* written by the thread at its end */

	pthread_mutex_t reading; /* guards what follows; a sensor may hold it for long */
	struct sensor_bank *bank;
	enum phase phase;
	struct sample *samples; /* there is always room for SAMPLES_AT_ONCE more */
	size_t count, capacity, missed;

	pthread_mutex_t telling; /* of `latest`, held for a copy of it: the load's thread asks while requests run */
	struct sample latest;
};

/* Under `reading`. */
static void append(struct sampler *sampler, const struct sample *sample)
{
	assert(sampler->count < sampler->capacity);
	assert(sampler->count == 0 || sampler->samples[sampler->count - 1].at_ns <= sample->at_ns);
	sampler->samples[sampler->count++] = *sample;
	pthread_mutex_lock(&sampler->telling);
	sampler->latest = *sample;
	pthread_mutex_unlock(&sampler->telling);
}

static void make_room(struct sampler *sampler)
{
	/* Growing is done now, not when the next sample is due. */
	sampler->samples = memory_grow(sampler->samples, &sampler->capacity, sampler->count + SAMPLES_AT_ONCE - 1,
	                               sizeof *sampler->samples);
}

/* Under `reading`, as take_edge(): a sample of the thread. None, when all sensors are too slow for it. */
static void take(struct sampler *sampler)
{
	struct sample sample;

	sample_reset(&sample);
	sample.at_ns = clock_now_ns();
	sample.phase = sampler->phase;
	if (!sensor_bank_read(sampler->bank, false, &sample))
		return;
	append(sampler, &sample);
	make_room(sampler);
}

/* `next` differs from the current phase at its end: the one reading then stands for both sides. */
static void take_edge(struct sampler *sampler, enum phase next)
{
	struct sample sample;

	sample_reset(&sample);
	sample.at_ns = clock_now_ns();
	sample.phase = sampler->phase;
	sensor_bank_read(sampler->bank, true, &sample);
	append(sampler, &sample);
	if (next != sampler->phase) {
		sampler->phase = sample.phase = next;
		append(sampler, &sample);
	}
	make_room(sampler);
}

/*
 * Looks that began then took too long. Time in which the thread had to wait
 * for a processor is no fault of theirs.
 */
static bool was_slow(int64_t begin_ns, int64_t preemptions)
{
	return clock_now_ns() - begin_ns > SLOW_NS && sampler_thread_preemptions() == preemptions;
}

/* Without `reading`: who enters a phase meanwhile does not wait. */
static void look(struct looks *looks)
{
	int64_t begin_ns = clock_now_ns(), preemptions = sampler_thread_preemptions();
	struct machine_conditions seen;

	watch_look(looks->watch, &seen);
	conditions_worsen(&looks->worst, &seen);
	looks->count++;
	looks->slow += was_slow(begin_ns, preemptions);
	looks->given_up = looks->slow > SLOW_ALLOWED;
}

static void *run(void *argument)
{
	struct sampler *sampler = argument;
	struct looks *looks = &sampler->looks;
	int64_t sample_due_ns = sampler->start_ns + sampler->interval_ns;
	int64_t look_due_ns = looks->watch != NULL ? sampler->start_ns + looks->interval_ns : NEVER;

	sampler_thread_prepare();
	while (worker_wait_until(&sampler->worker, sample_due_ns < look_due_ns ? sample_due_ns : look_due_ns)) {
		if (sample_due_ns <= clock_now_ns()) {
			pthread_mutex_lock(&sampler->reading);
			take(sampler);
			sampler->missed += worker_advance(&sample_due_ns, sampler->interval_ns);
			pthread_mutex_unlock(&sampler->reading);
		}
		if (look_due_ns <= clock_now_ns()) {
			look(looks);
			worker_advance(&look_due_ns, looks->interval_ns);
			if (looks->given_up)
				look_due_ns = NEVER;
		}
	}
	sampler->cpu_ns = clock_thread_cpu_ns();
	return NULL;
}

struct sampler *sampler_start(const struct sensor_context *context, int64_t interval_ns, const struct watch *watch,
                              int64_t look_interval_ns)
{
	struct sampler *sampler = memory_new(1, sizeof *sampler);

	assert(interval_ns > 0 && (watch == NULL || look_interval_ns > 0));
	sampler->looks.watch = watch;
	sampler->looks.interval_ns = look_interval_ns;
	machine_conditions_reset(&sampler->looks.worst);
	sampler->interval_ns = interval_ns;
	sampler->cpu_ns = JSON_UNKNOWN;
	sampler->bank = sensor_bank_open(context);
	sampler->phase = PHASE_IDLE;
	sampler->capacity = FIRST_CAPACITY;
	sampler->samples = memory_new(sampler->capacity, sizeof *sampler->samples);
	pthread_mutex_init(&sampler->reading, NULL);
	pthread_mutex_init(&sampler->telling, NULL);
	take_edge(sampler, sampler->phase);
	sampler->start_ns = sampler->samples[0].at_ns;
	sampler->running = worker_start(&sampler->worker, run, sampler);
	return sampler;
}

void sampler_enter(struct sampler *sampler, enum phase phase)
{
	pthread_mutex_lock(&sampler->reading);
	take_edge(sampler, phase);
	pthread_mutex_unlock(&sampler->reading);
}

struct sample sampler_latest(struct sampler *sampler)
{
	struct sample latest;

	pthread_mutex_lock(&sampler->telling);
	latest = sampler->latest;
	pthread_mutex_unlock(&sampler->telling);
	return latest;
}

struct sampler_result sampler_stop(struct sampler *sampler)
{
	struct sampler_result result = {.cpu_ns = JSON_UNKNOWN};

	machine_conditions_reset(&result.worst);
	if (sampler == NULL)
		return result;
	if (sampler->running)
		worker_stop(&sampler->worker);
	take_edge(sampler, sampler->phase);
	result.samples = sampler->samples;
	result.count = sampler->count;
	result.missed = sampler->missed;
	result.sensors = memory_new(sensor_count(), sizeof *result.sensors);
	for (size_t i = 0; i < sensor_count(); i++)
		result.sensors[i] = *sensor_bank_state(sampler->bank, i);
	result.wall_ns = clock_now_ns() - sampler->start_ns;
	result.cpu_ns = sampler->cpu_ns;
	result.definition = memory_definition(sensor_bank_memory(sampler->bank));
	result.used_without_files = memory_is_without_files(sensor_bank_memory(sampler->bank));
	result.worst = sampler->looks.worst;
	result.looks = sampler->looks.count;
	result.gave_up = sampler->looks.given_up;
	sensor_bank_close(sampler->bank);
	pthread_mutex_destroy(&sampler->reading);
	pthread_mutex_destroy(&sampler->telling);
	free(sampler);
	return result;
}

void sampler_result_release(struct sampler_result *result)
{
	free(result->samples);
	free(result->sensors);
	*result = (struct sampler_result){.cpu_ns = JSON_UNKNOWN};
}
