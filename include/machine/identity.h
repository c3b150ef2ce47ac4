/*
 * What this computer is.
 */
#ifndef MACHINE_IDENTITY_H
#define MACHINE_IDENTITY_H

#include "base/json.h"

/* NULL, JSON_UNKNOWN where the system does not tell. */
struct machine_identity {
	char *title;          /* the processor's name, "Apple M4", or the next best; never NULL once identified */
	char *model;          /* "Mac16,10"; board or product name on Linux */
	char *system;         /* "macOS", "Linux" */
	char *system_version; /* "15.5 (24F74)", "Debian GNU/Linux 12 (bookworm), kernel 6.18.0" */
	char *architecture;   /* "arm64", "x86_64" */
	int64_t physical_cores, logical_cores;
	/* Physical cores of the fastest kind, and of all slower kinds; unknown where all are alike. */
	int64_t performance_cores, efficiency_cores;
	char *gpu;         /* its name, "Apple M4"; "2 × NVIDIA L4" */
	char *gpu_driver;  /* "NVIDIA 550.54"; where it is a part of the system, NULL */
	int64_t gpu_cores; /* as Apple counts them */
	/* Of a GPU with a memory of its own, by its driver: its largest clock, twice a period, times the width of the
	 * bus (6251 MHz · 2 · 192 bits of an L4 are the 300 GB/s that NVIDIA says). Unknown where several differ. */
	int64_t gpu_bandwidth_bytes_per_s;
	/* Of a GPU that shares the memory: how much of it Metal recommends to use at most. */
	int64_t gpu_limit_bytes;
	int64_t memory_bytes; /* what readings are compared with: see total in machine/memory.h */
	bool translated;      /* this program runs under Rosetta */
	bool virtualized;     /* known to run in a virtual machine */
};

void machine_identify(struct machine_identity *identity);
void machine_identity_release(struct machine_identity *identity);
struct json *machine_identity_json(const struct machine_identity *identity);

#endif
