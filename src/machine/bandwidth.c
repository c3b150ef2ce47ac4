#include "machine/bandwidth.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* BLOCK: elements between two looks at the clock, which cost nothing beside them; a multiple of UNROLLED. */
enum { THREADS_MAX = 512, UNROLLED = 8, BLOCK = 1 << 17 };

#define ARRAY_LEAST ((int64_t)128 << 20)

/* Of the memory, which the server needs that is to be measured, an array gets this part. */
enum { MEMORY_PART = 64 };

/* All of it takes so many times limit_ns at most. */
enum { LIMITS_MOST = 10 };

/* Of the time of all processors that a pass must have had. */
#define SHARE_LEAST 0.85

static const struct {
	const char *title;
	int64_t performance_cores; /* 0: any */
	double gb_per_s;
} chips[] = {
    {"Apple M1", 0, 68.25},     {"Apple M1 Pro", 0, 200}, {"Apple M1 Max", 0, 400},  {"Apple M1 Ultra", 0, 800},
    {"Apple M2", 0, 100},       {"Apple M2 Pro", 0, 200}, {"Apple M2 Max", 0, 400},  {"Apple M2 Ultra", 0, 800},
    {"Apple M3", 0, 100},       {"Apple M3 Pro", 0, 150}, {"Apple M3 Max", 10, 300}, {"Apple M3 Max", 12, 400},
    {"Apple M3 Ultra", 0, 819}, {"Apple M4", 0, 120},     {"Apple M4 Pro", 0, 273},  {"Apple M4 Max", 10, 410},
    {"Apple M4 Max", 12, 546},  {"Apple M5", 0, 153},
};

double bandwidth_of_chip(const char *title, int64_t performance_cores)
{
	for (size_t i = 0; title != NULL && i < sizeof(chips) / sizeof(chips[0]); i++)
		if (strcmp(chips[i].title, title) == 0 &&
		    (chips[i].performance_cores == 0 || chips[i].performance_cores == performance_cores))
			return chips[i].gb_per_s * 1e9;
	return NAN;
}

/* A thread's part of the arrays. */
struct part {
	pthread_t thread;
	double *a, *b, *c;
	size_t count;
	uint64_t sum; /* so that reading is not left out */
	void (*work)(struct part *part, size_t from, size_t to);
	int64_t deadline_ns, cpu_ns;
	bool started, late; /* late: it was not done by the deadline */
};

static void fill(struct part *part, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		part->a[i] = 0;
		part->b[i] = (double)i;
		part->c[i] = 1;
	}
}

static void triad(struct part *part, size_t from, size_t to)
{
	double *restrict a = part->a;
	const double *restrict b = part->b, *restrict c = part->c;

	for (size_t i = from; i < to; i++)
		a[i] = b[i] + 3.0 * c[i];
}

/* Whole numbers: additions of doubles would wait for each other. */
static void sum_up(struct part *part, size_t from, size_t to)
{
	const unsigned char *at = (const unsigned char *)(part->b + from);
	uint64_t sums[UNROLLED] = {0};

	for (size_t i = from; i + UNROLLED <= to; i += UNROLLED, at += sizeof(sums)) {
		uint64_t values[UNROLLED];

		memcpy(values, at, sizeof(values));
		for (int j = 0; j < UNROLLED; j++)
			sums[j] += values[j];
	}
	for (int j = 0; j < UNROLLED; j++)
		part->sum += sums[j];
}

static void *run_part(void *argument)
{
	struct part *part = argument;
	int64_t begin_ns = clock_thread_cpu_ns();

	for (size_t from = 0; from < part->count && !part->late; from += BLOCK) {
		part->work(part, from, part->count - from < BLOCK ? part->count : from + BLOCK);
		part->late = clock_now_ns() > part->deadline_ns;
	}
	part->cpu_ns = clock_thread_cpu_ns() - begin_ns;
	return NULL;
}

/*
 * Bytes a second from the first thread's start to the last one's end; NAN when
 * the processors had other work, too, or the deadline came before the end.
 */
