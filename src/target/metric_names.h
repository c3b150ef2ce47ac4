/*
 * Which servers have a Prometheus endpoint, and by which names it tells what we
 * want to know. A row for each kind of server; its own names are its proof, so
 * a kind that is not known is found by them.
 */
#ifndef TARGET_METRIC_NAMES_H
#define TARGET_METRIC_NAMES_H

#include "target/target.h"

/* struct target's metrics_path and read_metrics. */
const char *metric_names_path(const struct endpoint *endpoint);
void metric_names_read(const struct endpoint *endpoint, const char *bytes, size_t size, struct server_metrics *told);

#endif
