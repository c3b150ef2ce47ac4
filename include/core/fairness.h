/*
 * In which order a server took its requests, and how evenly it served them. By
 * arrival: the order in which llmbench sent them, which is the order in which
 * they came as far as it can be known from outside.
 */
#ifndef CORE_FAIRNESS_H
#define CORE_FAIRNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "core/record.h"

/*
 * Jain's index of the values: (Σx)² / (n·Σx²), from 1/n (one has everything) to
 * 1 (all have the same). R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of
 * Fairness and Discrimination for Resource Allocation in Shared Computer
 * Systems, DEC-TR-301, 1984. NAN without values or when all are 0.
 */
double fairness_index(const double *values, size_t count);

/* (output tokens - 1) / (last - first text event), by our clock and the server's count; NAN as unknown. */
double fairness_rate(const struct record *record);

/*
 * When the server began to work on a request: sent + its queue wait (and load)
 * where it tells; else its first text event, which has the prefill in it.
 * TIME_UNKNOWN: it never began, or the request failed.
 */
int64_t fairness_start_ns(const struct record *record);

/*
 * Pairs of requests of one trial of which the second came at least apart_ns
 * after the first, while that was still waiting, and which were begun more than 1 ms apart (else they were
 * begun together). `inverted` are those of which the second was begun first:
 * the discordant pairs of Kendall's tau (M. G. Kendall, A New Measure of Rank
 * Correlation, Biometrika 30, 1938), as a share of those that the server could
 * have inverted.
 */
struct fairness_order {
	double pairs, inverted;
};
struct fairness_order fairness_order_of(const struct record *records, size_t count, int64_t apart_ns);

#define FAIRNESS_TOGETHER_NS INT64_C(1000000)

/*
 * Whether a server takes the first first is judged by pairs that came this far
 * apart, when there are so many of them: requests of a burst change places on
 * their way to the queue (12 requests at once came to the queue of a real
 * llama-server on a busy machine in any order). Yes: at most the first share is
 * inverted; no: at least the second, half of what a random order has.
 */
#define FAIRNESS_APART_NS       INT64_C(10000000)
#define FAIRNESS_APART_LEAST    10
#define FAIRNESS_FIFO_SHARE     0.05
#define FAIRNESS_NOT_FIFO_SHARE 0.25

/* The indexes of the requests that were sent, in the order of their arrival; returns how many. */
size_t fairness_arrivals(const struct record *records, size_t count, size_t *indexes);

/*
 * "queue" of a cell, from the records of all its trials (records of one trial
 * are adjacent): what waited, order, fairness, overload, and waits by tenths of
 * the arrival order. NULL: nothing was sent.
 */
struct json *queue_json(const struct record *records, size_t count);

/* A queue wait above this is a wait: below it a server may be busy with the request itself. */
#define QUEUE_WAITED_NS INT64_C(10000000)

enum { QUEUE_PARTS = 10 };

#endif