static double run_all(struct part *parts, int threads, void (*work)(struct part *part, size_t from, size_t to),
                      double bytes)
{
	int64_t begin_ns = clock_now_ns(), wall_ns, cpu_ns = 0;
	bool late = false;

	for (int i = 0; i < threads; i++) {
		parts[i].work = work;
		parts[i].cpu_ns = 0;
		parts[i].started = pthread_create(&parts[i].thread, NULL, run_part, &parts[i]) == 0;
	}
	for (int i = 0; i < threads; i++)
		if (parts[i].started)
			pthread_join(parts[i].thread, NULL);
	wall_ns = clock_now_ns() - begin_ns;
	for (int i = 0; i < threads; i++) {
		cpu_ns += parts[i].cpu_ns;
		late = late || parts[i].late;
	}
	if (late || wall_ns <= 0 || (double)cpu_ns < SHARE_LEAST * (double)wall_ns * threads)
		return NAN;
	return bytes * (double)NS_PER_S / (double)wall_ns;
}

static int64_t array_bytes(const struct machine_identity *identity, int64_t cache_bytes)
{
	int64_t bytes = 4 * cache_bytes;

	if (bytes < ARRAY_LEAST)
		bytes = ARRAY_LEAST;
	if (identity->memory_bytes != JSON_UNKNOWN && bytes > identity->memory_bytes / MEMORY_PART)
		bytes = identity->memory_bytes / MEMORY_PART;
	return bytes;
}

static void divide(double *memory, size_t count, struct part *parts, int threads, int64_t deadline_ns)
{
	for (int i = 0; i < threads; i++) {
		size_t from = count / (size_t)threads * (size_t)i;

		parts[i].a = memory + from;
		parts[i].b = memory + count + from;
		parts[i].c = memory + 2 * count + from;
		parts[i].count = count / (size_t)threads;
		parts[i].deadline_ns = deadline_ns;
	}
}

static void measure(struct part *parts, int64_t limit_ns, struct bandwidth *bandwidth)
{
	double elements = (double)parts[0].count * bandwidth->threads;
	int64_t until_ns = clock_now_ns() + limit_ns;

	if (until_ns > parts[0].deadline_ns)
		until_ns = parts[0].deadline_ns;

	do {
		double read = run_all(parts, bandwidth->threads, sum_up, 8 * elements);
		double both = run_all(parts, bandwidth->threads, triad, 24 * elements);

		bandwidth->read_bytes_per_s = fmax(bandwidth->read_bytes_per_s, read);
		bandwidth->triad_bytes_per_s = fmax(bandwidth->triad_bytes_per_s, both);
		bandwidth->passes++;
	} while (clock_now_ns() < until_ns);
}

bool bandwidth_measure(const struct machine_identity *identity, int64_t limit_ns, struct bandwidth *bandwidth)
{
	int64_t cores = identity->logical_cores, cache_bytes = bandwidth_cache_bytes();
	int64_t bytes = array_bytes(identity, cache_bytes);
	int64_t deadline_ns = clock_now_ns() + LIMITS_MOST * limit_ns;
	size_t count = (size_t)bytes / sizeof(double);
	/* What mostly lies in the cache would be a wrong figure. */
	bool enough = 3 * bytes >= 4 * cache_bytes;
	double *memory = enough ? malloc(3 * count * sizeof(double)) : NULL;
	struct part *parts = calloc(THREADS_MAX, sizeof(*parts));
	bool good = memory != NULL && parts != NULL;

	*bandwidth = (struct bandwidth){
	    .read_bytes_per_s = NAN,
	    .triad_bytes_per_s = NAN,
	    .array_bytes = bytes,
	    .threads = cores < 1             ? 1
	               : cores > THREADS_MAX ? THREADS_MAX
	                                     : (int)cores,
	};
	if (good) {
		divide(memory, count, parts, bandwidth->threads, deadline_ns);
		run_all(parts, bandwidth->threads, fill, 0);
		measure(parts, limit_ns, bandwidth);
	}
	free(memory);
	free(parts);
	return good && !isnan(bandwidth->read_bytes_per_s);
}
