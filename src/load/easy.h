/*
 * The libcurl handle of a transfer: its options, and the callbacks that stamp.
 */
#ifndef LOAD_EASY_H
#define LOAD_EASY_H

#include "transfer.h"

/* Makes the handle if need be and sets it up for transfer->request. */
CURLcode easy_set_up(struct transfer *transfer);

/* Changes the state, and makes the engine wake for the alarm that comes with it. */
void transfer_enter(struct transfer *transfer, enum transfer_state state);

/*
 * The stamp of what happens to a transfer: the arrival of what is being read,
 * or now, because libcurl also reads what comes after the waking (a reply while
 * the request has just been sent). Stamps of one exchange never go back.
 */
int64_t transfer_stamp_ns(struct transfer *transfer);

#endif
