/*
 * What reports call a machine: its processor, and its GPU, since a figure is
 * of both; its memory only where two machines have the rest in common.
 */
#ifndef REPORT_HOSTS_H
#define REPORT_HOSTS_H

#include "base/text.h"
#include "report/report.h"

/* The GPU that a summary's host names beside its title, as "Apple M4" names it already; NULL: none known. Borrowed. */
const char *host_gpu(const struct json *host);

/* "i7-8700, 16.0GiB + NVIDIA GeForce RTX 3060"; memory of JSON_UNKNOWN bytes is left out. Masked. */
void host_add_name(const struct json *host, int64_t memory_bytes, struct text *into);

/*
 * For each run of the input the bytes by which its machine is told from others
 * of the same name; JSON_UNKNOWN where the name does. Runs whose memory is
 * about the same (a system keeps some of it back, now more, now less) get the
 * bytes of the first of them. The caller frees it.
 */
int64_t *hosts_memory(const struct report_input *input);

#endif
