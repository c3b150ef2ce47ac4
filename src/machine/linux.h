/*
 * What the Linux files of this room share. `root` stands before every absolute
 * path: "" for this machine, the folder of a recorded tree in tests.
 */
#ifndef MACHINE_LINUX_H
#define MACHINE_LINUX_H

#include "machine/identity.h"
#include "machine/memory.h"

void machine_identify_linux(const char *root, struct machine_identity *identity);

/* Names of GPUs and their driver. */
void gpu_identify_linux(const char *root, struct machine_identity *identity);

/* The cores, from /sys/devices. */
void topology_linux(const char *root, struct machine_identity *identity);

/* A whole file of /proc or /sys as a string, up to its first NUL; NULL when it cannot be read. The caller frees it. */
char *linux_file(const char *root, const char *path);

#endif
