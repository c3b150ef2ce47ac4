/*
 * What a server counts over its life, and how /metrics of its kind tells it in
 * Prometheus' text format. Pure.
 */
#ifndef SIM_METERS_H
#define SIM_METERS_H

#include <stdint.h>

#include "base/text.h"
#include "sim/kind.h"
#include "sim/openai_text.h"

#define METER_BUCKETS 14

struct histogram {
	int64_t counts[METER_BUCKETS]; /* of each bucket alone */
	int64_t count, sum_ns;
};

/* = {0} is the beginning. */
struct meters {
	int64_t requests, rejected;
	int64_t prompt_tokens, cached_tokens, answer_tokens; /* prompt_tokens without cached ones */
	int64_t prompt_ns, answer_ns;
	struct meters_rates {
		int64_t prompt_tokens, prompt_ns, answer_tokens, answer_ns;
	} recent; /* since the last scrape */
	struct histogram queue, prefill, decode, first_token, token_gap, whole;
};

/* What is so at this moment. */
struct meters_now {
	const char *model;
	int busy, waiting, slots;
};

/* A request has ended. */
void meters_add(struct meters *meters, const struct openai_counts *counts);

/* A scrape: it begins the gauges that are averages since the last scrape anew. Nothing for a kind without metrics. */
void meters_scrape(struct meters *meters, const struct kind *kind, const struct meters_now *now, struct text *text);

#endif
