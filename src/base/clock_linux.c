#include "clock_ids.h"

const clockid_t clock_id_awake = CLOCK_MONOTONIC;
const clockid_t clock_id_always = CLOCK_BOOTTIME;
