#include "machine/sensors.h"

/* The server's comes before the GPU's, which asks for its processes. */
const struct sensor_kind sensor_kinds[] = {
    {"memory", "used memory of the system, from Mach", sensor_open_memory},
    {"server", "memory and CPU time of the server's processes, from libproc", sensor_open_server},
    {"cpu", "CPU time of all and of llmbench, from Mach", sensor_open_cpu},
    {"gpu", "memory and utilization of the GPU, the server's time on it, from IOKit", sensor_open_gpu},
    {"energy", "energy of CPU, GPU and memory, from IOReport", sensor_open_energy},
    {"smc", "power of the machine, heat of CPU and GPU, from the controller (SMC)", sensor_open_smc},
    {NULL, NULL, NULL},
};
