/*
 * load_run() with a choice that nobody needs but who measures the engine: to do
 * without the kernel's stamps where it has them.
 */
#ifndef LOAD_ENGINE_H
#define LOAD_ENGINE_H

#include "load/load.h"

/*
 * kernel_stamps: of the kernel where it has them; false: of the engine's waking, as on macOS. options->memory is
 * needed here.
 */
bool engine_run(const struct request *requests, size_t count, const struct load_options *options, bool kernel_stamps,
                struct exchange *exchanges, struct failure *failure);

/* Of load.c: what struct load_memory has in it. */
struct arena *load_memory_arena(struct load_memory *memory);

#endif
