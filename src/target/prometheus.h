/*
 * The text format of Prometheus (exposition format 0.0.4, and what OpenMetrics
 * adds to it), read sample by sample. Any bytes are survived: a line that is
 * no sample is passed over.
 */
#ifndef TARGET_PROMETHEUS_H
#define TARGET_PROMETHEUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* What is left to read; borrowed. */
struct prometheus {
	const char *at, *end;
};

/* One line: name{labels} value [timestamp]. */
struct prometheus_sample {
	const char *name, *labels; /* borrowed; labels without their braces */
	size_t name_size, labels_size;
	double value; /* may be NAN or infinite, as the server said */
};

/* The next sample; false: there are no more. */
bool prometheus_next(struct prometheus *text, struct prometheus_sample *sample);

/* Whether the sample has this name. */
bool prometheus_is(const struct prometheus_sample *sample, const char *name);

/* Adds the label's value with its escapes (\\, \", \n) undone; false: the sample has no such label. */
bool prometheus_label(const struct prometheus_sample *sample, const char *label, struct text *value);

#endif
