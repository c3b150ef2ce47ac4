/*
 * A memory source from inside: three functions and a name. The concrete
 * sources begin with this struct and are found again by a cast.
 */
#ifndef MACHINE_SOURCE_H
#define MACHINE_SOURCE_H

#include "machine/memory.h"

struct memory_source {
	/* Fills in what it knows of a reading in which everything is unknown. */
	void (*read)(struct memory_source *source, struct memory_reading *reading);
	void (*close)(struct memory_source *source); /* frees the source */
	const char *definition;
	bool without_files; /* pages of mapped files are not in "used", as weights may be */
};

/* This machine, or the recorded one under `root`: memory_linux.c or memory_darwin.c. */
struct memory_source *memory_open_system(const char *root);

/* The file of a simulated device. */
struct memory_source *memory_open_simulated(const char *file);

#endif
