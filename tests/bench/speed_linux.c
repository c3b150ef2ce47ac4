/*
 * The speed and the error of the load engine beside other clients, in one run
 * and on one server: the server on one core, each client on another, one after
 * the other. Medians of paired runs in markdown; nothing is judged by the exit
 * status but whether every byte arrived.
 *
 * BENCH_RUNS   paired runs, 7
 * BENCH_QUICK  1: fewer runs, streams and tokens, to see that it works
 * BENCH_ONLY   names of sections, blast,rate,late,busy,start,requests,memory
 * BENCH_CLIENTS names of clients, llmbench,floor,aiohttp,curl,wrk
 * PYTHON       an interpreter that has aiohttp
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "load/load.h"
#include "speed/sections.h"

/* Of what each process may open: a client's connections, or the server's. */
enum { FILES = 8192 + 64 };

struct section {
	const char *name;
	void (*run)(struct bench *bench);
};

static const struct section sections[] = {
    {"blast", section_blast}, {"rate", section_rate},         {"late", section_late},    {"busy", section_busy},
    {"start", section_start}, {"requests", section_requests}, {"memory", section_memory}};

static bool is_wanted(const char *name, const char *variable)
{
	const char *only = getenv(variable);

	return only == NULL || only[0] == '\0' || strstr(only, name) != NULL;
}

/* Raised to what the system allows; then the largest number of streams that fits. */
static bool has_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	if (limit.rlim_cur < FILES && (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= FILES)) {
		limit.rlim_cur = FILES;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur >= FILES;
}

static void set_up(struct bench *bench)
{
	const char *quick = getenv("BENCH_QUICK"), *runs = getenv("BENCH_RUNS");
	long count = runs != NULL ? strtol(runs, NULL, 10) : 0;

	bench->quick = quick != NULL && strcmp(quick, "1") == 0;
	bench->runs = count > 0 && count <= RUNS_MAX ? (size_t)count : bench->quick ? 2 : 7;
	for (int client = 0; client < CLIENT_COUNT; client++) {
		bench->missing[client] = is_wanted(client_name((enum client)client), "BENCH_CLIENTS")
		                             ? client_missing((enum client)client)
		                             : "not asked for";
		if (bench->missing[client] != NULL)
			printf("- %s: skipped: %s\n", client_name((enum client)client), bench->missing[client]);
	}
}

int main(void)
{
	struct failure failure = {0};
	struct bench bench = {0};
	char *description;
	int server, client;

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!job_pick_cores(&server, &client)) {
		puts("speed: skipped: it needs two cores, one for the server and one for the client");
		return 0;
	}
	if (!has_files()) {
		printf("speed: skipped: it needs %d open files: run `ulimit -n %d` first\n", FILES, FILES);
		return 0;
	}
	if (!load_open(&failure))
		bench_die(failure.message);
	description = load_describe();
	printf("- llmbench's engine: %s\n", description);
	free(description);
	set_up(&bench);
	printf("- Medians of %zu paired runs; server on core %d, client on core %d.\n", bench.runs, server, client);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (is_wanted(sections[i].name, "BENCH_ONLY"))
			sections[i].run(&bench);
	targets_print(&bench);
	targets_release(&bench);
	load_close();
	return 0;
}
