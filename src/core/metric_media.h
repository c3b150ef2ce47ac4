/*
 * Metrics of transcriptions and embeddings: rows of metrics[] in metric.c.
 * Unknown (NAN) for other tasks.
 */
#ifndef CORE_METRIC_MEDIA_H
#define CORE_METRIC_MEDIA_H

#include "core/metric.h"

void media_rtf(const struct record *record, struct series *into);
void media_audio(const struct record *record, struct series *into);
void media_dimensions(const struct record *record, struct series *into);

double media_rtfx(const struct trial *trial);
double media_inputs_per_s(const struct trial *trial);
double media_input_tokens_per_s(const struct trial *trial);

#endif
