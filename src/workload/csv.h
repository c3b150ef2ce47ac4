/*
 * Records of comma-separated text (RFC 4180): a field in quotes may hold
 * commas, new lines, and a quote written twice.
 */
#ifndef WORKLOAD_CSV_H
#define WORKLOAD_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* What is still to be read. */
struct csv {
	const char *at, *end;
	size_t line; /* of `at`, from 1 */
};

/* `= {0}` is empty; it may be used again for the next record. */
struct csv_record {
	struct text *fields;
	size_t count, capacity;
	size_t line; /* where it begins */
	bool open;   /* the text ended inside quotes */
};

/* The next record that is not an empty line; false when there is none. */
bool csv_read(struct csv *csv, struct csv_record *record);
void csv_record_release(struct csv_record *record);

#endif
