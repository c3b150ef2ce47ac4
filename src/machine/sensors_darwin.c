#include "machine/sensors.h"

const struct sensor_kind sensor_kinds[] = {
    {"memory", "used memory of the system", sensor_open_memory},
    {NULL, NULL, NULL},
};
