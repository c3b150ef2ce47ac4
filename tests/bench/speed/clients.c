#include "clients.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

#define SCRIPT "tests/bench/speed/aiohttp_client.py"

/* curl takes no more at once. */
enum { CURL_STREAMS_MAX = 300 };

const char *client_name(enum client client)
{
	static const char *const names[CLIENT_COUNT] = {"llmbench", "waking", "floor", "aiohttp", "curl", "wrk"};

	return names[client];
}

/* $PYTHON names another interpreter, such as one of a virtual environment. */
static const char *python(void)
{
	const char *named = getenv("PYTHON");

	return named != NULL && named[0] != '\0' ? named : "python3";
}

static bool succeeds(char *command)
{
	bool result = system(command) == 0;

	free(command);
	return result;
}

const char *client_missing(enum client client)
{
	switch (client) {
	case CLIENT_AIOHTTP:
		if (!succeeds(text_format("command -v '%s' >/dev/null 2>&1", python())))
			return "python3 is not installed";
		return succeeds(text_format("'%s' " SCRIPT " >/dev/null 2>&1", python())) ? NULL
		                                                                          : "python3 has no aiohttp";
	case CLIENT_CURL:
		return succeeds(text_format("curl --help all 2>/dev/null | grep -q -e --parallel-max"))
		           ? NULL
		           : "curl is not installed";
	case CLIENT_WRK:
		return succeeds(text_format("command -v wrk >/dev/null 2>&1")) ? NULL : "wrk is not installed";
	case CLIENT_ENGINE:
	case CLIENT_WAKING:
	case CLIENT_FLOOR:
	case CLIENT_COUNT:
		break;
	}
	return NULL;
}

static _Noreturn void execute(char **arguments)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDOUT_FILENO);
	execvp(arguments[0], arguments);
	bench_die(arguments[0]);
}

static _Noreturn void run_aiohttp(int port, const struct shape *shape, const struct board *board)
{
	char *arguments[] = {(char *)python(),
	                     SCRIPT,
	                     text_format("%d", port),
	                     text_format("%zu", shape->streams),
	                     text_format("%zu", shape->tokens),
	                     text_format("%d", MARK_COUNT),
	                     board->path,
	                     shape->pacing == PACING_REPLIES ? "replies" : NULL,
	                     NULL};

	execute(arguments);
}

/* The whole of its work is one range of URLs; streams are asked once, replies as often as there are tokens. */
static _Noreturn void run_curl(int port, const struct shape *shape)
{
	size_t count = shape->pacing == PACING_REPLIES ? shape->streams * shape->tokens : shape->streams;
	size_t most = shape->streams > CURL_STREAMS_MAX ? CURL_STREAMS_MAX : shape->streams;
	char *arguments[] = {"curl",
	                     "--silent",
	                     "--no-progress-meter",
	                     "--parallel",
	                     "--parallel-max",
	                     text_format("%zu", most),
	                     "--parallel-immediate",
	                     "--output",
	                     "/dev/null",
	                     text_format("http://127.0.0.1:%d/[0-%zu]", port, count - 1),
	                     NULL};

	if (shape->pacing == PACING_REPLIES)
		memmove(&arguments[6], &arguments[7],
		        4 * sizeof *arguments); /* waits for connections to use them again */
	execute(arguments);
}

static _Noreturn void run_wrk(int port, const struct shape *shape)
{
	char *arguments[] = {"wrk",
	                     "--threads",
	                     "1",
	                     "--connections",
	                     text_format("%zu", shape->streams),
	                     "--duration",
	                     "1",
	                     text_format("http://127.0.0.1:%d/0", port),
	                     NULL};

	execute(arguments);
}

void client_run(enum client client, int port, const struct shape *shape, struct board *board)
{
	board->mark[MARK_CLIENT] = getpid();
	board->mark[MARK_RSS_BEFORE] = resident_bytes("VmRSS:");
	switch (client) {
	case CLIENT_ENGINE:
	case CLIENT_WAKING:
		engine_client_run(port, shape, board, client == CLIENT_ENGINE);
		break;
	case CLIENT_FLOOR:
		floor_run(port, shape, board);
		break;
	case CLIENT_AIOHTTP:
		run_aiohttp(port, shape, board);
	case CLIENT_CURL:
		run_curl(port, shape);
	case CLIENT_WRK:
		run_wrk(port, shape);
	case CLIENT_COUNT:
		break;
	}
	_exit(0);
}
