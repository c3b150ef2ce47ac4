#include "sections.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* As bits. */
enum {
	ENGINE = 1 << CLIENT_ENGINE,
	WAKING = 1 << CLIENT_WAKING,
	FLOOR = 1 << CLIENT_FLOOR,
	AIOHTTP = 1 << CLIENT_AIOHTTP,
	CURL = 1 << CLIENT_CURL,
	WRK = 1 << CLIENT_WRK,
};

/* Tokens that a stream gets in so many ms. */
static size_t tokens_of(int rate, int ms)
{
	return (size_t)(rate * ms / 1000 > 2 ? rate * ms / 1000 : 2);
}

static int traffic_ms(const struct bench *bench)
{
	return bench->quick ? 300 : 1000;
}

void section_blast(struct bench *bench)
{
	static const size_t counts[] = {1, 16, 128, 512, 1024, 4096};
	const enum client clients[] = {CLIENT_ENGINE, CLIENT_WAKING, CLIENT_FLOOR, CLIENT_AIOHTTP, CLIENT_CURL};
	struct row row = {0};

	printf(
	    "\n## At full blast\n\nCPU time of the client per token, ns, and tokens/s. "
	    "The floor keeps nothing of what it receives, llmbench all of it; aiohttp stamps each line and calls "
	    "json.loads, as Python harnesses do.\n\n"
	    "| streams | llmbench | waking stamps | floor | aiohttp | curl --parallel | llmbench / floor | aiohttp / "
	    "llmbench | llmbench, tokens/s | floor, tokens/s |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		size_t total = bench->quick ? 102400 : 409600;
		struct shape shape = {
		    .pacing = PACING_BLAST, .streams = counts[i], .tokens = total / counts[i], .rate = 1};
		unsigned who =
		    ENGINE | WAKING | FLOOR | (counts[i] <= 512 ? AIOHTTP : 0) | (counts[i] <= 128 ? CURL : 0);
		double above, below;

		if (bench->quick && (counts[i] == 512 || counts[i] == 1024))
			continue;
		row_play(&row, bench, &shape, who);
		printf("| %zu |", counts[i]);
		for (size_t k = 0; k < COUNT_OF(clients); k++)
			cell(row_median(&row, clients[k], FIGURE_CPU_NS), 0);
		cell(above = row_ratio(&row, CLIENT_ENGINE, CLIENT_FLOOR, FIGURE_CPU_NS), 2);
		cell(below = row_ratio(&row, CLIENT_AIOHTTP, CLIENT_ENGINE, FIGURE_CPU_NS), 1);
		cell(row_median(&row, CLIENT_ENGINE, FIGURE_TOKENS_S), 0);
		cell(row_median(&row, CLIENT_FLOOR, FIGURE_TOKENS_S), 0);
		printf("\n");
		target_at_most(bench, text_format("CPU per token at full blast / floor, %zu streams", counts[i]), above,
		               1.5);
		if (counts[i] <= 512)
			target_at_least(
			    bench,
			    text_format("aiohttp's CPU per token at full blast / llmbench's, %zu streams", counts[i]),
			    below, 20);
	}
}

void section_rate(struct bench *bench)
{
	/* The same 20,480 tokens/s. */
	static const struct {
		size_t streams;
		int rate;
	} rows[] = {{16, 1280}, {128, 160}, {512, 40}, {4096, 5}};
	struct row row = {0};
	double first = NAN, last = NAN;

	printf("\n## CPU per token at the same total rate\n\n20,480 tokens/s, spread; µs of the client's CPU time per "
	       "token.\n\n| streams | tokens/s a stream | llmbench | waking stamps | floor | llmbench / floor "
	       "|\n|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct shape shape = {.pacing = PACING_SPREAD,
		                      .streams = rows[i].streams,
		                      .tokens = tokens_of(rows[i].rate, traffic_ms(bench)),
		                      .rate = rows[i].rate};

		row_play(&row, bench, &shape, ENGINE | WAKING | FLOOR);
		last = row_median(&row, CLIENT_ENGINE, FIGURE_CPU_NS);
		first = i == 0 ? last : first;
		printf("| %zu | %d |", rows[i].streams, rows[i].rate);
		cell(last / 1e3, 2);
		cell(row_median(&row, CLIENT_WAKING, FIGURE_CPU_NS) / 1e3, 2);
		cell(row_median(&row, CLIENT_FLOOR, FIGURE_CPU_NS) / 1e3, 2);
		cell(row_ratio(&row, CLIENT_ENGINE, CLIENT_FLOOR, FIGURE_CPU_NS), 2);
		printf("\n");
	}
	target_at_most(bench, text_format("CPU per token at 4096 streams / at 16, same total rate"), last / first, 1.3);
}

struct pace {
	size_t streams;
	int rate;
};

static void print_lateness(const struct row *row, enum client client)
{
	if (!row->played[client]) {
		printf(" – |");
		return;
	}
	printf(" %.0f / %.0f / %.0f |", row_median(row, client, FIGURE_LATE_P50_US),
	       row_median(row, client, FIGURE_LATE_P99_US), row_median(row, client, FIGURE_LATE_P999_US));
}

