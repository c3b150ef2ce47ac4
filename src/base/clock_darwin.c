#include "clock_ids.h"

const clockid_t clock_id_awake = CLOCK_UPTIME_RAW;
/* Not CLOCK_MONOTONIC, which goes on too, but follows the wall clock. */
const clockid_t clock_id_always = CLOCK_MONOTONIC_RAW;
