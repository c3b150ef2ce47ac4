/*
 * Numbers with units, both ways: durations "90s", sizes "4GiB", rates "4/s".
 * Every reader takes the whole string or refuses it; blanks around and between
 * number and unit are allowed. Printing uses '.' in every locale.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

bool units_read_integer(const char *string, int64_t *value); /* decimal, optional sign, 1_000 allowed */
bool units_read_real(const char *string, double *value);     /* finite, "0.8", "1e3" */
bool units_read_bool(const char *string, bool *value);       /* true false yes no on off */
bool units_read_duration(const char *string,
                         int64_t *ns); /* ns us µs ms s m h d, sums "1h30m"; a bare number is seconds */
bool units_read_size(const char *string, int64_t *bytes); /* B kB MB GB TB KiB MiB GiB TiB; a bare number is bytes */
bool units_read_percent(const char *string, double *percent); /* "5%" is 5; the sign is needed */
bool units_read_rate(const char *string, double *per_second); /* "4/s" "90/min" "5/h"; a bare number is per second */

void units_add_real(struct text *text, double value);   /* shortest that reads back equal; nothing when not finite */
void units_add_duration(struct text *text, int64_t ns); /* shortest exact: "90s" "1h30m" "250ms" */
void units_add_size(struct text *text, int64_t bytes);  /* shortest exact: "4GiB" "1500B" */

/* "9.895Gi": three decimals of 2^30, the format of nvtop and of seed 000. */
void units_add_gi(struct text *text, int64_t bytes);

/* "2.0GB": decimal, one digit after the point, as in the seed's headings; MB where GB would show 0.0. */
void units_add_gb(struct text *text, int64_t bytes);

#endif
