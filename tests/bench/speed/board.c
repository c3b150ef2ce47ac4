#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

void bench_die(const char *what)
{
	fprintf(stderr, "speed: %s: %s\n", what, strerror(errno));
	exit(3);
}

void board_open(struct board *board, const struct shape *shape)
{
	size_t tokens = shape->streams * shape->tokens;
	char path[] = "/tmp/llmbench-speed-XXXXXX";
	int fd = mkstemp(path);

	board->size = (MARK_COUNT + 2 * shape->streams + 2 * tokens) * sizeof(int64_t);
	if (fd < 0 || ftruncate(fd, (off_t)board->size) != 0)
		bench_die("board");
	board->mark = mmap(NULL, board->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (board->mark == MAP_FAILED)
		bench_die("board");
	close(fd);
	board->path = memory_string(path);
	board->read_ns = board->mark + MARK_COUNT;
	board->sent_ns = board->read_ns + shape->streams;
	board->asked_ns = board->sent_ns + tokens;
	board->seen_ns = board->asked_ns + shape->streams;
}

void board_close(struct board *board)
{
	munmap(board->mark, board->size);
	unlink(board->path);
	free(board->path);
}

int64_t cpu_ns_of(int process)
{
	clockid_t clock;
	struct timespec used;

	if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0)
		return 0;
	return used.tv_sec * NS_PER_S + used.tv_nsec;
}

void board_mark_end(struct board *board)
{
	board->mark[MARK_END_NS] = clock_now_ns();
	board->mark[MARK_END_CPU] = cpu_ns_of(0);
	board->mark[MARK_RSS_PEAK] = resident_bytes("VmHWM:");
}

int64_t resident_bytes(const char *name)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long long kib = 0;

	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtoll(line + strlen(name), NULL, 10);
	if (file != NULL)
		fclose(file);
	return kib * 1024;
}