static void note_lateness(struct bench *bench, const struct row *row, const struct shape *shape)
{
	const char *how = shape->pacing == PACING_IN_STEP ? "in step" : "spread";
	bool in_step = shape->pacing == PACING_IN_STEP;

	if (shape->streams != 1 && shape->streams != 1024) {
		target_at_most(
		    bench,
		    text_format("lateness p99 (µs), kernel stamps, %zu × %d %s", shape->streams, shape->rate, how),
		    row_median(row, CLIENT_ENGINE, FIGURE_LATE_P99_US), 20);
		target_at_most(
		    bench,
		    text_format("lateness p99.9 (µs), kernel stamps, %zu × %d %s", shape->streams, shape->rate, how),
		    row_median(row, CLIENT_ENGINE, FIGURE_LATE_P999_US), 100);
	}
	if (shape->streams == 512 && !in_step)
		target_at_most(bench, text_format("lateness p99 (µs), waking stamps, 512 × 50 spread"),
		               row_median(row, CLIENT_WAKING, FIGURE_LATE_P99_US), 200);
	if (shape->streams == 512 && in_step)
		target_at_least(bench, text_format("aiohttp's lateness p99 / llmbench's, 512 × 50 in step"),
		                row_ratio(row, CLIENT_AIOHTTP, CLIENT_ENGINE, FIGURE_LATE_P99_US), 500);
	if (shape->streams == 128 && in_step) {
		target_at_most(bench, text_format("CPU per token / floor, 128 × 50 in step"),
		               row_ratio(row, CLIENT_ENGINE, CLIENT_FLOOR, FIGURE_CPU_NS), 1.8);
		target_at_least(bench, text_format("aiohttp's CPU per token / llmbench's, 128 × 50 in step"),
		                row_ratio(row, CLIENT_AIOHTTP, CLIENT_ENGINE, FIGURE_CPU_NS), 4);
	}
}

static void play_pace(struct bench *bench, const struct pace *pace, enum pacing pacing)
{
	struct shape shape = {.pacing = pacing,
	                      .streams = pace->streams,
	                      .tokens = tokens_of(pace->rate, traffic_ms(bench)),
	                      .rate = pace->rate};
	const enum client clients[] = {CLIENT_ENGINE, CLIENT_WAKING, CLIENT_FLOOR, CLIENT_AIOHTTP};
	struct row row = {0};

	row_play(&row, bench, &shape, ENGINE | WAKING | FLOOR | (pace->streams <= 512 ? AIOHTTP : 0));
	printf("| %zu × %d %s |", pace->streams, pace->rate, pacing == PACING_IN_STEP ? "in step" : "spread");
	for (size_t k = 0; k < COUNT_OF(clients); k++)
		print_lateness(&row, clients[k]);
	for (size_t k = 0; k < COUNT_OF(clients); k++)
		cell(row_median(&row, clients[k], FIGURE_CPU_NS) / 1e3, 1);
	cell(row_median(&row, CLIENT_ENGINE, FIGURE_UNKNOWN_PCT), 2);
	printf("\n");
	note_lateness(bench, &row, &shape);
}

void section_late(struct bench *bench)
{
	static const struct pace paces[] = {{1, 50}, {16, 50}, {128, 50}, {512, 50}, {1024, 50}, {4096, 20}};

	printf(
	    "\n## Lateness of stamps, and CPU at pace\n\nThe client's stamp less the server's write, µs, p50 / p99 / "
	    "p99.9; tokens whose write took more than 50 µs are left out, since nobody knows when they were sent (the "
	    "last column: their share beside llmbench); CPU time of the client per token, µs.\n\n"
	    "| streams × tokens/s | llmbench | waking stamps | floor | aiohttp | CPU llmbench | waking | floor | "
	    "aiohttp | "
	    "left out, %% |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < COUNT_OF(paces); i++) {
		if (bench->quick && paces[i].streams != 16 && paces[i].streams != 512)
			continue;
		play_pace(bench, &paces[i], PACING_SPREAD);
		play_pace(bench, &paces[i], PACING_IN_STEP);
	}
}

void section_busy(struct bench *bench)
{
	printf("\n## Lateness with busy loops on the client's core\n\n128 × 50 spread; µs, p50 / p99 / p99.9.\n\n"
	       "| loops | llmbench | waking stamps | floor |\n|--:|--:|--:|--:|\n");
	for (size_t busy = bench->quick ? 4 : 0; busy <= 4; busy += busy == 0 ? 1 : 3) {
		struct shape shape = {.pacing = PACING_SPREAD, .streams = 128, .rate = 50, .busy = busy};
		struct row row = {0};

		shape.tokens = tokens_of(shape.rate, traffic_ms(bench));
		row_play(&row, bench, &shape, ENGINE | WAKING | FLOOR);
		printf("| %zu |", busy);
		print_lateness(&row, CLIENT_ENGINE);
		print_lateness(&row, CLIENT_WAKING);
		print_lateness(&row, CLIENT_FLOOR);
		printf("\n");
		if (busy == 4)
			target_at_most(
			    bench, text_format("lateness p99 (µs), kernel stamps, 128 × 50 spread, four busy loops"),
			    row_median(&row, CLIENT_ENGINE, FIGURE_LATE_P99_US), 30);
	}
}

