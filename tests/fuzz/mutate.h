/*
 * Changes to JSON that leave it JSON, which bytes changed at random seldom do:
 * a value becomes another one, of this input or of a table of nasty ones, or
 * goes. For targets whose inputs are mostly JSON:
 *
 *	#include "mutate.h"
 *	FUZZ_MUTATES_JSON
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* As LLVMFuzzerCustomMutator: changes the bytes in their place and returns the new size, at most `limit`; 0: it could
 * not. */
size_t mutate_json(uint8_t *bytes, size_t size, size_t limit, unsigned seed);

/* Every second change is one of libFuzzer's own. */
#ifdef FUZZ
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t limit);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t limit, unsigned seed);
#define FUZZ_MUTATES_JSON                                                                        \
	size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t limit, unsigned seed) \
	{                                                                                        \
		size_t changed = seed % 2 ? mutate_json(bytes, size, limit, seed / 2) : 0;       \
                                                                                                 \
		return changed > 0 ? changed : LLVMFuzzerMutate(bytes, size, limit);             \
	}
#else
#define FUZZ_MUTATES_JSON
#endif

#endif
