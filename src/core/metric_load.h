/*
 * Metrics of how the load was sent: rows of metrics[] in metric.c. Latencies
 * from sent, the rate that was asked and the one that was achieved, goodput.
 */
#ifndef CORE_METRIC_LOAD_H
#define CORE_METRIC_LOAD_H

#include "core/metric.h"

void load_ttft_from_sent(const struct record *record, struct series *into);
void load_e2e_from_sent(const struct record *record, struct series *into);

double load_goodput(const struct trial *trial);
double load_slo_met_pct(const struct trial *trial);
double load_asked_rate(const struct trial *trial);
double load_shared_stamps_pct(const struct trial *trial);
double load_achieved_rate(const struct trial *trial);

#endif
