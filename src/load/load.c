/*
 * The rest of load.h: one request, the limit of open files, provenance.
 */
#include "load/load.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "arena.h"
#include "base/clock.h"
#include "base/memory.h"
#include "engine.h"
#include "poller.h"
#include "stamp.h"

/* CURLOPT_PREREQFUNCTION, 7.80. */
#define CURL_OLDEST 0x075000

/* Files that are not connections: results, logs, pipes of the server, sensors. */
enum { OTHER_FILES = 64 };

struct load_memory {
	struct arena arena;
	char *folder;
};

struct load_memory *load_memory_new(size_t limit_bytes, const char *folder)
{
	struct load_memory *memory = memory_new(1, sizeof *memory);

	memory->folder = memory_string(folder);
	memory->arena = (struct arena){.limit_bytes = limit_bytes, .folder = memory->folder};
	return memory;
}

void load_memory_free(struct load_memory *memory)
{
	if (memory == NULL)
		return;
	arena_release(&memory->arena);
	free(memory->folder);
	free(memory);
}

struct arena *load_memory_arena(struct load_memory *memory)
{
	return &memory->arena;
}

bool load_run(const struct request *requests, size_t count, const struct load_options *options,
              struct exchange *exchanges, struct failure *failure)
{
	struct load_options own = *options;
	bool ran;

	if (options->memory != NULL)
		return engine_run(requests, count, options, true, exchanges, failure);
	own.memory = load_memory_new(0, NULL);
	ran = engine_run(requests, count, &own, true, exchanges, failure);
	for (size_t i = 0; i < count; i++)
		load_gather(&exchanges[i]);
	load_memory_free(own.memory);
	return ran;
}

bool load_one(const struct request *request, const struct access *access, int64_t timeout_ns,
              const volatile sig_atomic_t *stop, struct exchange *exchange)
{
	struct load_options options = {.in_flight = 1,
	                               .timeout_ns = timeout_ns,
	                               .access = access,
	                               .reply_limit_bytes = LOAD_ANSWER_LIMIT,
	                               .keep_heads = true,
	                               .stop = stop};
	struct failure failure = {0};
	bool ran = load_run(request, 1, &options, exchange, &failure);

	if (!ran) {
		exchange->transport = TRANSPORT_OTHER;
		exchange->done_ns = clock_now_ns();
		free(exchange->detail);
		exchange->detail = memory_string(failure.message);
		failure_release(&failure);
	}
	return ran;
}

/* Raises the limit to what is needed; false: the system refuses that. */
static bool raise_files(struct rlimit *limit, rlim_t needed)
{
	/* No more than needed: macOS refuses "unlimited" and whatever is above kern.maxfilesperproc. */
	struct rlimit wanted = {.rlim_cur = needed, .rlim_max = limit->rlim_max};

	if (limit->rlim_cur == RLIM_INFINITY || limit->rlim_cur >= needed)
		return true;
	return (limit->rlim_max == RLIM_INFINITY || needed <= limit->rlim_max) &&
	       setrlimit(RLIMIT_NOFILE, &wanted) == 0;
}

bool load_reserve_files(size_t in_flight, struct failure *failure)
{
	rlim_t needed = (rlim_t)in_flight + OTHER_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return failure_set(failure, STATUS_USER_MISTAKE, "limit of open files: %s", strerror(errno));
	if (raise_files(&limit, needed))
		return true;
	return failure_set(failure, STATUS_USER_MISTAKE,
	                   "%zu requests in flight need %llu open files, allowed are %llu: run `ulimit -n %llu` first "
	                   "(hard limit: `ulimit -Hn`; macOS: `sysctl kern.maxfilesperproc`), or have fewer in flight "
	                   "(concurrency)",
	                   in_flight, (unsigned long long)needed,
	                   (unsigned long long)(limit.rlim_max == RLIM_INFINITY ? limit.rlim_cur : limit.rlim_max),
	                   (unsigned long long)needed);
}

size_t load_reserve_files_up_to(size_t in_flight)
{
	size_t fit = in_flight;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return in_flight;
	if (limit.rlim_max != RLIM_INFINITY && (rlim_t)fit + OTHER_FILES > limit.rlim_max)
		fit = limit.rlim_max > OTHER_FILES ? (size_t)(limit.rlim_max - OTHER_FILES) : 1;
	/* By halves: what macOS allows at most (kern.maxfilesperproc) is not in the limit. */
	while (fit > 1 && !raise_files(&limit, (rlim_t)fit + OTHER_FILES))
		fit /= 2;
	return fit;
}

bool load_open(struct failure *failure)
{
	const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);

	if (version->version_num < CURL_OLDEST)
		return failure_set(failure, STATUS_CANNOT_GO_ON, "libcurl %s is too old: 7.80 is needed",
		                   version->version);
	/* A request that has no memory here would be counted as one that the server failed. */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, memory_take, free, memory_retake, memory_string, memory_new) !=
	    CURLE_OK)
		return failure_set(failure, STATUS_CANNOT_GO_ON, "libcurl cannot be started");
	return true;
}

void load_close(void)
{
	curl_global_cleanup();
}

char *load_describe(void)
{
	struct stamper stamper;
	char *description;

	stamper_open(&stamper, true);
	description = text_format("libcurl/%s, %s, %s", curl_version_info(CURLVERSION_NOW)->version, poller_name(),
	                          stamper_name(&stamper));
	stamper_close(&stamper);
	return description;
}
