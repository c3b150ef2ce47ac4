/*
 * What no record may be, whatever bytes it was decoded from.
 */
#ifndef RECORD_JUDGE_H
#define RECORD_JUDGE_H

#include "core/exchange.h"
#include "core/record.h"

/* What is impossible about it; NULL: nothing. Static. */
const char *record_judge(const struct record *record, const struct exchange *exchange);

#endif
