#include "job.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "server.h"

enum { BUSY_MAX = 8, WARM_UP = 1000, TIMEOUT_S = 120 };

bool job_pick_cores(int *server, int *client)
{
	cpu_set_t set;

	*server = *client = -1;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return false;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &set))
			continue;
		if (*server < 0)
			*server = i;
		*client = i;
	}
	return *server != *client;
}

/* A process of our own on one core that does not outlive us. True in the child. */
static bool fork_on(int core, pid_t *pid)
{
	cpu_set_t set;

	*pid = fork();
	if (*pid < 0)
		bench_die("fork");
	if (*pid > 0)
		return false;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	if (sched_setaffinity(0, sizeof set, &set) != 0)
		bench_die("affinity");
	return true;
}

static void spin(void)
{
	for (volatile unsigned long turns = 0;; turns++)
		;
}

static int listen_somewhere(int *listener)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int on = 1; /* accepted connections inherit it */

	*listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*listener < 0 || setsockopt(*listener, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
	    bind(*listener, (struct sockaddr *)&address, size) != 0 || listen(*listener, 4096) != 0 ||
	    getsockname(*listener, (struct sockaddr *)&address, &size) != 0)
		bench_die("listen");
	return ntohs(address.sin_port);
}

static int by_value(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* Nearest rank, of sorted values. */
static double rank_us(const int64_t *values, size_t count, double q)
{
	size_t rank = (size_t)ceil(q * (double)count);

	return count == 0 ? NAN : (double)values[rank > 0 ? rank - 1 : 0] / 1e3;
}

static void judge_lateness(const struct shape *shape, const struct board *board, struct outcome *outcome)
{
	size_t count = shape->streams * shape->tokens, known = 0;
	int64_t *late_ns = memory_new(count, sizeof *late_ns);

	for (size_t i = 0; i < count; i++) {
		if (board->seen_ns[i] == 0 || board->sent_ns[i] == 0)
			bench_die("a token was lost");
		if (board->sent_ns[i] > 0)
			late_ns[known++] = board->seen_ns[i] - board->sent_ns[i];
	}
	outcome->figure[FIGURE_UNKNOWN_PCT] = 100 * (double)(count - known) / (double)count;
	count = known;
	qsort(late_ns, count, sizeof *late_ns, by_value);
	outcome->figure[FIGURE_LATE_P50_US] = rank_us(late_ns, count, 0.5);
	outcome->figure[FIGURE_LATE_P99_US] = rank_us(late_ns, count, 0.99);
	outcome->figure[FIGURE_LATE_P999_US] = rank_us(late_ns, count, 0.999);
	free(late_ns);
}

static void judge_starts(const struct shape *shape, const struct board *board, struct outcome *outcome)
{
	int64_t *start_ns = memory_new(shape->streams, sizeof *start_ns);
	int64_t *ttft_ns = memory_new(shape->streams, sizeof *ttft_ns);

	for (size_t i = 0; i < shape->streams; i++) {
		size_t first = i * shape->tokens;

		start_ns[i] = llabs(board->read_ns[i] - board->asked_ns[i]);
		ttft_ns[i] = llabs((board->seen_ns[first] - board->asked_ns[i]) -
		                   (llabs(board->sent_ns[first]) - board->read_ns[i]));
	}
	qsort(start_ns, shape->streams, sizeof *start_ns, by_value);
	qsort(ttft_ns, shape->streams, sizeof *ttft_ns, by_value);
	outcome->figure[FIGURE_START_P50_US] = rank_us(start_ns, shape->streams, 0.5);
	outcome->figure[FIGURE_START_P99_US] = rank_us(start_ns, shape->streams, 0.99);
	outcome->figure[FIGURE_TTFT_P50_US] = rank_us(ttft_ns, shape->streams, 0.5);
	outcome->figure[FIGURE_TTFT_P99_US] = rank_us(ttft_ns, shape->streams, 0.99);
	free(start_ns);
	free(ttft_ns);
}

static struct outcome judge(enum client client, const struct shape *shape, const struct board *board)
{
	struct outcome outcome;
	const int64_t *mark = board->mark;
	double cpu_ns = (double)(mark[MARK_END_CPU] - mark[MARK_FIRST_CPU]);
	double wall_s = (double)(mark[MARK_END_NS] - mark[MARK_FIRST_NS]) / 1e9;
	double count = (double)(shape->streams * shape->tokens);

	for (int i = 0; i < FIGURE_COUNT; i++)
		outcome.figure[i] = NAN;
	if (mark[MARK_FAILED] != 0 || mark[MARK_FIRST_NS] == 0 || mark[MARK_END_NS] == 0)
		bench_die("a stream failed");
	if (shape->pacing == PACING_REPLIES) {
		outcome.figure[FIGURE_REQUESTS_S] = (count - WARM_UP) / wall_s;
		outcome.figure[FIGURE_REQUEST_CPU_US] = cpu_ns / 1e3 / (count - WARM_UP);
		return outcome;
	}
	outcome.figure[FIGURE_CPU_NS] = cpu_ns / count;
	if (mark[MARK_STEADY_TOKENS] > 0)
		outcome.figure[FIGURE_CPU_NS] =
		    (double)(mark[MARK_STEADY_CPU] - mark[MARK_FIRST_CPU]) / (double)mark[MARK_STEADY_TOKENS];
	outcome.figure[FIGURE_TOKENS_S] = count / wall_s;
	if (client <= CLIENT_FLOOR)
		outcome.figure[FIGURE_RSS_KB] =
		    (double)(mark[MARK_RSS_PEAK] - mark[MARK_RSS_BEFORE]) / 1024 / (double)shape->streams;
	if (shape->pacing != PACING_BLAST && client <= CLIENT_AIOHTTP) {
		judge_lateness(shape, board, &outcome);
		judge_starts(shape, board, &outcome);
	}
	return outcome;
}

/* A program that does not know the board ends with its last byte. */
static void wait_for_client(pid_t pid, struct board *board, const char *name)
{
	struct rusage used;
	int status;

	if (wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_die(name);
	if (board->mark[MARK_END_NS] != 0)
		return;
	board->mark[MARK_END_NS] = clock_now_ns();
	board->mark[MARK_END_CPU] = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * NS_PER_S +
	                            (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * NS_PER_US;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

struct outcome job_run(enum client client, const struct shape *shape)
{
	struct board board;
	struct outcome outcome;
	pid_t server, busy[BUSY_MAX], subject;
	int listener, server_core, client_core, port = listen_somewhere(&listener);

	job_pick_cores(&server_core, &client_core);
	board_open(&board, shape);
	fflush(NULL);
	if (fork_on(server_core, &server))
		serve(listener, shape, &board);
	close(listener);
	for (size_t i = 0; i < shape->busy; i++)
		if (fork_on(client_core, &busy[i]))
			spin();
	if (fork_on(client_core, &subject)) {
		alarm(TIMEOUT_S);
		client_run(client, port, shape, &board);
	}
	wait_for_client(subject, &board, client_name(client));
	for (size_t i = 0; i < shape->busy; i++)
		end(busy[i]);
	end(server);
	outcome = judge(client, shape, &board);
	board_close(&board);
	return outcome;
}