void section_start(struct bench *bench)
{
	static const size_t counts[] = {128, 512, 1000, 2048};
	const enum client clients[] = {CLIENT_ENGINE, CLIENT_FLOOR, CLIENT_AIOHTTP};

	printf("\n## Requests started together\n\nError of the start stamp (arrival of the request at the server's "
	       "socket − sent) and "
	       "of TTFT against a server that sends the first token 50 ms after each request; µs, p50 / p99.\n\n"
	       "| requests | start: llmbench | floor | aiohttp | TTFT: llmbench | floor | aiohttp "
	       "|\n|--:|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct shape shape = {.pacing = PACING_EACH, .streams = counts[i], .tokens = 10, .rate = 50};
		struct row row = {0};

		if (bench->quick && counts[i] != 512)
			continue;
		row_play(&row, bench, &shape, ENGINE | FLOOR | (counts[i] <= 1000 ? AIOHTTP : 0));
		printf("| %zu |", counts[i]);
		for (enum figure figure = FIGURE_START_P50_US; figure <= FIGURE_TTFT_P50_US; figure += 2)
			for (size_t k = 0; k < COUNT_OF(clients); k++)
				if (row.played[clients[k]])
					printf(" %.0f / %.0f |", row_median(&row, clients[k], figure),
					       row_median(&row, clients[k], figure + 1));
				else
					printf(" – |");
		printf("\n");
		if (counts[i] == 512)
			target_at_most(bench, text_format("error of the start stamp p99 (µs), 512 together"),
			               row_median(&row, CLIENT_ENGINE, FIGURE_START_P99_US), 100);
		if (counts[i] == 1000)
			target_at_most(bench, text_format("error of TTFT p99 (µs), 1000 streams"),
			               row_median(&row, CLIENT_ENGINE, FIGURE_TTFT_P99_US), 1000);
	}
}

void section_requests(struct bench *bench)
{
	static const size_t counts[] = {1, 64};
	const enum client clients[] = {CLIENT_ENGINE, CLIENT_FLOOR, CLIENT_AIOHTTP, CLIENT_CURL, CLIENT_WRK};

	printf("\n## Requests on connections used again\n\nRequests/s with the client on one core, and CPU time of the "
	       "client per request, "
	       "µs.\n\n| connections | llmbench | floor | aiohttp | curl --parallel | wrk | CPU llmbench | floor | "
	       "aiohttp | "
	       "curl | wrk |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct shape shape = {
		    .pacing = PACING_REPLIES, .streams = counts[i], .tokens = 19200 / counts[i], .rate = 1};
		struct row row = {0};

		if (bench->quick && counts[i] != 64)
			continue;
		row_play(&row, bench, &shape, ENGINE | FLOOR | AIOHTTP | CURL | WRK);
		printf("| %zu |", counts[i]);
		for (size_t k = 0; k < COUNT_OF(clients); k++)
			cell(row_median(&row, clients[k], FIGURE_REQUESTS_S), 0);
		for (size_t k = 0; k < COUNT_OF(clients); k++)
			cell(row_median(&row, clients[k], FIGURE_REQUEST_CPU_US), 1);
		printf("\n");
		if (counts[i] == 64)
			target_at_least(bench,
			                text_format("requests per second of CPU time, 64 connections used again"),
			                1e6 / row_median(&row, CLIENT_ENGINE, FIGURE_REQUEST_CPU_US), 40000);
	}
}

void section_memory(struct bench *bench)
{
	static const size_t counts[] = {16, 512, 4096};

	printf("\n## Memory\n\nGrowth of the resident set to its peak, KB (1024 bytes) per stream, 20 tokens each.\n\n"
	       "| streams | llmbench | floor |\n|--:|--:|--:|\n");
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct shape shape = {.pacing = PACING_SPREAD, .streams = counts[i], .tokens = 20, .rate = 20};
		struct row row = {0};

		if (bench->quick && counts[i] != 512)
			continue;
		row_play(&row, bench, &shape, ENGINE | FLOOR);
		printf("| %zu |", counts[i]);
		cell(row_median(&row, CLIENT_ENGINE, FIGURE_RSS_KB), 1);
		cell(row_median(&row, CLIENT_FLOOR, FIGURE_RSS_KB), 1);
		printf("\n");
		if (counts[i] == 512)
			target_at_most(bench, text_format("peak RSS per stream (KB), 512 streams"),
			               row_median(&row, CLIENT_ENGINE, FIGURE_RSS_KB), 26);
	}
}
