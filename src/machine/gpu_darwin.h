/*
 * What the GPU of a Mac is.
 */
#ifndef MACHINE_GPU_DARWIN_H
#define MACHINE_GPU_DARWIN_H

#include "machine/identity.h"

/* Name, cores, and what Metal would keep on it at most. What is not told stays as it is. */
void gpu_identify_darwin(struct machine_identity *identity);

#endif
