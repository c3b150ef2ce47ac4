#include "machine/sensors.h"

const struct sensor_kind sensor_kinds[] = {
    {"memory", "used memory of the system", sensor_open_memory},
    {"server", "memory and CPU time of the server's processes, from /proc", sensor_open_server},
    {"cpu", "CPU time of all and of llmbench, waits for memory, temperature", sensor_open_cpu},
    {"nvidia", "memory, utilization, power, energy and heat of NVIDIA GPUs, by NVML", sensor_open_nvidia},
    {"amd", "memory, utilization, power and heat of AMD GPUs, from /sys", sensor_open_amd},
    {"drm", "memory and time of the server on GPUs of AMD and Intel, by its open files", sensor_open_drm},
    {"rapl", "energy of CPU packages and memory, from /sys", sensor_open_rapl},
    {NULL, NULL, NULL},
};
